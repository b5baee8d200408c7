import { counted } from '../../domain/counted.ts';
import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { JiraContext } from './account.ts';
import type { Organisation } from './organisation.ts';
import type { JiraConfig } from './schema.ts';

/** Looks at everything our own account needs; a failing look is a finding, never an exception. */
export async function checkJira(context: JiraContext): Promise<Finding[]> {
  const looks: readonly Look[] = [
    ['our account', (subject) => checkAccount(context, subject)],
    ['our rights', (subject) => checkRights(context, subject)],
    ['groups', (subject) => checkGroups(context, subject)],
    ['projects', (subject) => checkProjects(context, subject)],
    ...(context.organisation === null ? [] : [organisationLook(context, context.organisation)]),
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

type Look = readonly [string, (subject: string) => Promise<Finding[]>];

function organisationLook(context: JiraContext, organisation: Organisation): Look {
  return [
    'service accounts',
    (subject) => checkServiceAccounts(context.config, organisation, subject),
  ];
}

/** Confirms what `accounts: service` needs, so that nobody switches it on in vain. */
async function checkServiceAccounts(
  { accounts, organisation: settings }: JiraConfig,
  organisation: Organisation,
  subject: string,
): Promise<Finding[]> {
  const isUsed = accounts === 'service';
  try {
    const { length } = await organisation.serviceAccounts();
    const cloudId = await organisation.cloudId();
    if (settings?.cloud_id !== undefined && settings.cloud_id !== cloudId) {
      return [problem(subject, `The site’s id is ${cloudId}.`, 'Correct "organisation.cloud_id".')];
    }
    return [
      ok(
        subject,
        isUsed
          ? `The organisation has ${length}; we may read and delete ours.`
          : `They can be used, with "accounts: service" and "organisation.cloud_id: ${cloudId}". Try first whether Flow takes the base URL https://api.atlassian.com/ex/jira/${cloudId}.`,
      ),
    ];
  } catch (error) {
    if (isUsed || !hasCode(error, 'missing-permission', 'not-found')) throw error;
    return [ok(subject, 'They cannot be used with this key, and are not.')];
  }
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
    ? [ok(subject, `${counted(total, 'projects')} can be chosen.`)]
    : [
        problem(
          subject,
          'Our own account sees no project.',
          'Give it Browse projects, or make a project first.',
        ),
      ];
}
