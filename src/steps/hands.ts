import type { StepId } from '../domain/plan.ts';
import type { Request } from '../domain/request.ts';
import type { TaskRole } from '../domain/task.ts';
import type { Ability, Abilities } from '../vendors/vendor.ts';
import {
  accountSpec,
  connectionOf,
  credentialDays,
  credentialSlot,
  knownVendorUser,
} from './account-spec.ts';
import type { Ports } from './ports.ts';

/** Who does a step; `either`: the app, and a person where the outside system does not let it. */
export type Hands =
  | { readonly by: 'app' }
  | { readonly by: 'person' | 'either'; readonly role: TaskRole };

type Tell = (request: Request, ports: Ports) => Hands;

const app: Tell = () => ({ by: 'app' });
const person =
  (role: TaskRole): Tell =>
  () => ({ by: 'person', role });
const either =
  (role: TaskRole): Tell =>
  () => ({ by: 'either', role });

/** What the vendor's definition says, under this configuration. */
function vendor(ability: keyof Abilities, role: TaskRole): Tell {
  return (request, ports) => {
    const { order } = request;
    const able: Ability =
      order.kind === 'flow-user'
        ? 'human'
        : (ports.connections.get(order.connection)?.definition.abilities[ability] ?? 'automatic');
    return able === 'human' ? { by: 'person', role } : { by: 'app' };
  };
}

const address: Tell = (_, { byHand }) =>
  byHand.mailboxes ? { by: 'person', role: 'mail-admin' } : { by: 'app' };
const page: Tell = (_, { byHand }) =>
  byHand.knowledge ? { by: 'person', role: 'owner' } : { by: 'app' };

function pipeline(request: Request, { automations }: Ports): Hands {
  const { order } = request;
  const byHand =
    order.kind === 'automation' && automations.get(order.automation)?.definition.byHand === true;
  return byHand ? { by: 'person', role: 'owner' } : { by: 'app' };
}

/** Flow's API can change nothing of an integration, so that end of it is a person's. */
const otherEnd: Tell = (request, ports) =>
  request.order.kind === 'automation'
    ? pipeline(request, ports)
    : { by: 'person', role: 'flow-admin' };

/** A task for making the credential says by itself whose it is. */
const credential: Tell = (request, ports) => {
  if (request.order.kind === 'flow-user') return { by: 'person', role: 'flow-admin' };
  const { credential: made } = connectionOf(request, ports).vendor;
  if (made.how === 'minted') return { by: 'app' };
  const spec = accountSpec(request, ports);
  const user = knownVendorUser(request) ?? { id: '', login: spec.login, url: null };
  const { tokenName } = credentialSlot(request);
  const { role } = made.task(spec, user, tokenName, credentialDays(request));
  return { by: 'person', role };
};

const HANDS: Readonly<Record<StepId, Tell>> = {
  address,
  // Where the app can read the mailbox, it finds the code itself.
  mailbox: (_, { mailboxes }) =>
    mailboxes.findMail === undefined ? { by: 'either', role: 'mail-admin' } : { by: 'app' },
  'vendor-user': vendor('user', 'vendor-admin'),
  access: vendor('access', 'vendor-admin'),
  credential,
  verify: app,
  page,
  'flow-integration': person('flow-admin'),
  'automation-secret': pipeline,
  'verify-connection': app,
  'hide-from-reports': (request) =>
    request.order.kind === 'automation' && request.order.hideFromReports
      ? { by: 'person', role: 'flow-admin' }
      : { by: 'app' },
  'flow-password': app,
  'flow-invitation': either('flow-admin'),
  'flow-sign-up': person('mail-admin'),
  'flow-key': person('flow-admin'),
  'flow-role': either('flow-admin'),
  confirm: page,
  'new-credential': credential,
  'switch-connection': otherEnd,
  promote: app,
  'revoke-old': (request, ports) =>
    request.order.kind === 'flow-user' ? { by: 'app' } : vendor('revoke', 'owner')(request, ports),
  'close-connection': otherEnd,
  'close-credential': (request, ports) =>
    request.order.kind === 'flow-user' ? { by: 'app' } : vendor('revoke', 'owner')(request, ports),
  'close-access': vendor('access', 'vendor-admin'),
  'close-user': (request, ports) =>
    request.order.kind === 'flow-user'
      ? { by: 'person', role: 'flow-admin' }
      : vendor('remove', 'vendor-admin')(request, ports),
  'close-address': (request, ports) =>
    ports.keepMailboxes ? { by: 'app' } : address(request, ports),
  'close-page': page,
};

const handedIn: Tell = ({ operation }) =>
  operation.kind === 'adopt' && operation.storedAs !== null
    ? { by: 'app' }
    : { by: 'person', role: 'owner' };

const ADOPTING: Partial<Readonly<Record<StepId, Tell>>> = {
  'vendor-user': ({ order }, { connections }) =>
    order.kind !== 'flow-user' &&
    connections.get(order.connection)?.vendor.findByLogin === undefined
      ? { by: 'person', role: 'vendor-admin' }
      : { by: 'app' },
  credential: handedIn,
  'flow-key': handedIn,
  'flow-sign-up': app,
  'flow-integration': either('flow-admin'),
};

/** Who is going to do a step of a request's plan, as far as that is known beforehand. */
export function handsOfStep(step: StepId, request: Request, ports: Ports): Hands {
  const adopting = request.operation.kind === 'adopt' ? ADOPTING[step] : undefined;
  return (adopting ?? HANDS[step])(request, ports);
}
