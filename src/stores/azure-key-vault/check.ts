import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { deniedOf } from '../probe.ts';
import type { AzureClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { policyText } from './policy.ts';
import type { AzureConfig } from './schema.ts';

// No account has this name: what is asked about it can do nothing.
const NOTHING = 'flow-doctor-looks-here';
const NO_VERSION = '0'.repeat(32);

/** Is the vault there, and may we do what we must? */
export async function checkAzure(client: AzureClient, config: AzureConfig): Promise<Finding[]> {
  const subject = `${SYSTEM}: role`;
  try {
    const denied = await deniedOf([
      { permission: 'getSecret', call: () => client.get(NOTHING) },
      { permission: 'readMetadata', call: () => client.deleted(NOTHING) },
      { permission: 'update', call: () => client.tag(NOTHING, NO_VERSION, {}) },
      { permission: 'delete', call: () => client.remove(NOTHING) },
      { permission: 'purge', call: () => client.purge(NOTHING) },
    ]);
    if (denied.length === 0) return [ok(subject, SUFFICIENT)];
    const advice = `Give our application exactly this role:\n${policyText(config.vault_url)}`;
    return [problem(subject, `Our role lacks ${denied.join(', ')}.`, advice)];
  } catch (thrown) {
    return [report(thrown)];
  }
}

const SUFFICIENT =
  'Azure accepts our application, and its role allows what is needed. Only setSecret cannot be tried without making a secret, and who else may read is kept outside the vault: look at its access control.';

function report(thrown: unknown): Finding {
  const error = toProductError(thrown, SYSTEM);
  const advice = hasCode(error, 'timeout', 'unreachable')
    ? 'Check `vault_url` and that this machine may reach it.'
    : 'Check `vault_url`, `resource` and `auth` in the configuration.';
  return problem(SYSTEM, error.message, advice);
}
