import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { Secret } from '../../domain/secret.ts';
import { deniedOf, isAllowed } from '../probe.ts';
import type { GoogleClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { policyText, strangersIn } from './policy.ts';
import type { GoogleConfig } from './schema.ts';

// No account has these names: what is asked about them can do nothing.
const NOTHING = 'flow-doctor-looks-here';
const OUTSIDER = 'not-an-account-of-flow';

/** May we do exactly what we must, and can nobody else read what we stored? */
export async function checkGoogle(
  client: GoogleClient,
  config: GoogleConfig,
  member: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const looks = [() => checkRights(client, config, member), () => checkReaders(client, config)];
  for (const look of looks) {
    const finding = await look().catch(report);
    findings.push(finding);
    if (finding.level === 'problem') break;
  }
  return findings;
}

async function checkRights(
  client: GoogleClient,
  { project }: GoogleConfig,
  member: string,
): Promise<Finding> {
  const subject = `${SYSTEM}: roles`;
  const advice = `Give our service account exactly these roles:\n${policyText(project, member)}`;
  const denied = await deniedOf([
    { permission: 'secrets.get', call: () => client.secret(NOTHING) },
    { permission: 'versions.get', call: () => client.latest(NOTHING) },
    { permission: 'versions.access', call: () => client.value(NOTHING, 'latest') },
    {
      permission: 'versions.add',
      call: () => client.addVersion(NOTHING, new Secret('nothing')),
    },
    { permission: 'secrets.update', call: () => client.annotate(NOTHING, {}, undefined) },
    { permission: 'secrets.delete', call: () => client.destroy(NOTHING) },
    { permission: 'secrets.getIamPolicy', call: () => client.policy(NOTHING) },
  ]);
  if (denied.length > 0) return problem(subject, `Our roles lack ${denied.join(', ')}.`, advice);
  if (await isAllowed(() => client.value(OUTSIDER, 'latest'))) {
    return warning(subject, 'Our roles also allow reading the secrets of others.', advice);
  }
  return ok(
    subject,
    'Google accepts our service account, and its roles allow what is needed and not the secrets of others. Only secrets.create cannot be tried without making a secret.',
  );
}

/** A secret's own policy can open it to others, beside the roles of the whole project. */
async function checkReaders(client: GoogleClient, { readers }: GoogleConfig): Promise<Finding> {
  const subject = `${SYSTEM}: who may read`;
  const names = await storedNames(client);
  if (names === undefined) {
    return ok(
      subject,
      'The policies of stored secrets were not looked at: that needs secrets.list, which is optional.',
    );
  }
  const open: string[] = [];
  for (const name of names) {
    const { bindings = [] } = await client.policy(name);
    const strangers = strangersIn(bindings, readers);
    if (strangers.length > 0) open.push(`${name} (${strangers.join(', ')})`);
  }
  if (open.length === 0) {
    return ok(
      subject,
      `No policy opens any of the ${names.length} stored secrets to others. Roles of the whole project are not looked at.`,
    );
  }
  return warning(
    subject,
    `Secrets are readable through policies of their own: ${open.join('; ')}.`,
    'Take these members out of the secrets’ policies, or, if they should read, list them in `readers`.',
  );
}

/** Undefined when we may not list; that is not needed for anything else. */
async function storedNames(client: GoogleClient): Promise<string[] | undefined> {
  const names: string[] = [];
  let page: string | undefined;
  try {
    do {
      const { secrets = [], nextPageToken } = await client.list(page);
      names.push(...secrets.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)));
      page = nextPageToken === '' ? undefined : nextPageToken;
    } while (page !== undefined);
  } catch (error) {
    if (hasCode(error, 'missing-permission')) return undefined;
    throw error;
  }
  // The filter finds the text anywhere in a name.
  return names.filter((name) => name.startsWith('flow-'));
}

function report(thrown: unknown): Finding {
  const error = toProductError(thrown, SYSTEM);
  const advice = hasCode(error, 'timeout', 'unreachable')
    ? 'Check `api_url` and that this machine may reach it.'
    : 'Check `project` and `auth` in the configuration.';
  return problem(SYSTEM, error.message, advice);
}
