import { tokenName } from '../../domain/naming.ts';
import { accountIdOf } from '../../domain/operation.ts';
import { done, whenDone } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { StepId } from '../../domain/plan.ts';
import { factsOf } from '../../domain/request.ts';
import type { Request } from '../../domain/request.ts';
import { access } from '../access.ts';
import { accountPage } from '../account-page.ts';
import { credentialName } from '../account-spec.ts';
import { address } from '../address.ts';
import { automationSecret } from '../automation-secret.ts';
import { revokeCredential } from '../credential.ts';
import { flowIntegration } from '../flow-integration.ts';
import { flowInvitation } from '../flow-user-steps.ts';
import { pageOf } from '../known-facts.ts';
import type { Step, StepContext, StepNames } from '../step.ts';
import { removeVendorUser } from '../vendor-user.ts';

type Work = (context: StepContext) => Promise<Outcome<void>>;

/** A part of closing: what making the account did is taken back, and the stored secret stays. */
function closing(
  id: StepId,
  title: (request: Request, names: StepNames) => string,
  work: Work,
): Step {
  return {
    id,
    title,
    run: async (context) => whenDone(await work(context), () => ({})),
  };
}

const nothing = async (): Promise<Outcome<void>> => done(undefined);

export const closeConnection = closing(
  'close-connection',
  (request, names) =>
    request.order.kind === 'automation'
      ? `Take ${request.order.secretName} away from ${names.automation}`
      : 'Disconnect it from Flow',
  (context) => {
    const step = context.request.order.kind === 'automation' ? automationSecret : flowIntegration;
    return (step.undo ?? nothing)(context);
  },
);

export const closeCredential = closing(
  'close-credential',
  () => 'Revoke its credential',
  (context) => {
    const { request } = context;
    // Flow ends a user's API key together with the user.
    if (request.order.kind === 'flow-user') return nothing();
    const name = credentialName(request);
    const named = factsOf(request, 'credential')?.['tokenName'];
    const fallback = tokenName(accountIdOf(request), 1);
    return revokeCredential(context, {
      name,
      tokenName: typeof named === 'string' ? named : fallback,
    });
  },
);

export const closeAccess = closing(
  'close-access',
  (_request, names) => `Take away its access in ${names.connection}`,
  (context) => (access.undo ?? nothing)(context),
);

export const closeUser = closing(
  'close-user',
  (request, names) =>
    request.order.kind === 'flow-user'
      ? 'Delete the user in Flow'
      : `Remove the ${names.vendor} user`,
  (context) =>
    context.request.order.kind === 'flow-user'
      ? (flowInvitation.undo ?? nothing)(context)
      : removeVendorUser(context),
);

export const closeAddress = closing(
  'close-address',
  (request) => `Take back the address ${request.order.address}`,
  (context) => (context.ports.keepMailboxes ? nothing() : (address.undo ?? nothing)(context)),
);

export const closePage = closing(
  'close-page',
  (_request, names) => `Archive its page in ${names.knowledge}`,
  async ({ request, ports, answers, now }) => {
    const content = await accountPage(request, ports, 'closed', now);
    return ports.knowledge.archive(content, { link: pageOf(request) ?? null, answers });
  },
);
