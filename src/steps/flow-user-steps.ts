import { hasCode, ProductError } from '../domain/errors.ts';
import { secretName } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import { done, human, whenDone } from '../domain/outcome.ts';
import type { FlowUserOrder, Request } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import type { FlowRole } from '../flow/flow.ts';
import { credentialSlot } from './account-spec.ts';
import { claim, refuseInUse, storeDeposit } from './credential.ts';
import { depositTask } from './deposit-task.ts';
import { reachOfKey } from './flow-reach.ts';
import { credentialInHand, storedPassword } from './known-facts.ts';
import { ensurePassword } from './password.ts';
import type { Ports } from './ports.ts';
import type { Step } from './step.ts';

/** The password for Flow's sign-up: stored before anybody is asked to type it. */
export const flowPassword: Step = {
  id: 'flow-password',
  title: (_request, names) => `Generate its password and keep it in ${names.store}`,
  run: async ({ request, ports }) => done({ password: await ensurePassword(request, ports) }),
  async undo({ request, ports }) {
    await ports.store.remove(secretName(accountIdOf(request), 'password'));
    return done(undefined);
  },
};

export const flowInvitation: Step = {
  id: 'flow-invitation',
  title: () => 'Invite it to Flow',
  async run({ request, ports }) {
    const order = flowOrder(request);
    if ((await ports.flow.findUser(order.address)) !== undefined) return done({ invited: true });
    return whenDone(await ports.flow.invite(order.address, roleOf(order)), () => ({
      invited: true,
    }));
  },
  async undo({ request, ports }) {
    const { address } = request.order;
    const user = await ports.flow.findUser(address);
    return user === undefined ? done(undefined) : human(ports.flow.tasks.deleteUser(address));
  },
};

export const flowSignUp: Step = {
  id: 'flow-sign-up',
  title: () => 'Accept the invitation and set the password',
  async run({ request, ports }) {
    const { address } = request.order;
    const user = await ports.flow.findUser(address);
    if (user?.hasLogin === true && !user.pendingInvitation) return done({ flowUserId: user.id });
    const finding =
      user === undefined
        ? 'Flow knows no user with this address; was the invitation deleted?'
        : 'Flow says the invitation has not been accepted yet.';
    return human(ports.flow.tasks.signUp(address, storedPassword(request)?.url ?? '', finding));
  },
};

/** The API key: shown once in Flow, so a person makes and deposits it. */
export const flowKey: Step = {
  id: 'flow-key',
  title: (_request, names) => `Make its API key and keep it in ${names.store}`,
  async run({ request, ports }) {
    const { name } = credentialSlot(request);
    const link = await ports.store.find(name);
    if (link === undefined) return human(keyTask(request, ports, null));
    const key = await ports.store.read(name);
    try {
      await refuseInUse(request, ports, key);
      await probe(request, ports, key);
    } catch (error) {
      if (!hasCode(error, 'verification-failed')) throw error;
      return human(keyTask(request, ports, `The stored value was tried. ${error.message}`));
    }
    await claim(request, ports, name, key);
    return done({ secret: link });
  },
  async accept({ request, ports }, credential) {
    const verify = (key: Secret) => probe(request, ports, key);
    await refuseInUse(request, ports, credential);
    await verify(credential);
    await storeDeposit(request, ports, credentialSlot(request).name, credential, verify);
  },
  async undo({ request, ports }) {
    await ports.store.remove(credentialSlot(request).name);
    return done(undefined);
  },
};

/** @throws ProductError `verification-failed` when Flow does not accept it */
export async function probe(request: Request, ports: Ports, key: Secret): Promise<void> {
  try {
    await ports.flow.probeKey(key, ['users']);
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    throw new ProductError('verification-failed', {
      subject: request.order.address,
      message: 'Flow does not accept this value as an API key. Was the whole key copied?',
      cause: error,
    });
  }
}

/** The role is proven by what the key reaches, because Flow's API does not tell roles. */
export const flowRole: Step = {
  id: 'flow-role',
  title: (request) =>
    flowOrder(request).role === 'admin' ? 'Prove its Admin role' : 'Prove its permissions',
  async run({ request, ports }) {
    const order = flowOrder(request);
    const link = credentialInHand(request);
    if (link === undefined)
      throw new ProductError('internal', {
        subject: request.id,
        message: 'No API key is stored yet.',
      });
    const key = await ports.store.read(link.name);
    const reach = await reachOfKey(order, ports, key);
    if (reach.missing.length === 0 && reach.tooMuch.length === 0)
      return done({ reaches: reach.reaches });
    return human(ports.flow.tasks.giveRole(order.address, roleOf(order), reach.finding));
  },
};

export function keyTask(request: Request, ports: Ports, finding: string | null) {
  const { address } = request.order;
  const { name } = credentialSlot(request);
  const task = ports.flow.tasks.createKey(address, storedPassword(request)?.url ?? '', name);
  return depositTask(task, name, ports, finding);
}

function flowOrder(request: Request): FlowUserOrder {
  if (request.order.kind === 'flow-user') return request.order;
  throw new ProductError('internal', { subject: request.id, message: 'This is not a Flow user.' });
}

function roleOf(order: FlowUserOrder): FlowRole {
  return { kind: order.role, permissions: order.permissions };
}
