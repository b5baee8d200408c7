import { ProductError } from '../domain/errors.ts';
import { marker } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { SecretLink } from '../domain/account.ts';
import { whenDone } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { AutomationOrder, Facts, Request } from '../domain/request.ts';
import type { Slot } from '../automations/automation.ts';
import { automationOf } from './account-spec.ts';
import { credentialInHand } from './known-facts.ts';
import type { Ports } from './ports.ts';
import type { Step, StepContext } from './step.ts';

/** Gives the automated process its credential, straight from the store. */
export const automationSecret: Step = {
  id: 'automation-secret',
  title: (request, names) =>
    `Give ${request.order.kind === 'automation' ? request.order.secretName : 'it'} to ${names.automation}`,
  run: (context) => putCredential(context, credentialInHand(context.request)),
  undo: ({ request, ports, answers }) =>
    automationOf(automationOrder(request), ports).automation.remove(slotOf(request), answers),
};

/** Puts a stored credential into the pipeline, in place of ours that may be there. */
export async function putCredential(
  { request, ports, answers }: StepContext,
  link: SecretLink | undefined,
): Promise<Outcome<Facts>> {
  if (link === undefined)
    throw new ProductError('internal', {
      subject: request.id,
      message: 'No credential is stored yet.',
    });
  const value = await ports.store.read(link.name);
  const { automation } = automationOf(automationOrder(request), ports);
  const outcome = await automation.ensure(slotOf(request), value, link.url, answers);
  return whenDone(outcome, () => ({ url: automation.url(slotOf(request)) }));
}

export async function automationHealth(request: Request, ports: Ports) {
  const { automation } = automationOf(automationOrder(request), ports);
  return whenDone(await automation.verify(slotOf(request)), (says) => ({ says }));
}

function slotOf(request: Request): Slot {
  const { target, secretName, process } = automationOrder(request);
  return { target, secretName, process, marker: marker(accountIdOf(request)) };
}

function automationOrder(request: Request): AutomationOrder {
  if (request.order.kind === 'automation') return request.order;
  throw new ProductError('internal', {
    subject: request.id,
    message: 'This is not an automation.',
  });
}
