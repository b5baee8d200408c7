import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { BitbucketContext } from './account.ts';

/** What our own calls need, as the API description names it per call. */
const NEEDED = [
  'read:user',
  'read:workspace',
  'read:project',
  'read:repository',
  'admin:project',
  'admin:repository',
  'write:permission',
  'delete:permission',
].map((name) => `${name}:bitbucket`);

/** Looks at everything our own account needs; a failing look is a finding, never an exception. */
export async function checkBitbucket(context: BitbucketContext): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['our token', (subject) => checkToken(context, subject)],
    ['the workspace', (subject) => checkWorkspace(context, subject)],
    ['repositories', (subject) => checkRepositories(context, subject)],
    ['the organisation', (subject) => checkOrganisation(context, subject)],
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) {
    const subject = `${context.connectionName}: ${what}`;
    try {
      findings.push(...(await look(subject)));
    } catch (error) {
      const { message } = toProductError(error, context.connectionName);
      findings.push(problem(subject, message, 'Correct this connection in the configuration.'));
    }
  }
  return findings;
}

async function checkToken({ client }: BitbucketContext, subject: string): Promise<Finding[]> {
  const { user, scopes } = await client.self();
  if (scopes === null) {
    return [
      warning(
        subject,
        'Bitbucket does not say which scopes our API token has.',
        `Make one with scopes: ${NEEDED.join(', ')}.`,
      ),
    ];
  }
  const missing = NEEDED.filter((scope) => !scopes.includes(scope));
  const superfluous = scopes.filter((scope) => !NEEDED.includes(scope));
  const findings = [
    ...(missing.length === 0
      ? []
      : [problem(subject, `It lacks ${missing.join(', ')}.`, 'Make a new API token with these.')]),
    ...(superfluous.length === 0
      ? []
      : [
          warning(
            subject,
            `It has more than we need: ${superfluous.join(', ')}.`,
            'Make a new API token without these.',
          ),
        ]),
  ];
  return findings.length > 0
    ? findings
    : [ok(subject, `Signed in as ${user.display_name}, with exactly the scopes we need.`)];
}

async function checkWorkspace(
  { client, config }: BitbucketContext,
  subject: string,
): Promise<Finding[]> {
  const { workspace } = config;
  return (await client.administers()) === true
    ? [ok(subject, `Our account administers ${workspace}.`)]
    : [
        problem(
          subject,
          `Our account does not administer the workspace ${workspace}.`,
          'Make it an administrator there, or correct "workspace".',
        ),
      ];
}

async function checkRepositories(
  { client }: BitbucketContext,
  subject: string,
): Promise<Finding[]> {
  const found = await client.searchRepositories('');
  return found.length > 0
    ? [ok(subject, 'There are repositories to choose.')]
    : [problem(subject, 'Our account sees no repository.', 'Make one first.')];
}

async function checkOrganisation(
  { organisation }: BitbucketContext,
  subject: string,
): Promise<Finding[]> {
  if (organisation === null) {
    return [ok(subject, 'None is configured, so a person invites and removes accounts.')];
  }
  await organisation.directories();
  return [
    ok(
      subject,
      'Its API key reads the directories. That it may invite shows only when a user is made.',
    ),
  ];
}
