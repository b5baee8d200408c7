import { resolve } from 'node:path';
import { userInfo } from 'node:os';

import type { ValidConfig } from '../config/validate.ts';
import { ProductError } from '../domain/errors.ts';
import { systemClock } from '../lib/clock.ts';
import type { Records } from '../records/records.ts';
import { local } from '../stores/local/index.ts';
import type { LocalConfig } from '../stores/local/schema.ts';
import type { VaultConfig } from '../stores/vault/schema.ts';
import { wrapSecret } from '../stores/vault/wrap.ts';
import { quietLog, requireConfig, withRecords } from './open.ts';

export interface RevealOptions {
  /** Instead of the value, a token of Vault that is good for one look at it. */
  readonly wrapped?: boolean;
  /** How long that token lives. */
  readonly minutes?: number;
}

const MINUTES = 5;

/** Prints one credential, or a one-time token for it; who did it goes into the audit log first. */
export async function revealSecret(
  file: string | undefined,
  name: string,
  { wrapped = false, minutes = MINUTES }: RevealOptions = {},
): Promise<void> {
  const config = requireConfig(file);
  requireStore(config, name, wrapped ? 'vault' : 'local');
  await withRecords(config, async (records) => {
    await records.audit.append({
      action: 'credential-read',
      actor: `cli:${userInfo().username}`,
      subject: subjectOf(name),
      details: { name, why: `${wrapped ? 'wrapped' : 'revealed'} on the command line` },
    });
    if (wrapped) await printToken(config, name, minutes);
    else await printValue(config, records, name);
  });
}

function requireStore({ store }: ValidConfig, name: string, needed: 'vault' | 'local'): void {
  if (store.type === needed) return;
  const message =
    needed === 'local'
      ? `Only the local store is revealed here; yours is ${store.type}. Open the secret there${store.type === 'vault' ? ', or hand out a one-time token with --wrapped' : ''}.`
      : `Only Vault and OpenBao hand out one-time tokens; yours is ${store.type}. Leave out --wrapped.`;
  throw new ProductError('refused', { subject: name, message });
}

async function printValue(config: ValidConfig, records: Records, name: string): Promise<void> {
  const store = local.open(config.slices.get('store') as LocalConfig, {
    clock: systemClock,
    log: quietLog(),
    local: { ...records.localVault, dataDir: resolve(config.data_dir) },
  });
  const value = await store.read(name);
  process.stdout.write(`${value.reveal()}\n`);
}

/** The token alone goes to standard output, so that it can be piped; the rest is for people. */
async function printToken(config: ValidConfig, name: string, minutes: number): Promise<void> {
  const vault = config.slices.get('store') as VaultConfig;
  const { token, seconds, creationPath } = await wrapSecret(vault, systemClock, name, minutes * 60);
  process.stderr.write(
    [
      `A token for ${name}, good for one look within ${Math.floor(seconds / 60)} minutes. Hand it to the owner in person or by phone, never in Slack.`,
      `They first see with: vault write sys/wrapping/lookup token=TOKEN`,
      `that its creation_path is ${creationPath}, and then the value with: vault unwrap TOKEN`,
      'If either fails, somebody else may have used it: rotate the credential.',
      '',
    ].join('\n'),
  );
  process.stdout.write(`${token.reveal()}\n`);
}

/** `flow-sa-7k3f9q-token` belongs to `SA-7K3F9Q`. */
function subjectOf(name: string): string {
  const [, id] = /^flow-(sa-[a-z0-9]{6})-/.exec(name) ?? [];
  return id === undefined ? 'none' : id.toUpperCase();
}
