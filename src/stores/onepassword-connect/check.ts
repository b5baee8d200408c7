import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { isAllowed } from '../probe.ts';
import type { ConnectClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { policyText } from './policy.ts';
import type { ConnectConfig } from './schema.ts';

// No item has this id: what is asked about it can do nothing.
const NO_ITEM = 'a'.repeat(26);

/** Is the server in step with 1Password, and does our token reach our vault and no other? */
export async function checkConnect(
  client: ConnectClient,
  config: ConnectConfig,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const looks = [() => checkServer(client), () => checkToken(client, config)];
  for (const look of looks) {
    const finding = await look().catch(report);
    findings.push(finding);
    if (finding.level === 'problem') break;
  }
  return findings;
}

async function checkServer(client: ConnectClient): Promise<Finding> {
  const subject = `${SYSTEM}: Connect server`;
  const { version, dependencies = [] } = await client.health();
  const broken = dependencies.filter(({ status }) => /error|fail|unavailable/i.test(status));
  if (broken.length === 0) return ok(subject, `Connect ${version} answers.`);
  const services = broken.map(({ service, status }) => `${service} (${status})`).join(', ');
  return problem(
    subject,
    `Connect ${version} has trouble with ${services}.`,
    'Look at the logs of connect-api and connect-sync.',
  );
}

async function checkToken(client: ConnectClient, { vault }: ConnectConfig): Promise<Finding> {
  const subject = `${SYSTEM}: token`;
  const advice = `Make a token for this vault only:\n${policyText(vault)}`;
  const reached = await client.vaults();
  if (!reached.some(({ id }) => id === vault)) {
    return problem(subject, 'Our token does not reach the configured vault.', advice);
  }
  if (!(await isAllowed(() => client.remove(NO_ITEM)))) {
    return problem(subject, 'Our token may only read the vault.', advice);
  }
  const others = reached.filter(({ id }) => id !== vault).map(({ name }) => name);
  if (others.length > 0) {
    return warning(subject, `Our token also reaches other vaults: ${others.join(', ')}.`, advice);
  }
  return ok(
    subject,
    'Our token may read and write the vault and reaches no other. Who else may open the vault, Connect cannot tell.',
  );
}

function report(thrown: unknown): Finding {
  const error = toProductError(thrown, SYSTEM);
  const advice = hasCode(error, 'timeout', 'unreachable')
    ? 'Check `connect_url` and that this machine may reach it.'
    : 'Check `connect_url`, `vault` and `token` in the configuration.';
  return problem(SYSTEM, error.message, advice);
}
