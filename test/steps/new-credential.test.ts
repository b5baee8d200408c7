import { describe, expect, it } from 'vitest';

import { blankJournal } from '../../src/domain/plan.ts';
import { Secret } from '../../src/domain/secret.ts';
import { humanTask } from '../../src/domain/task.ts';
import { newCredential } from '../../src/steps/rotate/new-credential.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import { aRequest } from '../support/builders.ts';
import { contextOf, memoryStore, portsWith, USER } from './step-builders.ts';

const NAME = 'flow-sa-7k3f9q-token';
const OLD = 'github_pat_in-use';
const rotation = aRequest({
  state: 'provisioning',
  operation: { kind: 'rotate', account: 'SA-7K3F9Q', generation: 2, reason: '' },
  steps: blankJournal('integration', 'rotate'),
  inherited: { 'vendor-user': USER },
});
const TASK = humanTask({
  id: 'make-token',
  title: 'Make the token',
  role: 'vendor-admin',
  instructions: ['Make it.'],
  deposit: { label: 'Token', secretName: `${NAME}-next` },
});

/** An account in use at a vendor that takes any token, and says which were revoked. */
function inUse() {
  const kept = memoryStore();
  kept.put(NAME, OLD);
  const revoked: string[] = [];
  const vendor: Partial<Vendor> = {
    credential: { how: 'deposited', task: () => TASK },
    verify: async () => ({
      identity: 'flow',
      role: 'Member',
      scopes: ['repo'],
      sees: { count: 1, noun: 'repositories', sample: ['acme/web'] },
      expiresAt: null,
      isNot: [],
      at: '2026-11-23T10:00:00.000Z',
    }),
    async revoke(_user, value) {
      revoked.push(value.reveal());
    },
  };
  const context = contextOf(rotation, portsWith({ store: kept.store }, vendor));
  return { kept, revoked, context };
}

describe('The new credential of a rotation', () => {
  it('is not the one that is in use, which the one-time page refuses', async () => {
    const { context, kept } = inUse();

    const depositing = newCredential.accept?.(context, new Secret(OLD));

    await expect(depositing).rejects.toMatchObject({
      code: 'verification-failed',
      message: expect.stringContaining('in use now'),
    });
    expect(kept.values.has(`${NAME}-next`)).toBe(false);
  });

  it('is asked for again when somebody has stored the one in use in its place', async () => {
    const { context, kept } = inUse();
    kept.put(`${NAME}-next`, OLD);

    const outcome = await newCredential.run(context);

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'make-token', finding: expect.stringContaining('in use now') },
    });
  });

  it('is revoked when the rotation is taken back, before it was proven, too', async () => {
    const { context, kept, revoked } = inUse();
    kept.put(`${NAME}-next`, 'github_pat_new');

    const outcome = await newCredential.undo?.(context);

    expect(outcome).toEqual({ kind: 'done', value: undefined });
    expect(revoked).toEqual(['github_pat_new']);
    expect([...kept.values.keys()]).toEqual([NAME]);
  });

  it('is not revoked when it is the one in use after all', async () => {
    const { context, kept, revoked } = inUse();
    kept.put(`${NAME}-next`, OLD);

    await newCredential.undo?.(context);

    expect(revoked).toEqual([]);
    expect([...kept.values.keys()]).toEqual([NAME]);
  });
});
