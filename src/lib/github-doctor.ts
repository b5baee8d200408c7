import { toProductError } from '../domain/errors.ts';
import { ok, problem, warning } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import { appCredentials, installationSchema } from './github-app.ts';
import type { GitHubAppAuth, GitHubAuth } from './github-app.ts';
import { connect, parse } from './github-connection.ts';
import type { GitHubPlace } from './github-place.ts';

// Inviting and roles; repository grants; seeing and deciding fine-grained tokens.
const APP_PERMISSIONS: readonly string[] = [
  'administration: write',
  'members: write',
  'metadata: read',
  'organization_personal_access_token_requests: write',
  'organization_personal_access_tokens: read',
];
const OWNER_SCOPES: readonly string[] = ['admin:org', 'repo'];
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/** An organisation and what our own credential for it is. */
export interface OwnedPlace extends GitHubPlace {
  readonly auth: GitHubAuth;
}

/** Doctor: reachable, authenticated, and our own rights exactly sufficient. */
export async function checkOrganisation(place: OwnedPlace): Promise<Finding[]> {
  try {
    await place.client.organisation();
    const findings = 'token' in place.auth ? checkToken(place) : checkApp(place, place.auth);
    return [ok(place.name, `The organisation ${place.org} answers.`), ...(await findings)];
  } catch (error) {
    const { message } = toProductError(error, place.name);
    return [problem(place.name, message, 'Check base_url, org and auth of this connection.')];
  }
}

async function checkToken(place: OwnedPlace): Promise<Finding[]> {
  const { client, org, name } = place;
  const { scopes, expiresAt } = await client.whoami();
  const { role } = await client.ownMembership();
  return [
    role === 'admin'
      ? ok(`${name}: role`, `The token belongs to an owner of ${org}.`)
      : problem(
          `${name}: role`,
          `The token belongs to somebody who is "${role}" in ${org}, not an owner.`,
          'Only owners can invite. Use a GitHub App or the token of an owner.',
        ),
    ...(scopes === null
      ? [
          warning(
            `${name}: scopes`,
            'GitHub does not list the permissions of a fine-grained token, so they cannot be checked.',
            'Use a GitHub App; it can also prove the permissions of the tokens that people make.',
          ),
        ]
      : compareRights(`${name}: scopes`, OWNER_SCOPES, scopes)),
    ...checkExpiry(place, expiresAt),
  ];
}

/** Null: it never expires. */
export function checkExpiry(
  { name, clock }: Pick<GitHubPlace, 'name' | 'clock'>,
  expiresAt: string | null,
): Finding[] {
  if (expiresAt === null) return [];
  const day = expiresAt.slice(0, 10);
  return Date.parse(expiresAt) - clock.now().getTime() > SOON_MS
    ? [ok(`${name}: expiry`, `Our token lives until ${day}.`)]
    : [warning(`${name}: expiry`, `Our token expires on ${day}.`, 'Make a new one in time.')];
}

async function checkApp(place: OwnedPlace, auth: GitHubAppAuth): Promise<Finding[]> {
  const { name, org } = place;
  const octokit = connect(place, appCredentials(place, auth));
  const { data } = await octokit.request('GET /app/installations/{installation_id}', {
    installation_id: auth.installation_id,
  });
  const installation = parse(installationSchema, data, name);
  const has = Object.entries(installation.permissions).map(([key, level]) => `${key}: ${level}`);
  return [
    installation.account.login.toLowerCase() === org.toLowerCase()
      ? ok(`${name}: installation`, `The app is installed in ${org}.`)
      : problem(
          `${name}: installation`,
          `The installation belongs to ${installation.account.login}, not to ${org}.`,
          'Correct installation_id or org of this connection.',
        ),
    ...(installation.suspended_at === null
      ? []
      : [problem(`${name}: installation`, 'The app is suspended.', 'An owner can unsuspend it.')]),
    ...(installation.repository_selection === 'all'
      ? []
      : [
          warning(
            `${name}: repositories`,
            'The app is installed on selected repositories only; it cannot give access to others.',
            'Set "Repository access" of the installation to "All repositories", or leave it if this is wanted.',
          ),
        ]),
    ...compareRights(`${name}: permissions`, APP_PERMISSIONS, has),
  ];
}

/** What is missing is a problem, what is too much a warning. */
export function compareRights(
  subject: string,
  wanted: readonly string[],
  has: readonly string[],
): Finding[] {
  const missing = wanted.filter((one) => !has.includes(one));
  const extra = has.filter((one) => !wanted.includes(one));
  const findings = [
    ...missing.map((one) => problem(subject, `It lacks ${one}.`, `Grant ${one}.`)),
    ...extra.map((one) =>
      warning(subject, `It has ${one}, which is not needed.`, `Take ${one} away.`),
    ),
  ];
  return findings.length > 0 ? findings : [ok(subject, `Exactly ${wanted.join(', ')}.`)];
}
