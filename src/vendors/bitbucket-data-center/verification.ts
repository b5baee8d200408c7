import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { LEVELS, levelOf, permissionIn, roleWords, tokenPermissionsOf } from './access-profile.ts';
import { knownAccount } from './account.ts';
import type { BitbucketContext } from './account.ts';
import { createClient } from './client.ts';
import type { BitbucketClient, BitbucketLogin } from './client.ts';
import { isInside, placeOf, repositoryName } from './place.ts';
import type { BitbucketRepository, BitbucketToken } from './schema.ts';
import { candidatesFor, endOf, livingTokens } from './token.ts';

const SAMPLE = 5;
const DAY_MS = 24 * 60 * 60_000;
/** No order of ours lives longer than a year; a token that does was not made for us. */
const LONGEST_DAYS = 366;

/** Uses the token, and asks Bitbucket about it and its account as the administrator does. */
export async function verifyToken(
  context: BitbucketContext,
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

  await checkIdentity(context, { token: credential }, user, refuse);
  if (spec.kind === 'integration') await checkAsFlow(context, user, credential, refuse);
  const expiresAt = await checkToken(context, spec, user, credential, refuse);
  await checkRoles(context, spec, user, refuse);
  const sees = await checkReach(client, spec, refuse);

  return {
    identity: user.login,
    role: roleWords(levelOf(spec)),
    scopes: tokenPermissionsOf(spec),
    sees: {
      count: sees.length,
      noun: 'repositories',
      sample: sees.slice(0, SAMPLE).map(repositoryName),
    },
    expiresAt,
    isNot: negatives(spec),
    at: deps.clock.now().toISOString(),
  };
}

type Refuse = (why: string) => ProductError;

async function checkIdentity(
  { config, deps }: BitbucketContext,
  login: BitbucketLogin,
  user: VendorUser,
  refuse: Refuse,
): Promise<void> {
  const client = createClient(config, deps, login, 'the token');
  const name = await asToken(client.whoami(), refuse);
  if (name === undefined) throw refuse('it signs nobody in. It may be cut off or revoked.');
  if (name.toLowerCase() !== user.login.toLowerCase()) {
    throw refuse('it belongs to another account.');
  }
}

/** Flow knows only username and password, so the token must do as a password. */
async function checkAsFlow(
  context: BitbucketContext,
  user: VendorUser,
  credential: Secret,
  refuse: Refuse,
): Promise<void> {
  const login = { username: user.login, password: credential };
  await checkIdentity(context, login, user, (why) =>
    refuse(`as a password, which is how Flow uses it, ${why}`),
  );
}

/** A refusal of the token under test says something about the token, not about us. */
async function asToken<T>(call: Promise<T>, refuse: Refuse): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) {
      throw refuse('Bitbucket does not accept it. It may be cut off, expired or revoked.');
    }
    if (hasCode(error, 'missing-permission')) {
      throw refuse('Bitbucket does not let it do what it should. Its account may lack a licence.');
    }
    throw error;
  }
}

/** Where it is not certain which listed token it is, each of them must be exactly right. */
async function checkToken(
  context: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
  refuse: Refuse,
): Promise<string> {
  const account = await knownAccount(context, user);
  if (account === undefined) throw refuse('its account is no longer the one that was made.');
  const living = await livingTokens(context, account.slug);
  const ends = candidatesFor(living, credential).map((token) => {
    checkPermissions(token, spec, refuse);
    return checkExpiry(token, context.deps.clock.now(), refuse);
  });
  const [first] = ends.toSorted((one, other) => one.getTime() - other.getTime());
  if (first === undefined) throw refuse('Bitbucket does not list it among its account’s tokens.');
  return first.toISOString();
}

function checkPermissions(token: BitbucketToken, spec: AccountSpec, refuse: Refuse): void {
  const wanted = tokenPermissionsOf(spec);
  const missing = wanted.filter((permission) => !token.permissions.includes(permission));
  const superfluous = token.permissions.filter((permission) => !wanted.includes(permission));
  if (missing.length > 0) throw refuse(`"${token.name}" lacks ${missing.join(', ')}.`);
  if (superfluous.length > 0) {
    throw refuse(`"${token.name}" may do too much: ${superfluous.join(', ')}.`);
  }
}

function checkExpiry(token: BitbucketToken, now: Date, refuse: Refuse): Date {
  const end = endOf(token);
  if (end === undefined) throw refuse(`"${token.name}" never expires. Make one that does.`);
  if (end.getTime() - now.getTime() <= LONGEST_DAYS * DAY_MS) return end;
  throw refuse(`"${token.name}" lives longer than a year.`);
}

/** What the account itself may do, however it came by that. */
async function checkRoles(
  { client }: BitbucketContext,
  spec: AccountSpec,
  user: VendorUser,
  refuse: Refuse,
): Promise<void> {
  if (await client.hasGlobal(user.login, 'ADMIN')) {
    throw refuse('its account is an administrator of Bitbucket. Take that right away.');
  }
  const level = levelOf(spec);
  const higher = LEVELS[LEVELS.indexOf(level) + 1];
  for (const item of spec.scope) {
    const place = placeOf(item);
    if (!(await client.hasPermission(place, user.login, permissionIn(place, level)))) {
      throw refuse(`its account lacks ${permissionIn(place, level)} in ${item.name}.`);
    }
    if (higher === undefined) continue;
    if (await client.hasPermission(place, user.login, permissionIn(place, higher))) {
      throw refuse(
        `its account has ${permissionIn(place, higher)} in ${item.name}, perhaps through a group or its project. Take that away.`,
      );
    }
  }
}

async function checkReach(
  client: BitbucketClient,
  spec: AccountSpec,
  refuse: Refuse,
): Promise<BitbucketRepository[]> {
  const places = spec.scope.map(placeOf);
  const isChosen = (one: BitbucketRepository): boolean =>
    places.some((place) => isInside(one, place));
  // Anybody may read a public project, but nothing outside may be changed.
  for (const permission of ['REPO_WRITE', 'REPO_ADMIN']) {
    const changes = await asToken(client.repositoriesWith(permission), refuse);
    const outside = changes.filter((repository) => !isChosen(repository)).map(repositoryName);
    if (outside.length > 0) {
      throw refuse(`it may also change ${outside.slice(0, SAMPLE).join(', ')}.`);
    }
    if (levelOf(spec) === 'READ' && changes.length > 0) throw refuse('it may change code.');
  }
  const seen = await asToken(client.repositoriesWith('REPO_READ'), refuse);
  const unseen = places.find(
    (place) => place.slug !== null && !seen.some((repository) => isInside(repository, place)),
  );
  if (unseen !== undefined) throw refuse(`it does not see ${unseen.project}/${unseen.slug}.`);
  // Flow calls an integration that sees nothing broken; an empty project is fine for Git alone.
  if (spec.kind === 'integration' && !seen.some(isChosen)) {
    throw refuse('it sees no repository. Put one into the chosen projects, or choose others.');
  }
  return seen;
}

function negatives(spec: AccountSpec): string[] {
  const inPlaces = {
    READ: ['cannot change anything'],
    WRITE: ['does not administer the chosen projects and repositories'],
    ADMIN: [],
  } as const;
  return [
    'is not an administrator of Bitbucket',
    ...inPlaces[levelOf(spec)],
    'can change nothing outside the chosen projects and repositories',
  ];
}
