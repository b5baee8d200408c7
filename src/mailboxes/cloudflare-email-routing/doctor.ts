import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { path } from '../../lib/http.ts';
import { NAME } from './client.ts';
import type { CloudflareClient } from './client.ts';
import { MOST_RULES } from './rule.ts';
import type { CloudflareConfig } from './schema.ts';

const TOKENS = 'Cloudflare > My Profile > API Tokens';
/** No rule has this id; being told so shows that the token may edit rules, and changes nothing. */
const NO_RULE = '0'.repeat(32);

export async function checkCloudflare(
  config: CloudflareConfig,
  client: CloudflareClient,
): Promise<Finding[]> {
  const checks = await Promise.all([
    guarded('rules', 'Zone > Email Routing Rules > Edit', () => checkRules(client)),
    guarded('destination', 'Account > Email Routing Addresses > Read', () =>
      checkDestination(config, client),
    ),
    guarded('zone', '', () => checkZone(config, client)),
  ]);
  const findings = checks.flat();
  if (findings.some(({ level }) => level === 'problem')) return findings;
  return [...findings, ...(await guarded('token', '', () => checkWidth(config, client)))];
}

async function guarded(
  about: string,
  right: string,
  check: () => Promise<Finding[]>,
): Promise<Finding[]> {
  const subject = `${NAME}: ${about}`;
  try {
    return await check();
  } catch (error) {
    const { message } = toProductError(error, NAME);
    const isRight = hasCode(error, 'missing-permission') && right !== '';
    return isRight
      ? [problem(subject, `The token lacks ${right}.`, `Add it: ${TOKENS}.`)]
      : [problem(subject, message, 'Look at mailboxes in the configuration.')];
  }
}

async function checkRules(client: CloudflareClient): Promise<Finding[]> {
  const subject = `${NAME}: rules`;
  const count = (await client.rules()).length;
  try {
    await client.removeRule(NO_RULE);
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
  }
  const words = `The app may edit rules; the zone has ${count} of at most ${MOST_RULES}.`;
  return count < MOST_RULES
    ? [ok(subject, words)]
    : [problem(subject, words, 'Remove rules that are not needed.')];
}

async function checkDestination(
  { destination }: CloudflareConfig,
  client: CloudflareClient,
): Promise<Finding[]> {
  const subject = `${NAME}: destination`;
  const found = (await client.destinations()).find(
    ({ email }) => email.toLowerCase() === destination,
  );
  if (found?.verified != null) return [ok(subject, `${destination} is verified.`)];
  const advice = 'Add it under Email Routing, Destination addresses, and confirm the mail.';
  return [warning(subject, `${destination} is not verified, so nothing reaches it yet.`, advice)];
}

async function checkZone(
  { domain }: CloudflareConfig,
  client: CloudflareClient,
): Promise<Finding[]> {
  const subject = `${NAME}: zone`;
  try {
    const { enabled, name, status } = await client.settings();
    if (domain !== name.toLowerCase() && !domain.endsWith(`.${name.toLowerCase()}`)) {
      return [
        problem(subject, `${domain} is not in the zone ${name}.`, 'Look at domain, zone_id.'),
      ];
    }
    if (enabled && status === 'ready') return [ok(subject, `Email Routing is on for ${name}.`)];
    const advice = 'Turn it on in Cloudflare and let it set the DNS records.';
    return [problem(subject, `Email Routing is not ready for ${name} (${status}).`, advice)];
  } catch (error) {
    // The token need not be able to see it; the challenge mail proves more.
    if (hasCode(error, 'missing-permission')) return [];
    throw error;
  }
}

/** A token can not list its own rights without a further right, so it is tried on what it must not see. */
async function checkWidth(
  { zone_id, account_id }: CloudflareConfig,
  client: CloudflareClient,
): Promise<Finding[]> {
  const subject = `${NAME}: token`;
  const probes = [
    ['DNS records', path`/zones/${zone_id}/dns_records`],
    ['members of the account', path`/accounts/${account_id}/members`],
    ['Workers', path`/accounts/${account_id}/workers/scripts`],
  ] as const;
  const seen: string[] = [];
  for (const [what, call] of probes) if (await client.mayRead(call)) seen.push(what);
  if (seen.length === 0) return [ok(subject, 'It sees nothing of DNS, members and Workers.')];
  const words = `The token sees more than the app needs: ${seen.join(', ')}.`;
  return [warning(subject, words, `Make one with only the two rights: ${TOKENS}.`)];
}
