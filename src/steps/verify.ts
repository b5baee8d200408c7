import type { Verification } from '../domain/account.ts';
import { hasCode, ProductError } from '../domain/errors.ts';
import { done } from '../domain/outcome.ts';
import type { FlowUserOrder, Request } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import { accountSpec, connectionOf, vendorUserOf } from './account-spec.ts';
import { reachOfKey } from './flow-reach.ts';
import { credentialInHand } from './known-facts.ts';
import type { Ports } from './ports.ts';
import type { Step } from './step.ts';

/** Reads the stored credential back and uses it; what this step says, it has seen. */
export const verify: Step = {
  id: 'verify',
  title: () => 'Verify the stored credential',
  async run({ request, ports, now }) {
    const link = credentialInHand(request);
    if (link === undefined)
      throw new ProductError('internal', {
        subject: request.id,
        message: 'No credential is stored yet.',
      });
    const value = await ports.store.read(link.name);
    const verification = await verifyCredential(request, ports, value, now);
    return done({ verification });
  },
};

/** @throws ProductError `verification-failed` */
export async function verifyCredential(
  request: Request,
  ports: Ports,
  value: Secret,
  now: Date,
): Promise<Verification> {
  const { order } = request;
  if (order.kind === 'flow-user') return verifyFlowKey(order, ports, value, now);
  const { vendor } = connectionOf(request, ports);
  return vendor.verify(accountSpec(request, ports), vendorUserOf(request), value);
}

async function verifyFlowKey(
  order: FlowUserOrder,
  ports: Ports,
  value: Secret,
  now: Date,
): Promise<Verification> {
  const reach = await reachOfKey(order, ports, value).catch((error: unknown) => {
    if (!hasCode(error, 'unauthenticated')) throw error;
    throw new ProductError('verification-failed', {
      subject: order.address,
      message: 'Flow refused the stored API key.',
      cause: error,
    });
  });
  if (reach.missing.length > 0 || reach.tooMuch.length > 0) {
    throw new ProductError('verification-failed', {
      subject: order.address,
      message: reach.finding,
    });
  }
  return {
    // Flow's API does not tell whose key it is; the deposit's assignee signed in as this user.
    identity: order.address,
    role: order.role === 'admin' ? 'Admin' : 'Custom role',
    scopes: reach.reaches,
    sees: { count: reach.reaches.length, noun: 'Flow API objects', sample: reach.reaches },
    expiresAt: null,
    isNot: reach.refused.map((object) => `cannot read ${object}`),
    at: now.toISOString(),
  };
}
