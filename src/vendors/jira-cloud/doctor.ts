import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { JiraContext } from './account.ts';

/** Looks at everything our own account needs; a failing look is a finding, never an exception. */
export async function checkJira(context: JiraContext): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['our account', (subject) => checkAccount(context, subject)],
    ['our rights', (subject) => checkRights(context, subject)],
    ['groups', (subject) => checkGroups(context, subject)],
    ['projects', (subject) => checkProjects(context, subject)],
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) {
    const subject = `${context.connectionName}: ${what}`;
    try {
      findings.push(...(await look(subject)));
    } catch (error) {
      const { message } = toProductError(error, context.connectionName);
      findings.push(
        problem(subject, message, 'Check base_url, email and api_token of this connection.'),
      );
    }
  }
  return findings;
}

async function checkAccount({ client }: JiraContext, subject: string): Promise<Finding[]> {
  const self = await client.myself();
  return [ok(subject, `Signed in as ${self.displayName ?? self.accountId}.`)];
}

const RIGHTS = {
  ADMINISTER: 'Administer Jira',
  USER_PICKER: 'Browse users and groups',
} as const;

async function checkRights({ client }: JiraContext, subject: string): Promise<Finding[]> {
  const has = await client.permissions(Object.keys(RIGHTS));
  const missing = Object.entries(RIGHTS).filter(([key]) => !has.has(key));
  return missing.length === 0
    ? [
        ok(
          subject,
          'It administers Jira. That it is an organisation administrator shows only when a user is made.',
        ),
      ]
    : missing.map(([, words]) =>
        problem(
          subject,
          `It lacks the global permission "${words}".`,
          'Give it under Settings, System, Global permissions, or use another account.',
        ),
      );
}

async function checkGroups({ client, config }: JiraContext, subject: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of new Set([...config.groups.contributor, ...config.groups.owner])) {
    if ((await client.groupId(name)) === undefined) {
      findings.push(
        problem(subject, `There is no group ${name}.`, 'Correct "groups" in the configuration.'),
      );
    }
  }
  return findings.length > 0 ? findings : [ok(subject, 'All configured groups exist.')];
}

async function checkProjects({ client }: JiraContext, subject: string): Promise<Finding[]> {
  const { total } = await client.searchProjects('');
  return total > 0
    ? [ok(subject, `${total} projects can be chosen.`)]
    : [
        problem(
          subject,
          'Our own account sees no project.',
          'Give it Browse projects, or make a project first.',
        ),
      ];
}
