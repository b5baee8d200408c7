import type { LocalVault, SealedRow } from '../../src/stores/store.ts';

/** For stores that must not touch our own database. */
export const NO_TABLE: LocalVault = {
  dataDir: '/nowhere',
  insert: () => Promise.reject(new Error('not for this store')),
  find: () => Promise.reject(new Error('not for this store')),
  replace: () => Promise.reject(new Error('not for this store')),
  remove: () => Promise.reject(new Error('not for this store')),
};

/** The rows of our own database, in memory. */
export function memoryTable(): LocalVault & { readonly rows: ReadonlyMap<string, SealedRow> } {
  const rows = new Map<string, SealedRow>();
  return {
    dataDir: '/nowhere',
    rows,
    insert(row) {
      if (rows.has(row.name)) return Promise.resolve(false);
      rows.set(row.name, row);
      return Promise.resolve(true);
    },
    find: (name) => Promise.resolve(rows.get(name)),
    replace(row, expectedVersion) {
      if (rows.get(row.name)?.version !== expectedVersion) return Promise.resolve(false);
      rows.set(row.name, row);
      return Promise.resolve(true);
    },
    remove: (name) => Promise.resolve(void rows.delete(name)),
  };
}
