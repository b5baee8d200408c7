import { toProductError, hasCode } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VaultClient } from './client.ts';
import { comparePolicy, policyText, probedPaths } from './policy.ts';
import type { VaultConfig } from './schema.ts';

/** Is Vault up, is the mount KV version 2, and may we do exactly what we must? */
export async function checkVault(
  client: VaultClient,
  config: VaultConfig,
  clock: Clock,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const looks = [
    () => checkHealth(client),
    () => checkToken(client, config, clock),
    () => checkMount(client, config),
    () => checkPolicy(client, config),
    () => checkMountSettings(client, config),
  ];
  for (const look of looks) {
    const finding = await look().catch(report);
    findings.push(finding);
    // The later looks need the earlier ones: one cause, one problem.
    if (finding.level === 'problem') break;
  }
  return findings;
}

async function checkHealth(client: VaultClient): Promise<Finding> {
  const subject = 'Vault: server';
  const { status, value } = await client.health();
  if (!value.initialized) {
    return problem(subject, 'Vault is not initialised.', 'Initialise it first.');
  }
  if (value.sealed) {
    return problem(
      subject,
      'Vault is sealed.',
      'Somebody who holds its unseal keys must unseal it.',
    );
  }
  if (status === 472) {
    return problem(
      subject,
      'This Vault is a disaster-recovery secondary and serves nobody.',
      'Set `address` to the primary cluster.',
    );
  }
  return ok(subject, `Vault ${value.version} answers and is unsealed.`);
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

async function checkToken(
  client: VaultClient,
  config: VaultConfig,
  clock: Clock,
): Promise<Finding> {
  const subject = 'Vault: sign-in';
  const token = await client.token();
  if (token.policies?.includes('root') === true) {
    return warning(
      subject,
      'The app uses a root token, which may do anything.',
      'Give it an AppRole or a token with the least-privilege policy instead.',
    );
  }
  const left =
    token.expire_time === null ? Infinity : Date.parse(token.expire_time) - clock.now().getTime();
  if (config.auth.method === 'token' && left < WEEK) {
    return warning(
      subject,
      `The token ends on ${token.expire_time?.slice(0, 10) ?? ''}.`,
      'Replace it before then, or use an AppRole, which the app renews by itself.',
    );
  }
  return ok(subject, 'Vault accepts our sign-in.');
}

async function checkMount(client: VaultClient, config: VaultConfig): Promise<Finding> {
  const subject = `Vault: mount ${config.mount}`;
  const { type, options } = await client.mount();
  if (type === 'kv' && options?.version === '2') {
    return ok(subject, 'It is a KV version 2 mount.');
  }
  return problem(
    subject,
    'It is not a KV version 2 mount, so nothing protects a value from being overwritten.',
    `Make one with: vault secrets enable -path=${config.mount} -version=2 kv`,
  );
}

async function checkPolicy(client: VaultClient, config: VaultConfig): Promise<Finding> {
  const subject = 'Vault: policy';
  const held = await client.capabilities(probedPaths(config.mount));
  const { missing, excess } = comparePolicy(config.mount, held);
  const advice = `Attach exactly this policy:\n${policyText(config.mount)}`;
  if (missing.length > 0) {
    return problem(subject, `Our policy lacks ${missing.join(', ')}.`, advice);
  }
  if (excess.length > 0) {
    return warning(subject, `Our policy allows more than it should: ${excess.join(', ')}.`, advice);
  }
  return ok(subject, 'Our policy allows what is needed and nothing more.');
}

/** Whoever else may write there must not be able to overwrite, and nothing may delete by itself. */
async function checkMountSettings(client: VaultClient, config: VaultConfig): Promise<Finding> {
  const subject = `Vault: settings of ${config.mount}`;
  try {
    const { cas_required: guarded, delete_version_after: after } = await client.mountConfig();
    if (!/^0(?:s|h0m0s)?$/.test(after)) {
      return warning(
        subject,
        `Vault deletes every value ${after} after it was written.`,
        `Credentials would be lost. Turn it off: vault write ${config.mount}/config delete_version_after=0s`,
      );
    }
    if (guarded) return ok(subject, 'Nobody can overwrite a value without knowing its version.');
    return warning(
      subject,
      'Others who may write there can overwrite a value unawares.',
      `Require check-and-set of everybody: vault write ${config.mount}/config cas_required=true`,
    );
  } catch (error) {
    if (!hasCode(error, 'missing-permission')) throw error;
    return ok(
      subject,
      `Not looked at: that needs read on ${config.mount}/config, which is optional. Best is cas_required=true.`,
    );
  }
}

function report(thrown: unknown): Finding {
  const error = toProductError(thrown, 'Vault');
  const advice = hasCode(error, 'timeout', 'unreachable')
    ? 'Check `address` and that this machine may reach it.'
    : 'Check `address`, `namespace`, `mount` and `auth` in the configuration.';
  return problem('Vault', error.message, advice);
}
