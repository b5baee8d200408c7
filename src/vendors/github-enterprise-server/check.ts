import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Whoami } from '../../lib/github-client.ts';
import { checkExpiry, compareRights } from '../../lib/github-doctor.ts';
import type { ServerContext } from './context.ts';

// Users and impersonation; memberships; roles on repositories.
const SCOPES: readonly string[] = ['admin:org', 'repo', 'site_admin'];

/** Doctor: reachable, authenticated, and our own rights exactly sufficient. */
export async function check(context: ServerContext): Promise<Finding[]> {
  const { client, name, org } = context;
  try {
    const whoami = await client.whoami();
    const rights = [...checkPerson(context, whoami), ...checkScopes(context, whoami)];
    await client.organisation();
    const { role } = await client.ownMembership();
    return [
      ok(name, `The organisation ${org} answers.`),
      ...rights,
      role === 'admin'
        ? ok(`${name}: role`, `Our token belongs to an owner of ${org}.`)
        : problem(
            `${name}: role`,
            `Our token belongs to somebody who is "${role}" in ${org}, not an owner.`,
            `Make them an owner of ${org}; a site administrator can do so under Site admin > Organizations.`,
          ),
      ...checkExpiry(context, whoami.expiresAt),
    ];
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check base_url, org and auth of this connection.')];
  }
}

function checkPerson({ name }: ServerContext, { user }: Whoami): Finding[] {
  return [
    user.site_admin === true
      ? ok(`${name}: site administrator`, `${user.login} is a site administrator.`)
      : problem(
          `${name}: site administrator`,
          `${user.login} is not a site administrator.`,
          'Only site administrators may make accounts. Use a token of one.',
        ),
  ];
}

function checkScopes({ name }: ServerContext, { scopes }: Whoami): Finding[] {
  if (scopes !== null) return compareRights(`${name}: scopes`, SCOPES, scopes);
  return [
    problem(
      `${name}: scopes`,
      'Our token is not a classic one.',
      `The server lets only classic tokens make accounts. Make one with ${SCOPES.join(', ')}.`,
    ),
  ];
}
