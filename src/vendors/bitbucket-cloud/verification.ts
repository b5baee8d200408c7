import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { levelOf, roleWords, tokenScopesOf } from './access-profile.ts';
import type { Level } from './access-profile.ts';
import type { BitbucketContext } from './account.ts';
import { createClient } from './client.ts';
import type { BitbucketClient } from './client.ts';
import { isInside, placeOf } from './place.ts';
import type { BitbucketRepository } from './schema.ts';

const SAMPLE = 5;

/** Uses address and token: whose they are, what Flow needs, and what the account must not be. */
export async function verifyToken(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const { config, deps, connectionName } = context;
  const login = { email: spec.address, token: credential, ours: false };
  const client = createClient(config, deps, login);
  const refuse: Refuse = (why) =>
    new ProductError('verification-failed', {
      subject: connectionName,
      message: `The API token of ${spec.address} at ${connectionName} is not right: ${why}`,
    });

  const scopes = await checkToken(client, spec, user, refuse);
  await checkWorkspace(client, config.workspace, refuse);
  await checkGrants(context, spec, user, refuse);
  const seen = await checkReach(client, spec, refuse);

  return {
    identity: spec.address,
    role: roleWords(levelOf(spec)),
    scopes,
    sees: {
      count: seen.length,
      noun: 'repositories',
      sample: seen.slice(0, SAMPLE).map((repository) => repository.full_name),
    },
    // The organisation knows of a managed account; Bitbucket does not say.
    expiresAt: (await context.organisation?.expiryOf(user.id, spec.marker)) ?? null,
    isNot: negatives(levelOf(spec)),
    at: deps.clock.now().toISOString(),
  };
}

type Refuse = (why: string) => ProductError;

async function checkToken(
  client: BitbucketClient,
  spec: AccountSpec,
  user: VendorUser,
  refuse: Refuse,
): Promise<readonly string[]> {
  const self = await selfOrRefuse(client, refuse);
  if (self.user.account_id !== user.id) throw refuse('it belongs to another account.');
  // What cannot be told cannot be approved, and Bitbucket tells it of every token with scopes.
  if (self.scopes === null) {
    throw refuse(
      'Bitbucket does not say what it may do. Make it with "Create API token with scopes".',
    );
  }
  const { scopes } = self;
  const wanted = tokenScopesOf(spec);
  const missing = wanted.filter((scope) => !scopes.includes(scope));
  const superfluous = scopes.filter((scope) => !wanted.includes(scope));
  if (missing.length > 0) throw refuse(`it lacks ${missing.join(', ')}.`);
  if (superfluous.length > 0) throw refuse(`it may do too much: ${superfluous.join(', ')}.`);
  return scopes;
}

async function selfOrRefuse(client: BitbucketClient, refuse: Refuse) {
  try {
    return await client.self();
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) {
      throw refuse(
        'Bitbucket does not accept it together with that address. It may be cut off, expired, revoked, made without scopes, or made by another account.',
      );
    }
    if (hasCode(error, 'missing-permission')) throw refuse('it lacks read:user:bitbucket.');
    throw error;
  }
}

async function checkWorkspace(
  client: BitbucketClient,
  workspace: string,
  refuse: Refuse,
): Promise<void> {
  const administers = await client.administers();
  if (administers === undefined) {
    throw refuse(`its account is not a member of the workspace ${workspace}.`);
  }
  if (administers) {
    throw refuse('its account administers the workspace. Take that right away.');
  }
}

/** Asked as administrator, because an account cannot see what it was given in a project. */
async function checkGrants(
  { client }: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  refuse: Refuse,
): Promise<void> {
  const level = levelOf(spec);
  for (const item of spec.scope) {
    const permission = await client.permission(placeOf(item), user.id);
    if (permission !== level) {
      throw refuse(
        `its account has ${permission ?? 'no permission'} in ${item.name} and should have ${level}.`,
      );
    }
  }
}

/** Everything it reaches, also through groups, must be chosen, and with no higher permission. */
async function checkReach(
  client: BitbucketClient,
  spec: AccountSpec,
  refuse: Refuse,
): Promise<readonly BitbucketRepository[]> {
  const places = spec.scope.map(placeOf);
  const seen = await client.repositoriesAs('member');
  const outside = seen.filter((repository) => !places.some((place) => isInside(repository, place)));
  if (outside.length > 0) {
    throw refuse(
      `its account also reaches ${names(outside)}. Take it out of the group that gives this.`,
    );
  }
  const higher = await moreThan(client, levelOf(spec));
  if (higher.length > 0) {
    throw refuse(`its account may do more than ${levelOf(spec)} in ${names(higher)}.`);
  }
  // Flow calls an integration that sees nothing broken; an empty project is fine for Git alone.
  if (seen.length === 0 && spec.kind === 'integration') {
    throw refuse('it sees no repository. Put one into the chosen projects, or choose others.');
  }
  return seen;
}

async function moreThan(client: BitbucketClient, level: Level): Promise<BitbucketRepository[]> {
  if (level === 'admin') return [];
  return client.repositoriesAs(level === 'read' ? 'contributor' : 'admin');
}

function names(repositories: readonly BitbucketRepository[]): string {
  return repositories
    .slice(0, SAMPLE)
    .map((repository) => repository.full_name)
    .join(', ');
}

function negatives(level: Level): string[] {
  return [
    'does not administer the workspace',
    ...(level === 'read' ? ['cannot write to any repository'] : []),
    ...(level === 'admin' ? [] : ['administers no repository']),
    'has access to no repository outside the chosen ones',
  ];
}
