import type { SecretLink } from '../../domain/account.ts';
import { done, human, whenDone } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Facts } from '../../domain/request.ts';
import { putCredential } from '../automation-secret.ts';
import { integrationDetails } from '../flow-integration.ts';
import { credentialInHand, storedCredential } from '../known-facts.ts';
import type { Step, StepContext } from '../step.ts';

/** The other end takes the new credential while the old one still works. */
export const switchConnection: Step = {
  id: 'switch-connection',
  title: (request, names) =>
    request.order.kind === 'automation'
      ? `Give the new ${request.order.secretName} to ${names.automation}`
      : 'Give the new credential to Flow',
  async run(context) {
    const link = credentialInHand(context.request);
    if (context.request.order.kind === 'automation') return putCredential(context, link);
    if (context.kept === null) await context.keep({ asked: true });
    return askForSwitch(context, link, 'flow-switch');
  },
  async undo(context) {
    // The stored credential is the old one again by now.
    const link = storedCredential(context.request);
    return whenDone(await giveBack(context, link), () => undefined);
  },
};

async function giveBack(
  context: StepContext,
  link: SecretLink | undefined,
): Promise<Outcome<Facts>> {
  if (context.request.order.kind === 'automation') return putCredential(context, link);
  // Whoever was asked may have done it, whether they have said so or not.
  return context.kept === null ? done({}) : askForSwitch(context, link, 'flow-switch-back');
}

const CHECKER = 'checker';
/** There is nothing to see before the person has answered; only whether they are still there. */
const POLL_MS = 3_600_000;

/**
 * Flow's API shows neither which credential an integration has nor when it was changed, so the
 * person says what Flow's own checker said; that Flow goes on reading is the next step's proof, and
 * the old credential lives on until then.
 */
function askForSwitch(
  { request, ports, answers }: StepContext,
  link: SecretLink | undefined,
  id: string,
): Outcome<Facts> {
  const said = answers[CHECKER];
  if (said !== undefined && said !== '') return done({ checkerSaid: said });
  const task = ports.flow.tasks.replaceCredential(integrationDetails(request, ports, link), null);
  const field = {
    id: CHECKER,
    label: "What Flow's credentials checker says",
    hint: 'After you have saved the credential',
    example: 'All credentials are valid',
  };
  return human({ ...task, id, fields: [field], pollMs: POLL_MS });
}
