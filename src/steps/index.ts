import { planOf } from '../domain/plan.ts';
import type { StepId } from '../domain/plan.ts';
import type { Request } from '../domain/request.ts';
import { access } from './access.ts';
import { address } from './address.ts';
import { ADOPTION_STEPS } from './adopt/index.ts';
import { automationSecret } from './automation-secret.ts';
import {
  closeAccess,
  closeAddress,
  closeConnection,
  closeCredential,
  closePage,
  closeUser,
} from './close/index.ts';
import { confirm } from './confirm.ts';
import { credential } from './credential.ts';
import { flowIntegration } from './flow-integration.ts';
import { flowInvitation, flowKey, flowPassword, flowRole, flowSignUp } from './flow-user-steps.ts';
import { hideFromReports } from './hide-from-reports.ts';
import { mailbox } from './mailbox.ts';
import { page } from './page.ts';
import { newCredential } from './rotate/new-credential.ts';
import { promote } from './rotate/promote.ts';
import { revokeOld } from './rotate/revoke-old.ts';
import { switchConnection } from './rotate/switch-connection.ts';
import type { Step } from './step.ts';
import { vendorUser } from './vendor-user.ts';
import { verify } from './verify.ts';
import { verifyConnection } from './verify-connection.ts';

const STEPS: Readonly<Record<StepId, Step>> = {
  address,
  mailbox,
  'vendor-user': vendorUser,
  access,
  credential,
  verify,
  page,
  'flow-integration': flowIntegration,
  'automation-secret': automationSecret,
  'verify-connection': verifyConnection,
  'hide-from-reports': hideFromReports,
  'flow-password': flowPassword,
  'flow-invitation': flowInvitation,
  'flow-sign-up': flowSignUp,
  'flow-key': flowKey,
  'flow-role': flowRole,
  confirm,
  'new-credential': newCredential,
  'switch-connection': switchConnection,
  promote,
  'revoke-old': revokeOld,
  'close-connection': closeConnection,
  'close-credential': closeCredential,
  'close-access': closeAccess,
  'close-user': closeUser,
  'close-address': closeAddress,
  'close-page': closePage,
};

/** The step of a request's plan with this id. */
export function stepOf(
  { order, operation }: Pick<Request, 'order' | 'operation'>,
  id: string,
): Step | undefined {
  const known = planOf(order.kind, operation.kind).find((step) => step === id);
  if (known === undefined) return undefined;
  return (operation.kind === 'adopt' ? ADOPTION_STEPS[known] : undefined) ?? STEPS[known];
}
