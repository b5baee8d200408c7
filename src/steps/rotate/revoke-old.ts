import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import { nextName, previousName, tokenName } from '../../domain/naming.ts';
import { accountIdOf, credentialStep, generationOf } from '../../domain/operation.ts';
import { done, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { factsOf } from '../../domain/request.ts';
import type { Facts, Request } from '../../domain/request.ts';
import { credentialName } from '../account-spec.ts';
import type { CredentialSlot } from '../account-spec.ts';
import { revokeCredential } from '../credential.ts';
import type { Step, StepContext } from '../step.ts';
import { verifyCredential } from '../verify.ts';
import { verifyConnection } from '../verify-connection.ts';

const kept = z.object({ revokeAfter: z.string(), revoking: z.boolean().optional() });

/**
 * Ends the old credential once the other end has lived with the new one for a while, and looks
 * then whether the new one has outlived it: some vendors revoke more than was named.
 */
export const revokeOld: Step = {
  id: 'revoke-old',
  title: () => 'Revoke the old credential after the grace period',

  async run(context) {
    const { request, ports, now } = context;
    const name = credentialName(request);
    if (request.order.kind !== 'flow-user') {
      const waited = await waitAndCheck(context);
      if (waited !== undefined) return waited;
      const outcome = await revokeCredential(context, oldSlot(request));
      if (outcome.kind !== 'done') return outcome;
    }
    const verification = await verifyCredential(request, ports, await ports.store.read(name), now);
    await ports.store.remove(previousName(name));
    await ports.store.remove(nextName(name));
    // Stays said when the step is done: from here on there is no way back.
    return done({ revoking: true, revokedAt: now.toISOString(), verification });
  },

  undo({ request, kept: facts }) {
    const begun = kept.safeParse(facts).data?.revoking === true;
    if (!begun && factsOf(request, 'revoke-old')?.['revokedAt'] === undefined) {
      return Promise.resolve(done(undefined));
    }
    throw new ProductError('refused', {
      subject: accountIdOf(request),
      message:
        'The old credential may already be revoked, so there is no way back to it. The new one is stored and in use: try again to finish.',
    });
  },
};

/** Undefined when the grace period is over and the other end still works. */
async function waitAndCheck(context: StepContext): Promise<Outcome<Facts> | undefined> {
  const { ports, now } = context;
  const known = kept.safeParse(context.kept).data;
  const until = known?.revokeAfter ?? new Date(now.getTime() + ports.graceMs).toISOString();
  if (known === undefined) await context.keep({ revokeAfter: until });
  const left = Date.parse(until) - now.getTime();
  if (left > 0) return later(left, 'The old credential lives on until the grace period is over');
  if (known?.revoking !== true) {
    const connection = await verifyConnection.run(context);
    if (connection.kind !== 'done') return connection;
    await context.keep({ revokeAfter: until, revoking: true });
  }
  return undefined;
}

/** A token that a person made has no name of ours; it is revoked by its kept value. */
function oldSlot(request: Request): CredentialSlot {
  const facts = factsOf(request, credentialStep(request.order.kind));
  const before = tokenName(accountIdOf(request), generationOf(request) - 1);
  const named = facts?.['tokenName'];
  return {
    name: previousName(credentialName(request)),
    tokenName: typeof named === 'string' ? named : before,
  };
}
