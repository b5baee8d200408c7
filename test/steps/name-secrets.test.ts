import { describe, expect, it } from 'vitest';

import { humanTask } from '../../src/domain/task.ts';
import { nameSecrets } from '../../src/steps/name-secrets.ts';
import type { Ports } from '../../src/steps/ports.ts';
import { aRequest } from '../support/builders.ts';

const TASK = humanTask({
  id: 'register-account',
  title: 'Register the account',
  role: 'vendor-admin',
  instructions: ['Take the password from the secret store.'],
  links: [
    { label: 'Open the vendor', url: 'https://vendor.example/' },
    { label: 'Password in the secret store', url: '' },
  ],
});

function storeWith(kept: readonly string[], page: string): Pick<Ports, 'store' | 'storeName'> {
  const unused = (): Promise<never> => Promise.reject(new Error('not to be called'));
  return {
    storeName: 'The store',
    store: {
      check: unused,
      create: unused,
      read: unused,
      rotate: unused,
      setMeta: unused,
      remove: unused,
      find: async (name) =>
        kept.includes(name) ? { store: 'local', name, version: '1', url: page } : undefined,
      url: () => page,
    },
  };
}

describe('A task of a person, where secrets are in a store', () => {
  it('without pages names what is kept there and has no dead link', async () => {
    const ports = storeWith(['flow-sa-7k3f9q-password'], '');

    const task = await nameSecrets(TASK, aRequest(), ports);

    expect(task.links.map(({ label }) => label)).toEqual(['Open the vendor']);
    expect(task.instructions).toHaveLength(2);
    expect(task.instructions.at(-1)).toBe(
      'Kept for this account in The store: flow-sa-7k3f9q-password. Whoever runs this app can reveal to you the one that you need.',
    );
  });

  it('without pages says nothing of secrets as long as there are none', async () => {
    const task = await nameSecrets(TASK, aRequest(), storeWith([], ''));

    expect(task.instructions).toEqual(TASK.instructions);
  });

  it('with pages is left as it is', async () => {
    const ports = storeWith(['flow-sa-7k3f9q-password'], 'https://vault.example/ui');

    expect(await nameSecrets(TASK, aRequest(), ports)).toBe(TASK);
  });
});
