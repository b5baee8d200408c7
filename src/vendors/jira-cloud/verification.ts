import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { roleWords } from './access-profile.ts';
import { projectIdOf } from './access.ts';
import type { JiraContext } from './account.ts';
import { createClient } from './client.ts';
import type { JiraClient } from './client.ts';

const SAMPLE = 5;
const BROWSE = 'BROWSE_PROJECTS';
const CREATE = 'CREATE_ISSUES';
const PEOPLE = 'USER_PICKER';
const ADMIN = 'ADMINISTER';
const PROJECT_ADMIN = 'ADMINISTER_PROJECTS';

/** Uses address and token: whose they are, what Flow needs, and what the account must not be. */
export async function verifyToken(
  context: JiraContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const { config, deps, connectionName } = context;
  const client = createClient(config, deps, { email: spec.address, token: credential });
  const refuse: Refuse = (why) =>
    new ProductError('verification-failed', {
      subject: connectionName,
      message: `The API token of ${spec.address} at ${connectionName} is not right: ${why}`,
    });

  await checkIdentity(client, user, refuse);
  await checkGlobal(client, refuse);
  for (const item of spec.scope) await checkProject(client, spec, item, refuse);
  const projects = await client.searchProjects('');
  if (projects.values.length === 0) throw refuse('it sees no project.');

  return {
    identity: spec.address,
    role: roleWords(config, spec.access),
    scopes: [],
    sees: {
      count: projects.total,
      noun: 'projects',
      sample: projects.values.slice(0, SAMPLE).map((project) => project.name),
    },
    // Atlassian shows a token's expiry to its account alone, and not by API.
    expiresAt: null,
    isNot: [
      'is not a Jira administrator',
      ...(spec.access === 'contributor' ? ['does not administer the chosen projects'] : []),
    ],
    at: deps.clock.now().toISOString(),
  };
}

/** Dead or alive? Only a clear 401 counts as dead. */
export async function isAlive(
  context: JiraContext,
  user: VendorUser,
  credential: Secret,
): Promise<boolean> {
  const { config, deps } = context;
  const client = createClient(config, deps, { email: user.login, token: credential });
  try {
    await client.myself();
    return true;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return false;
    if (hasCode(error, 'missing-permission')) return true;
    throw error;
  }
}

type Refuse = (why: string) => ProductError;

async function checkIdentity(client: JiraClient, user: VendorUser, refuse: Refuse): Promise<void> {
  try {
    const { accountId } = await client.myself();
    if (accountId === user.id) return;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) {
      throw refuse(
        'Atlassian does not accept it together with that address. It may be cut off, expired, deleted, made with scopes, or made by another account.',
      );
    }
    if (hasCode(error, 'missing-permission')) throw refuse('its account has no access to Jira.');
    throw error;
  }
  throw refuse('it belongs to another account.');
}

async function checkGlobal(client: JiraClient, refuse: Refuse): Promise<void> {
  const has = await client.permissions([ADMIN, PEOPLE]);
  if (has.has(ADMIN)) throw refuse('its account is a Jira administrator. Take that right away.');
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
  const has = await permissionsIn(client, projectIdOf(item));
  if (has === undefined || !has.has(BROWSE)) {
    throw refuse(`its account lacks "Browse projects" in ${item.name}.`);
  }
  if (!has.has(CREATE)) throw refuse(`its account lacks "Create issues" in ${item.name}.`);
  if (spec.access === 'contributor' && has.has(PROJECT_ADMIN)) {
    throw refuse(`its account administers ${item.name}. Take that role away.`);
  }
}

async function permissionsIn(
  client: JiraClient,
  projectId: string,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await client.permissions([BROWSE, CREATE, PROJECT_ADMIN], projectId);
  } catch (error) {
    // Jira answers 404 for a project that the asker may not view.
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}
