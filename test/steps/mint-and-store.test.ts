import { describe, expect, it } from 'vitest';

import { mintAndStore } from '../../src/steps/mint-and-store.ts';
import { memoryMint, memoryStore, portsWith, requestWithUser } from './step-builders.ts';

const NAME = 'flow-sa-7k3f9q-token';
const request = requestWithUser();

describe('Making a token and storing it', () => {
  it('leaves one living token, and it is the stored one', async () => {
    const { minted, living } = memoryMint();
    const { store, values } = memoryStore();

    const facts = await mintAndStore(request, portsWith({ store }), minted, null);

    expect(facts).toMatchObject({
      secret: { name: NAME, version: '1' },
      tokenName: 'flow-sa-7k3f9q-1',
      tokenId: '1',
      expiresAt: '2027-03-01T00:00:00.000Z',
    });
    expect(living.map(({ secret }) => secret)).toEqual([values.get(NAME)?.secret]);
  });

  it('revokes what a run before it made and could not store', async () => {
    const { minted, living } = memoryMint();
    const { store } = memoryStore();
    await minted.mint({} as never, {} as never, 'flow-sa-7k3f9q-1', 90);

    await mintAndStore(request, portsWith({ store }), minted, null);

    expect(living.map(({ secret }) => secret.reveal())).toEqual(['made-token-number-2']);
  });

  it('revokes the token when the store refuses it', async () => {
    const { minted, living } = memoryMint();
    const { store, values, faults } = memoryStore();
    faults.create = { code: 'missing-permission', afterEffect: false };

    const run = mintAndStore(request, portsWith({ store }), minted, null);

    await expect(run).rejects.toMatchObject({ code: 'missing-permission' });
    expect(living).toEqual([]);
    expect(values.size).toBe(0);
  });

  it('keeps the token when only the answer of the store was lost', async () => {
    const { minted, living } = memoryMint();
    const { store, values, faults } = memoryStore();
    faults.create = { code: 'timeout', afterEffect: true };

    const facts = await mintAndStore(request, portsWith({ store }), minted, null);

    expect(facts).toMatchObject({ secret: { name: NAME, version: '1' } });
    expect(living.map(({ secret }) => secret)).toEqual([values.get(NAME)?.secret]);
  });

  it('revokes the token when nobody can tell whether it was stored', async () => {
    const { minted, living } = memoryMint();
    const { store, faults } = memoryStore();
    faults.create = { code: 'timeout', afterEffect: true };
    faults.find = 'rate-limited';

    const run = mintAndStore(request, portsWith({ store }), minted, null);

    await expect(run).rejects.toMatchObject({ code: 'timeout' });
    expect(living).toEqual([]);
  });

  it('gives way to another run that stored first', async () => {
    const { minted, living } = memoryMint();
    const { store, values, put } = memoryStore();
    put(NAME, 'token-of-another-run');

    const run = mintAndStore(request, portsWith({ store }), minted, null);

    await expect(run).rejects.toMatchObject({ code: 'conflict' });
    expect(living).toEqual([]);
    expect(values.get(NAME)?.secret.reveal()).toBe('token-of-another-run');
  });

  it('replaces a stored token that no longer works', async () => {
    const { minted, living } = memoryMint();
    const { store, values, put } = memoryStore();
    put(NAME, 'token-that-is-dead');

    const facts = await mintAndStore(request, portsWith({ store }), minted, '1');

    expect(facts).toMatchObject({ secret: { version: '2' } });
    expect(living.map(({ secret }) => secret)).toEqual([values.get(NAME)?.secret]);
  });

  it('leaves alone what changed in the store since it was tried', async () => {
    const { minted } = memoryMint();
    const { store, values, put } = memoryStore();
    put(NAME, 'token-that-is-dead');
    put(NAME, 'token-put-there-since');

    const late = mintAndStore(request, portsWith({ store }), minted, '1');

    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect(values.get(NAME)?.secret.reveal()).toBe('token-put-there-since');
  });
});
