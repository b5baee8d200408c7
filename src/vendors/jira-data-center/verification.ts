import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { roleWords } from './access-profile.ts';
import { projectIdOf } from './access.ts';
import type { JiraContext } from './account.ts';
import { createClient, orUndefined } from './client.ts';
import type { JiraClient } from './client.ts';
import { livingTokens } from './token.ts';

const SAMPLE = 5;
const DAY_MS = 24 * 60 * 60_000;
/** No order of ours lives longer than a year; a token that does was not made for us. */
const LONGEST_DAYS = 366;

const BROWSE = 'BROWSE_PROJECTS';
const CREATE = 'CREATE_ISSUES';
const PEOPLE = 'USER_PICKER';
const ADMINS = ['ADMINISTER', 'SYSTEM_ADMIN'];
const PROJECT_ADMIN = 'ADMINISTER_PROJECTS';

/** Uses the token: whose it is, when it ends, what Flow needs, and what the account must not be. */
export async function verifyToken(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const { config, deps, connectionName } = context;
  const client = createClient(config, deps, { token: credential }, 'the token');
  const refuse: Refuse = (why) =>
    new ProductError('verification-failed', {
      subject: connectionName,
      message: `The token of ${user.login} at ${connectionName} is not right: ${why}`,
    });

  await checkIdentity(client, user, refuse);
  const expiresAt = await checkExpiry(client, spec, deps.clock.now(), refuse);
  await checkGlobal(client, refuse);
  for (const item of spec.scope) await checkProject(client, spec, item, refuse);
  const projects = await client.projects();
  if (projects.length === 0) throw refuse('it sees no project.');

  return {
    identity: user.login,
    role: roleWords(config, spec.access),
    scopes: [],
    sees: {
      count: projects.length,
      noun: 'projects',
      sample: projects.slice(0, SAMPLE).map((project) => project.name),
    },
    expiresAt,
    isNot: [
      'is not a Jira administrator',
      ...(spec.access === 'contributor' ? ['does not administer the chosen projects'] : []),
    ],
    at: deps.clock.now().toISOString(),
  };
}

type Refuse = (why: string) => ProductError;

async function checkIdentity(client: JiraClient, user: VendorUser, refuse: Refuse): Promise<void> {
  try {
    const { key } = await client.myself();
    if (key === user.id) return;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) {
      throw refuse('Jira does not accept it. It may be cut off, expired or revoked.');
    }
    if (hasCode(error, 'missing-permission')) throw refuse('its account has no access to Jira.');
    throw error;
  }
  throw refuse('it belongs to another account.');
}

/**
 * Jira does not say which listed token is the asking one. So all of the account's living tokens
 * must be ours and must end, and the first end counts.
 */
async function checkExpiry(
  client: JiraClient,
  spec: AccountSpec,
  now: Date,
  refuse: Refuse,
): Promise<string> {
  const living = livingTokens(await client.ownTokens(), now);
  const foreign = living.find(({ name }) => !isTokenName(name, spec));
  if (foreign !== undefined) {
    throw refuse(
      `the account also has the token "${foreign.name}", which this app does not know. Revoke it, or name it as the task says.`,
    );
  }
  const ends = living.map(({ expiringAt }) => expiringAt?.getTime() ?? Infinity);
  if (ends.includes(Infinity)) throw refuse('it never expires. Make one that does.');
  if (ends.length === 0) throw refuse('Jira does not list it among the tokens of its account.');
  if (Math.max(...ends) - now.getTime() > LONGEST_DAYS * DAY_MS) {
    throw refuse('it lives longer than a year.');
  }
  return new Date(Math.min(...ends)).toISOString();
}

/** `flow-sa-7k3f9q-2`: the marker and a generation. */
function isTokenName(name: string, spec: AccountSpec): boolean {
  return name.startsWith(`${spec.marker}-`) && /^\d+$/.test(name.slice(spec.marker.length + 1));
}

async function checkGlobal(client: JiraClient, refuse: Refuse): Promise<void> {
  const has = await client.permissions([...ADMINS, PEOPLE]);
  if (ADMINS.some((right) => has.has(right))) {
    throw refuse('its account is a Jira administrator. Take that right away.');
  }
  if (!has.has(PEOPLE)) {
    throw refuse('its account lacks the global permission "Browse users and groups".');
  }
}

async function checkProject(
  client: JiraClient,
  spec: AccountSpec,
  item: AccountSpec['scope'][number],
  refuse: Refuse,
): Promise<void> {
  // Jira answers 404 for a project that the asker may not view.
  const has = await orUndefined(
    client.permissions([BROWSE, CREATE, PROJECT_ADMIN], projectIdOf(item)),
  );
  if (has === undefined || !has.has(BROWSE)) {
    throw refuse(`its account lacks "Browse projects" in ${item.name}.`);
  }
  if (!has.has(CREATE)) throw refuse(`its account lacks "Create issues" in ${item.name}.`);
  if (spec.access === 'contributor' && has.has(PROJECT_ADMIN)) {
    throw refuse(`its account administers ${item.name}. Take that role away.`);
  }
}
