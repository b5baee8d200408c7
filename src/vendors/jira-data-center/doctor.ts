import { counted } from '../../domain/counted.ts';
import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { JiraContext } from './account.ts';

/** Looks at everything our own token needs; a failing look is a finding, never an exception. */
export async function checkJira(context: JiraContext): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['version', (subject) => checkVersion(context, subject)],
    ['our account', (subject) => checkAccount(context, subject)],
    ['our rights', (subject) => checkRights(context, subject)],
    ['groups', (subject) => checkGroups(context, subject)],
    ['project roles', (subject) => checkRoles(context, subject)],
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
        problem(subject, message, 'Check base_url and admin_token of this connection.'),
      );
    }
  }
  return findings;
}

/** Personal access tokens came with 8.14; 11 switched basic authentication off by itself. */
const OLDEST = { major: 8, minor: 14 };
const NO_BASIC_AUTH = 11;

async function checkVersion(context: JiraContext, subject: string): Promise<Finding[]> {
  const { version } = await context.client.server();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    const message = `Jira ${version} has no personal access tokens.`;
    return [problem(subject, message, 'Update to Jira 8.14 or newer.')];
  }
  if (major >= NO_BASIC_AUTH && context.config.token === 'automatic') {
    return [
      warning(
        subject,
        `Jira ${version} takes no passwords over its REST API unless that was allowed; the app needs one sign-in per account to make its token.`,
        'Allow basic authentication for the service accounts, or set "token: by-hand".',
      ),
    ];
  }
  return [ok(subject, `Jira ${version}.`)];
}

async function checkAccount({ client }: JiraContext, subject: string): Promise<Finding[]> {
  const self = await client.myself();
  return [ok(subject, `Signed in as ${self.displayName}.`)];
}

const RIGHTS = {
  ADMINISTER: 'Administer Jira',
  USER_PICKER: 'Browse users and groups',
} as const;
const TOO_MUCH = 'SYSTEM_ADMIN';

async function checkRights({ client }: JiraContext, subject: string): Promise<Finding[]> {
  const has = await client.permissions([...Object.keys(RIGHTS), TOO_MUCH]);
  const missing = Object.entries(RIGHTS).filter(([key]) => !has.has(key));
  if (missing.length > 0) {
    return missing.map(([, words]) =>
      problem(
        subject,
        `It lacks the global permission "${words}".`,
        'Give it under Administration, System, Global permissions, or use another account.',
      ),
    );
  }
  return has.has(TOO_MUCH)
    ? [
        warning(
          subject,
          'It also has the global permission "Jira System administrators", which we never use.',
          'Use an account that is only a Jira administrator.',
        ),
      ]
    : [ok(subject, 'It administers Jira and is no system administrator.')];
}

async function checkGroups({ client, config }: JiraContext, subject: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of new Set([...config.groups.contributor, ...config.groups.owner])) {
    if (!(await client.isGroup(name))) {
      findings.push(
        problem(subject, `There is no group ${name}.`, 'Correct "groups" in the configuration.'),
      );
    }
  }
  return findings.length > 0 ? findings : [ok(subject, 'All configured groups exist.')];
}

async function checkRoles({ client, config }: JiraContext, subject: string): Promise<Finding[]> {
  const known = await client.roleNames();
  const missing = Object.values(config.project_roles).filter((name) => !known.includes(name));
  return missing.length > 0
    ? missing.map((name) =>
        problem(
          subject,
          `There is no project role ${name}.`,
          'Correct "project_roles" in the configuration.',
        ),
      )
    : [ok(subject, 'The configured project roles exist.')];
}

async function checkProjects({ client }: JiraContext, subject: string): Promise<Finding[]> {
  const { length } = await client.projects();
  return length > 0
    ? [ok(subject, `${counted(length, 'projects')} can be seen.`)]
    : [
        problem(
          subject,
          'Our own account sees no project.',
          'Give it Browse projects, or make a project first.',
        ),
      ];
}
