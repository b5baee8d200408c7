import type { Outside } from '../../outside.ts';
import type { BoardEntry } from '../wire.ts';
import { cell, linkTo, state } from './board.ts';
import type { Board } from './board.ts';

type Secret = ReturnType<Outside['vault']['secretsMeta']>[number];

/** What people see there: everything but the values. */
export function drawVault({ vault }: Outside): Board {
  const secrets = vault.secretsMeta();
  return {
    name: 'Vault',
    about: 'The secret store. The app writes here; only an owner reveals a value.',
    tables: [
      {
        title: 'Stored credentials',
        columns: ['Name', 'Version', 'State'],
        rows: secrets.map((secret) => [
          linkTo(secret.name, { to: 'board', board: 'vault', entry: secret.name }),
          cell(secret.version),
          secret.deleted ? state('deleted', 'bad') : state('stored', 'good'),
        ]),
        empty: 'Nothing is stored yet.',
      },
    ],
    entries: secrets.map(entryOf),
  };
}

function entryOf({ name, version, deleted, labels }: Secret): BoardEntry {
  return {
    id: name,
    title: name,
    facts: [
      ['Version', String(version)],
      ['State', deleted ? 'deleted' : 'stored'],
      ...Object.entries(labels ?? {}).map(([key, value]) => [words(key), value] as const),
    ],
    body: [],
    reveal: deleted ? null : name,
  };
}

function words(key: string): string {
  const spaced = key.replaceAll(/[_-]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
