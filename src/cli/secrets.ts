import { resolve } from 'node:path';
import { userInfo } from 'node:os';

import { ProductError } from '../domain/errors.ts';
import { systemClock } from '../lib/clock.ts';
import { local } from '../stores/local/index.ts';
import type { LocalConfig } from '../stores/local/schema.ts';
import { quietLog, requireConfig, withRecords } from './open.ts';

/** Prints one value of the local store to the terminal; who did it goes into the audit log first. */
export async function revealSecret(file: string | undefined, name: string): Promise<void> {
  const config = requireConfig(file);
  if (config.store.type !== 'local') {
    throw new ProductError('refused', {
      subject: name,
      message: `Only the local store is revealed here; yours is ${config.store.type}. Open the secret there.`,
    });
  }
  await withRecords(config, async (records) => {
    const store = local.open(config.slices.get('store') as LocalConfig, {
      clock: systemClock,
      log: quietLog(),
      local: { ...records.localVault, dataDir: resolve(config.data_dir) },
    });
    await records.audit.append({
      action: 'credential-read',
      actor: `cli:${userInfo().username}`,
      subject: subjectOf(name),
      details: { name, why: 'revealed on the command line' },
    });
    const value = await store.read(name);
    process.stdout.write(`${value.reveal()}\n`);
  });
}

/** `flow-sa-7k3f9q-token` belongs to `SA-7K3F9Q`. */
function subjectOf(name: string): string {
  const [, id] = /^flow-(sa-[a-z0-9]{6})-/.exec(name) ?? [];
  return id === undefined ? 'none' : id.toUpperCase();
}
