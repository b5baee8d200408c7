import type { SecretStore } from '../stores/store.ts';

/**
 * The store as steps see it: no value comes out of it without the audit log knowing, whatever it
 * was read for and however that ends.
 */
export function auditedStore(
  store: SecretStore,
  note: (name: string) => Promise<void>,
): SecretStore {
  return {
    ...store,
    async read(name) {
      const value = await store.read(name);
      await note(name);
      return value;
    },
  };
}
