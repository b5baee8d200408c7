import { planOf } from '../domain/plan.ts';
import type { StepId } from '../domain/plan.ts';
import type { Kind } from '../domain/request.ts';
import { access } from './access.ts';
import { address } from './address.ts';
import { automationSecret } from './automation-secret.ts';
import { confirm } from './confirm.ts';
import { credential } from './credential.ts';
import { flowIntegration } from './flow-integration.ts';
import { flowInvitation, flowKey, flowPassword, flowRole, flowSignUp } from './flow-user-steps.ts';
import { hideFromReports } from './hide-from-reports.ts';
import { mailbox } from './mailbox.ts';
import { page } from './page.ts';
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
};

function stepsOf(kind: Kind): Step[] {
  return planOf(kind).map((id) => STEPS[id]);
}

export function stepOf(kind: Kind, id: string): Step | undefined {
  return stepsOf(kind).find((step) => step.id === id);
}
