import { marker } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import { done, whenDone } from '../domain/outcome.ts';
import type { Request } from '../domain/request.ts';
import type { MailboxSpec } from '../mailboxes/mailboxes.ts';
import { isAdopted } from './known-facts.ts';
import type { Step } from './step.ts';

/** Makes the service e-mail address. */
export const address: Step = {
  id: 'address',
  title: (request) => `Make the address ${request.order.address}`,
  async run({ request, ports, answers }) {
    const outcome = await ports.mailboxes.ensure(mailboxSpec(request), answers);
    return whenDone(outcome, () => ({ address: request.order.address }));
  },
  // The address of an adopted account was not made by the app and stays.
  undo: async ({ request, ports }) =>
    isAdopted(request) ? done(undefined) : ports.mailboxes.remove(mailboxSpec(request)),
};

export function mailboxSpec(request: Request): MailboxSpec {
  const { address, purpose } = request.order;
  return { address, purpose, marker: marker(accountIdOf(request)) };
}
