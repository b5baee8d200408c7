import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { SERVICE_SCOPES, roleWords } from './access-profile.ts';
import { projectIdOf } from './access.ts';
import type { JiraContext } from './account.ts';
import { createClient } from './client.ts';
import type { JiraClient } from './client.ts';
import { accountUrl } from './gateway.ts';
import { checkScopes } from './service-token.ts';

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
  const isService = config.accounts === 'service';
  const identity = isService ? user.login : spec.address;
  const client = clientOf(context, identity, credential);
  const refuse: Refuse = (why) =>
    new ProductError('verification-failed', {
      subject: connectionName,
      message: `The API token of ${identity} at ${connectionName} is not right: ${why}`,
    });

  await checkIdentity(client, user, refuse);
  if (isService) await checkScopes(context, { email: identity, token: credential }, refuse);
  const projects = await checkRights(client, spec, refuse);

  return {
    identity,
    role: roleWords(config, spec.access),
    scopes: isService ? [...SERVICE_SCOPES] : [],
    sees: {
      count: projects.total,
      noun: 'projects',
      sample: projects.values.slice(0, SAMPLE).map((project) => project.name),
    },
    // Only the organisation of a managed account is told; Jira shows it to nobody.
    expiresAt: (await context.organisation?.expiryOf(user.id, spec.marker)) ?? null,
    isNot: [
      'is not a Jira administrator',
      ...(isService ? ['cannot change issues with this token'] : []),
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
  const client = clientOf(context, user.login, credential);
  try {
    await client.myself();
    return true;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return false;
    if (hasCode(error, 'missing-permission')) return true;
    throw error;
  }
}

/** As the account itself, where its token works. */
function clientOf({ config, deps }: JiraContext, email: string, token: Secret): JiraClient {
  return createClient({ ...config, base_url: accountUrl(config) }, deps, { email, token });
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

/** What Flow needs and the account must not have; the projects that it sees. */
async function checkRights(client: JiraClient, spec: AccountSpec, refuse: Refuse) {
  try {
    await checkGlobal(client, refuse);
    for (const item of spec.scope) await checkProject(client, spec, item, refuse);
    const projects = await client.searchProjects('');
    if (projects.values.length === 0) throw refuse('it sees no project.');
    return projects;
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    throw refuse('it lacks a scope. Make one with exactly the scopes that the task names.');
  }
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
