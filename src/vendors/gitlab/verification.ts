import type { Verification } from '../../domain/account.ts';
import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Http } from '../../lib/http.ts';
import type { AccountSpec, VendorDeps, VendorUser } from '../vendor.ts';
import { LEVELS, roleName, roleOf, tokenScopesOf } from './access-profile.ts';
import type { AccountContext } from './account.ts';
import { openHttp } from './client.ts';
import { placeOf } from './membership.ts';
import { reachOf } from './reach.ts';
import { selfSchema, tokenSchema } from './schema.ts';
import type { GitlabToken } from './schema.ts';
import { endOf } from './token.ts';

const DAY_MS = 24 * 60 * 60_000;
/** No order of ours lives longer than a year; a token that does was not made for us. */
const LONGEST_DAYS = 366;
const SAMPLE = 5;

/** Uses the token: whose it is, that it can do exactly what was approved, and what it sees. */
export async function verifyToken(
  context: AccountContext & { readonly deps: VendorDeps },
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const http = openHttp(context.config, context.deps, credential);
  const refuse = (why: string): ProductError =>
    new ProductError('verification-failed', {
      subject: context.connectionName,
      message: `The token of ${user.login} at ${context.connectionName} is not right: ${why}`,
    });

  const token = await tokenItself(http, refuse);
  checkToken(token, { spec, user, now: context.deps.clock.now(), refuse });
  const notAdmin = await checkPerson(http, spec, refuse);
  await checkRoles(context, spec, user, refuse);
  const sees = await checkReach(http, spec, refuse);

  return {
    identity: user.login,
    role: roleOf(spec),
    scopes: token.scopes,
    sees: { count: sees.length, noun: 'projects', sample: sees.slice(0, SAMPLE) },
    expiresAt: endOf(token.expires_at),
    isNot: [...negatives(spec), ...notAdmin],
    at: context.deps.clock.now().toISOString(),
  };
}

type Refuse = (why: string) => ProductError;

async function tokenItself(http: Http, refuse: Refuse): Promise<GitlabToken> {
  try {
    return await http.send({
      method: 'GET',
      path: '/personal_access_tokens/self',
      schema: tokenSchema,
    });
  } catch (error) {
    if (!hasCode(error, 'unauthenticated', 'missing-permission')) throw error;
    throw refuse('GitLab does not accept it. It may be revoked, expired or cut off.');
  }
}

function checkToken(
  token: GitlabToken,
  about: { spec: AccountSpec; user: VendorUser; now: Date; refuse: Refuse },
): void {
  const { spec, user, now, refuse } = about;
  if (String(token.user_id) !== user.id) throw refuse('it belongs to another user.');
  if (!token.active || token.revoked) throw refuse('it is no longer active.');
  const wanted = tokenScopesOf(spec);
  const missing = wanted.filter((scope) => !token.scopes.includes(scope));
  const superfluous = token.scopes.filter((scope) => !wanted.includes(scope));
  if (missing.length > 0) throw refuse(`it lacks ${missing.join(', ')}.`);
  if (superfluous.length > 0) throw refuse(`it may do too much: ${superfluous.join(', ')}.`);
  const end = endOf(token.expires_at);
  if (end === null) throw refuse('it never expires. Make one with an expiry date.');
  const left = Date.parse(end) - now.getTime();
  if (left <= 0) throw refuse('it has expired.');
  if (left > LONGEST_DAYS * DAY_MS) throw refuse('it lives longer than a year.');
}

/** Only a token with `read_user` or `api` may ask who it is; for others the scopes rule it out. */
async function checkPerson(http: Http, spec: AccountSpec, refuse: Refuse): Promise<string[]> {
  const scopes = tokenScopesOf(spec);
  if (!scopes.includes('read_user') && !scopes.includes('api')) return [];
  const self = await http.send({ method: 'GET', path: '/user', schema: selfSchema });
  if (self.is_admin === true) throw refuse('its user is an administrator of the whole GitLab.');
  return ['is not an administrator of GitLab'];
}

async function checkRoles(
  context: AccountContext,
  spec: AccountSpec,
  user: VendorUser,
  refuse: Refuse,
): Promise<void> {
  const level = LEVELS[roleOf(spec)];
  for (const item of spec.scope) {
    const member = await context.client.effectiveMember(placeOf(item), user.id);
    if (member === undefined) throw refuse(`its user is not a member of ${item.name}.`);
    if (member.access_level !== level) {
      throw refuse(
        `its user is ${roleName(member.access_level)} in ${item.name} and should be ${roleName(level)}.`,
      );
    }
  }
}

async function checkReach(http: Http, spec: AccountSpec, refuse: Refuse): Promise<string[]> {
  const reach = await reachOf(http, spec.scope, LEVELS.Guest);
  if (reach.outside.length > 0) {
    throw refuse(`it also reaches ${reach.outside.slice(0, SAMPLE).join(', ')}.`);
  }
  const above = nextLevel(LEVELS[roleOf(spec)]);
  const higher = await reachOf(http, spec.scope, above);
  const [first] = [...higher.groups, ...higher.projects];
  if (first !== undefined) {
    throw refuse(`its user is more than ${roleOf(spec)} in ${first}.`);
  }
  // Flow calls an integration that sees no project broken; an empty group is fine for Git alone.
  if (reach.projects.length === 0 && spec.kind === 'integration') {
    throw refuse('it sees no project. Put one into the chosen groups, or choose others.');
  }
  return reach.projects;
}

function nextLevel(level: number): number {
  return Object.values(LEVELS).find((other) => other > level) ?? LEVELS.Owner;
}

function negatives(spec: AccountSpec): string[] {
  const role = roleOf(spec);
  const higher = (['Maintainer', 'Owner'] as const).filter((other) => LEVELS[other] > LEVELS[role]);
  const scopes = tokenScopesOf(spec);
  return [
    ...higher.map((other) => `is not ${other} anywhere`),
    ...(scopes.includes('api') ? [] : ['cannot change anything through the API']),
    'reaches nothing outside the chosen groups and projects',
  ];
}
