import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { isAdministrator, roleWords, tokenScopes } from './access-profile.ts';
import { createClient } from './client.ts';
import type { ServerClient } from './client.ts';
import type { ServerContext } from './context.ts';
import { compareGroups, projectIdOf } from './groups.ts';

const SAMPLE = 5;

type Refuse = (why: string) => ProductError;

/** The server tells nobody a token's scopes, so each is proven by using it. */
export async function verifyToken(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const { client, config, deps, connectionName } = context;
  const refuse: Refuse = (why) =>
    new ProductError('verification-failed', {
      subject: connectionName,
      message: `The token of ${user.login} at ${connectionName} is not right: ${why}`,
    });
  const account = createClient(config, deps, credential);

  const holder = await holderOf(client, account);
  if (holder === undefined) {
    throw refuse('the server does not accept it. It may be cut off, expired or revoked.');
  }
  if (holder !== user.id) throw refuse('it belongs to another account.');
  await checkGroups(context, spec, user, refuse);
  await checkReach(account, spec, user, refuse);
  if (await account.mayListPools()) {
    throw refuse('it has full access, or at least "Agent Pools". Make a new one with less.');
  }
  const projects = await ofProjects(account.projects(), refuse);

  return {
    identity: user.login,
    role: roleWords(spec),
    scopes: tokenScopes(spec),
    sees: {
      count: projects.length,
      noun: 'projects',
      sample: projects.slice(0, SAMPLE).map(({ name }) => name),
    },
    expiresAt: null,
    isNot: [
      'is not a token with full access',
      ...(isAdministrator(spec) ? [] : ['is not a Project Collection Administrator']),
    ],
    at: deps.clock.now().toISOString(),
  };
}

/** A sign-in page must come twice, while our own token is answered, to mean that it is dead. */
export async function holderOf(
  ours: ServerClient,
  account: ServerClient,
): Promise<string | undefined> {
  try {
    return (await account.self()).id;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return undefined;
    if (!hasCode(error, 'unexpected-answer')) throw error;
  }
  await ours.self();
  try {
    return (await account.self()).id;
  } catch (error) {
    if (hasCode(error, 'unauthenticated', 'unexpected-answer')) return undefined;
    throw error;
  }
}

async function checkGroups(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
  refuse: Refuse,
): Promise<void> {
  const identity = await context.client.identity(user.id);
  if (identity?.isActive !== true) throw refuse('its account is no longer active.');
  const { missing, superfluous } = await compareGroups(context, spec, identity);
  if (missing.length > 0) throw refuse(`its account is not in ${missing.join(', ')}.`);
  if (superfluous.length > 0) {
    throw refuse(`its account is in ${superfluous.join(', ')}. Take it out there.`);
  }
}

async function checkReach(
  account: ServerClient,
  spec: AccountSpec,
  user: VendorUser,
  refuse: Refuse,
): Promise<void> {
  const isIntegration = spec.kind === 'integration';
  const { reads } = account;
  for (const item of spec.scope) {
    const id = projectIdOf(item);
    if ((await ofProjects(account.project(id), refuse)) === undefined) {
      throw refuse(`it does not see the project ${item.name}.`);
    }
    await must(reads['vso.code'](id), `the repositories of ${item.name} (Code: Read)`, refuse);
    if (!isIntegration) continue;
    await must(reads['vso.build'](id), `the builds of ${item.name} (Build: Read)`, refuse);
    await must(reads['vso.work'](id), `the work items of ${item.name} (Work Items: Read)`, refuse);
  }
  if (isIntegration) await must(account.identity(user.id), 'people (Identity: Read)', refuse);
}

function ofProjects<T>(call: Promise<T>, refuse: Refuse): Promise<T> {
  return must(call, 'projects (Project and Team: Read)', refuse);
}

async function must<T>(call: Promise<T>, what: string, refuse: Refuse): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!hasCode(error, 'unauthenticated', 'missing-permission', 'not-found')) throw error;
    throw refuse(`it cannot read ${what}.`);
  }
}
