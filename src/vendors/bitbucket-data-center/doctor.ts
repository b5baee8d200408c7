import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { BitbucketContext } from './account.ts';

/** Looks at everything our own account needs; a failing look is a finding, never an exception. */
export async function checkBitbucket(context: BitbucketContext): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['our account', (subject) => checkAccount(context, subject)],
    ['our rights', (subject) => checkRights(context, subject)],
    ['projects', (subject) => checkProjects(context, subject)],
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) {
    const subject = `${context.connectionName}: ${what}`;
    try {
      findings.push(...(await look(subject)));
    } catch (error) {
      const { message } = toProductError(error, context.connectionName);
      const advice = 'Check base_url, admin_username and admin_password of this connection.';
      findings.push(problem(subject, message, advice));
    }
  }
  return findings;
}

async function checkAccount(
  { client, config }: BitbucketContext,
  subject: string,
): Promise<Finding[]> {
  const name = await client.whoami();
  const version = await client.version();
  return name === undefined
    ? [
        problem(
          subject,
          `Bitbucket ${version} answers, but signs nobody in as ${config.admin_username}.`,
          'Look whether a proxy takes the sign-in out of our requests.',
        ),
      ]
    : [ok(subject, `Signed in to Bitbucket ${version} as ${name}.`)];
}

async function checkRights(
  { client, config }: BitbucketContext,
  subject: string,
): Promise<Finding[]> {
  const name = config.admin_username;
  if (!(await client.hasGlobal(name, 'ADMIN'))) {
    return [
      problem(
        subject,
        `${name} lacks the global permission Admin.`,
        'Give it under Administration, Global permissions, or use another account.',
      ),
    ];
  }
  return (await client.hasGlobal(name, 'SYS_ADMIN'))
    ? [
        warning(
          subject,
          `${name} also has the global permission System Admin, which we never use.`,
          'Lower it to Admin, or use another account.',
        ),
      ]
    : [ok(subject, `${name} is Admin and no System Admin.`)];
}

async function checkProjects({ client }: BitbucketContext, subject: string): Promise<Finding[]> {
  const { length } = await client.searchProjects('');
  return length > 0
    ? [ok(subject, 'There are projects to choose from.')]
    : [problem(subject, 'There is no project.', 'Make a project first.')];
}
