import { describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { humanTask } from '../../src/domain/task.ts';
import { credential } from '../../src/steps/credential.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import { contextOf, failure, memoryStore, portsWith, requestWithUser } from './step-builders.ts';

const NAME = 'flow-sa-7k3f9q-token';
const GOOD = 'github_pat_good-one';
const request = requestWithUser();
const TASK = humanTask({
  id: 'make-token',
  title: 'Make the token',
  role: 'vendor-admin',
  instructions: ['Make it.'],
  deposit: { label: 'Token', secretName: NAME },
});

/** A vendor whose tokens people make; only `GOOD` is the right one. */
function depositVendor(change: Partial<Vendor> = {}): Partial<Vendor> {
  return {
    credential: { how: 'deposited', task: () => TASK },
    async verify(_spec, _user, value) {
      if (value.reveal() !== GOOD) throw failure('verification-failed');
      return {
        identity: 'flow',
        role: 'Member',
        scopes: ['repo'],
        sees: { count: 1, noun: 'repositories', sample: ['acme/web'] },
        expiresAt: null,
        isNot: [],
        at: '2026-11-23T10:00:00.000Z',
      };
    },
    ...change,
  };
}

describe('A credential that a person makes', () => {
  it('is asked for while there is none, with the way it travels', async () => {
    const context = contextOf(request, portsWith({}, depositVendor()));

    const outcome = await credential.run(context);

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'make-token', deposit: { secretName: NAME }, finding: null },
    });
  });

  it('goes straight into the store where there is no one-time page', async () => {
    const context = contextOf(request, portsWith({ depositPage: false }, depositVendor()));

    const outcome = await credential.run(context);

    expect(outcome).toMatchObject({ kind: 'human', task: { deposit: null } });
    expect(JSON.stringify(outcome)).toContain(`under the name ${NAME}`);
  });

  it('is accepted when it works, and the step is done with it', async () => {
    const { store, values } = memoryStore();
    const context = contextOf(request, portsWith({ store }, depositVendor()));

    await credential.accept?.(context, new Secret(GOOD));
    await credential.accept?.(context, new Secret(GOOD));
    const outcome = await credential.run(context);

    expect([...values.keys()]).toEqual([NAME]);
    expect(outcome).toMatchObject({
      kind: 'done',
      value: { secret: { name: NAME, version: '1' } },
    });
  });

  it('is refused before it is stored when it is the wrong one', async () => {
    const { store, values } = memoryStore();
    const context = contextOf(request, portsWith({ store }, depositVendor()));

    const accepting = credential.accept?.(context, new Secret('github_pat_of-somebody'));

    await expect(accepting).rejects.toMatchObject({ code: 'verification-failed' });
    expect(values.size).toBe(0);
  });

  it('replaces one that was put into the store and found wanting', async () => {
    const { store, values, put } = memoryStore();
    put(NAME, 'github_pat_too-much');
    const context = contextOf(request, portsWith({ store }, depositVendor()));

    const before = await credential.run(context);
    await credential.accept?.(context, new Secret(GOOD));
    const after = await credential.run(context);

    expect(before).toMatchObject({
      kind: 'human',
      task: { finding: 'It was verification-failed.' },
    });
    expect(values.get(NAME)).toMatchObject({ version: 2 });
    expect(after).toMatchObject({ kind: 'done' });
  });

  it('is not replaced by a second one while it works: the later one is refused and named', async () => {
    const { store, values, put } = memoryStore();
    put(NAME, 'github_pat_first-good-one');
    const everyOneWorks = depositVendor({ verify: async () => ({}) as never });
    const context = contextOf(request, portsWith({ store }, everyOneWorks));

    const accepted = credential.accept?.(context, new Secret(GOOD));

    await expect(accepted).rejects.toMatchObject({ code: 'exists' });
    await expect(accepted).rejects.toThrow(/already.*revoke/is);
    expect(values.get(NAME)?.secret.reveal()).toBe('github_pat_first-good-one');
  });

  it('is not asked for again while nobody can tell whether it works', async () => {
    const { store, put } = memoryStore();
    put(NAME, GOOD);
    const vendor = depositVendor({ verify: () => Promise.reject(failure('unavailable')) });

    const run = credential.run(contextOf(request, portsWith({ store }, vendor)));

    await expect(run).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is revoked and removed when it is taken back', async () => {
    const { store, values, put } = memoryStore();
    put(NAME, GOOD);
    const revoked: string[] = [];
    const revoke: Vendor['revoke'] = async (_user, value) => void revoked.push(value.reveal());
    const context = contextOf(request, portsWith({ store }, depositVendor({ revoke })));

    const outcome = await credential.undo?.(context);

    expect(outcome).toMatchObject({ kind: 'done' });
    expect(revoked).toEqual([GOOD]);
    expect(values.size).toBe(0);
  });

  it('stays in the store until a person has revoked it where the vendor lets nobody else', async () => {
    const { store, values, put } = memoryStore();
    put(NAME, GOOD);
    const revoke = (): Promise<never> => Promise.reject(failure('refused'));
    const context = contextOf(request, portsWith({ store }, depositVendor({ revoke })));

    const outcome = await credential.undo?.(context);

    expect(outcome).toMatchObject({ kind: 'human', task: { id: 'revoke-token' } });
    expect(values.has(NAME)).toBe(true);
  });
});
