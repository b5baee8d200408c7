import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import {
  PROJECT_GROUPS,
  isAdministrator,
  projectGroup,
  roleWords,
  tokenScopes,
} from './access-profile.ts';
import type { AccountClient } from './account-client.ts';
import { createAccountClient } from './client.ts';
import type { AzureContext } from './context.ts';
import { administratorsOf, allGroupsOf, groupsOfProject, projectIdOf } from './groups.ts';
import { holderOf, isHolder } from './holder.ts';
import type { AzureToken } from './schema.ts';
import { scopeList, scopeWords } from './token-scopes.ts';
import { entryOf, instantOf, livingTokens } from './tokens.ts';

const SAMPLE = 5;

type Refuse = (why: string) => ProductError;

/** Uses the token, and reads as administrator what Azure DevOps itself says about it. */
export async function verifyToken(
  context: AzureContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const { client, config, deps, connectionName } = context;
  const refuse: Refuse = (why) =>
    new ProductError('verification-failed', {
      subject: connectionName,
      message: `The token of ${spec.address} at ${connectionName} is not right: ${why}`,
    });
  const account = createAccountClient(config, deps, credential);

  const entitlement = await client.entitlement(user.id);
  if (entitlement === undefined) throw refuse('its account is no longer in the organisation.');
  const subject = entitlement.user.descriptor;
  const self = await holderOf(context, account);
  if (self === undefined) {
    throw refuse('Azure DevOps does not accept it. It may be cut off, expired or revoked.');
  }
  if (!isHolder(self, { id: user.id, descriptor: subject })) {
    throw refuse('it belongs to another account.');
  }
  const token = await checkTokens(context, spec, subject, credential, refuse);
  await checkGroups(context, spec, subject, refuse);
  await checkReach(account, spec, refuse);
  const projects = await account.projects();
  if (await account.mayListUsers()) {
    throw refuse('it may manage users. Make a new one without "Member Entitlement Management".');
  }

  return {
    identity: entitlement.user.principalName,
    role: roleWords(spec),
    scopes: scopeList(token.scope),
    sees: {
      count: projects.length,
      noun: 'projects',
      sample: projects.slice(0, SAMPLE).map(({ name }) => name),
    },
    expiresAt: instantOf(token.validTo),
    isNot: [
      'is not allowed to manage users with this token',
      'is not a token for all organisations',
      ...(isAdministrator(spec) ? [] : ['is not a Project Collection Administrator']),
    ],
    at: deps.clock.now().toISOString(),
  };
}

/** Every living token of the account must be one that we asked for; a wider one is a back door. */
async function checkTokens(
  context: AzureContext,
  spec: AccountSpec,
  subject: string,
  credential: Secret,
  refuse: Refuse,
): Promise<AzureToken> {
  const tokens = await livingTokens(context, subject);
  for (const token of tokens) checkToken(spec, token, refuse);
  const newest = tokens.toSorted((one, other) =>
    instantOf(other.validFrom).localeCompare(instantOf(one.validFrom)),
  )[0];
  const found = entryOf(tokens, credential) ?? newest;
  if (found !== undefined) return found;
  throw refuse('Azure DevOps lists no living personal access token of its account.');
}

function checkToken(spec: AccountSpec, token: AzureToken, refuse: Refuse): void {
  const name = token.displayName ?? 'without a name';
  const wanted = tokenScopes(spec);
  const has = scopeList(token.scope);
  if (has.includes('app_token')) {
    throw refuse(`the account has a token with full access (${name}). Revoke that one.`);
  }
  const missing = wanted.filter((scope) => !has.includes(scope));
  const superfluous = has.filter((scope) => !wanted.includes(scope));
  if (missing.length > 0) {
    throw refuse(
      `its token ${name} lacks ${scopeWords(missing).join('; ')}. Edit it and tick that.`,
    );
  }
  if (superfluous.length > 0) {
    throw refuse(
      `its token ${name} has too much: ${scopeWords(superfluous).join('; ')}. Edit it and untick that.`,
    );
  }
  if (token.targetAccounts?.length !== 1) {
    throw refuse(
      `its token ${name} works in all organisations. Make it again for this organisation alone.`,
    );
  }
}

async function checkGroups(
  context: AzureContext,
  spec: AccountSpec,
  subject: string,
  refuse: Refuse,
): Promise<void> {
  const has = await allGroupsOf(context, subject);
  const isAdmin = has.has(await administratorsOf(context));
  if (isAdmin && !isAdministrator(spec)) {
    throw refuse('its account is a Project Collection Administrator. Take that right away.');
  }
  if (!isAdmin && isAdministrator(spec)) {
    throw refuse('its account is not a Project Collection Administrator.');
  }
  const wanted = projectGroup(spec);
  for (const item of spec.scope) {
    const groups = await groupsOfProject(context, item);
    if (!has.has(groups?.get(wanted) ?? '')) {
      throw refuse(`its account is not in the group ${wanted} of ${item.name}.`);
    }
    const above = PROJECT_GROUPS.slice(PROJECT_GROUPS.indexOf(wanted) + 1);
    const found = above.find((name) => has.has(groups?.get(name) ?? ''));
    // An administrator of everything is in no project's groups on its own account.
    if (found !== undefined && !isAdmin) {
      throw refuse(`its account is also in the group ${found} of ${item.name}. Take it out there.`);
    }
  }
}

async function checkReach(
  account: AccountClient,
  spec: AccountSpec,
  refuse: Refuse,
): Promise<void> {
  for (const item of spec.scope) {
    try {
      await account.project(projectIdOf(item));
      await account.repositories(projectIdOf(item));
    } catch (error) {
      if (!hasCode(error, 'not-found', 'missing-permission', 'unauthenticated')) throw error;
      throw refuse(
        `it cannot read the repositories of ${item.name}. Its account may lack the access level Basic.`,
      );
    }
  }
}
