import { ProductError } from '../domain/errors.ts';
import { marker } from '../domain/naming.ts';
import { whenDone } from '../domain/outcome.ts';
import type { AutomationOrder, Request } from '../domain/request.ts';
import type { Slot } from '../automations/automation.ts';
import { automationOf } from './account-spec.ts';
import { storedCredential } from './known-facts.ts';
import type { Ports } from './ports.ts';
import type { Step } from './step.ts';

/** Gives the automated process its credential, straight from the store. */
export const automationSecret: Step = {
  id: 'automation-secret',
  title: (request, names) =>
    `Give ${request.order.kind === 'automation' ? request.order.secretName : 'it'} to ${names.automation}`,
  async run({ request, ports, answers }) {
    const order = automationOrder(request);
    const link = storedCredential(request);
    if (link === undefined)
      throw new ProductError('internal', {
        subject: request.id,
        message: 'No credential is stored yet.',
      });
    const value = await ports.store.read(link.name);
    const { automation } = automationOf(order, ports);
    const outcome = await automation.ensure(slotOf(request), value, link.url, answers);
    return whenDone(outcome, () => ({ url: automation.url(slotOf(request)) }));
  },
  undo: ({ request, ports, answers }) =>
    automationOf(automationOrder(request), ports).automation.remove(slotOf(request), answers),
};

export async function automationHealth(request: Request, ports: Ports) {
  const { automation } = automationOf(automationOrder(request), ports);
  return whenDone(await automation.verify(slotOf(request)), (says) => ({ says }));
}

function slotOf(request: Request): Slot {
  const { target, secretName, process } = automationOrder(request);
  return { target, secretName, process, marker: marker(request.id) };
}

function automationOrder(request: Request): AutomationOrder {
  if (request.order.kind === 'automation') return request.order;
  throw new ProductError('internal', {
    subject: request.id,
    message: 'This is not an automation.',
  });
}
