import { counted } from '../../domain/counted.ts';
import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { AzureContext } from './context.ts';
import { RIGHTS } from './client.ts';
import { administratorsOf, allGroupsOf } from './groups.ts';
import type { AzureSelf } from './schema.ts';
import { scopeList, scopeWords } from './token-scopes.ts';
import { entryOf, instantOf, livingTokens } from './tokens.ts';

const DAY_MS = 24 * 60 * 60_000;
const SOON_DAYS = 30;
const OUR_SCOPES = [
  'vso.graph_manage',
  'vso.memberentitlementmanagement_write',
  'vso.project',
  'vso.tokenadministration',
];

/** Looks at everything our own token needs; a failing look is a finding, never an exception. */
export async function checkAzure(context: AzureContext): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['our account', (subject) => checkAccount(context, subject)],
    ['our rights', (subject) => checkRights(context, subject)],
    ['users', (subject) => checkUsers(context, subject)],
    ['our token', (subject) => checkOwnToken(context, subject)],
    ['projects', (subject) => checkProjects(context, subject)],
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) {
    const subject = `${context.connectionName}: ${what}`;
    try {
      findings.push(...(await look(subject)));
    } catch (error) {
      const { message } = toProductError(error, context.connectionName);
      const advice = 'Check organization and token (or entra) of this connection.';
      findings.push(problem(subject, message, advice));
    }
  }
  return findings;
}

async function checkAccount({ client }: AzureContext, subject: string): Promise<Finding[]> {
  const self = await client.self();
  return [ok(subject, `Signed in as ${self.providerDisplayName ?? self.id}.`)];
}

async function checkRights(context: AzureContext, subject: string): Promise<Finding[]> {
  const groups = await allGroupsOf(context, descriptorOf(await context.client.self()));
  return groups.has(await administratorsOf(context))
    ? [ok(subject, 'It is a Project Collection Administrator.')]
    : [
        problem(
          subject,
          'It is not a Project Collection Administrator.',
          'Add it under Organization settings, Permissions, Project Collection Administrators.',
        ),
      ];
}

async function checkUsers({ client }: AzureContext, subject: string): Promise<Finding[]> {
  await client.findEntitlements('flow-sa-');
  return [ok(subject, 'Users can be listed. That they can be added shows only when one is made.')];
}

async function checkOwnToken(context: AzureContext, subject: string): Promise<Finding[]> {
  const { client, config, deps } = context;
  if (config.token === undefined) {
    return [ok(subject, 'We sign in as an application; only its client secret in Entra expires.')];
  }
  const tokens = await livingTokens(context, descriptorOf(await client.self()));
  const own = entryOf(tokens, config.token);
  if (own === undefined) {
    return [ok(subject, 'Azure DevOps does not say which of the account’s tokens is ours.')];
  }
  const findings: Finding[] = [];
  const has = scopeList(own.scope);
  const superfluous = has.filter((scope) => !OUR_SCOPES.includes(scope));
  if (superfluous.length > 0) {
    findings.push(
      warning(
        subject,
        `It has more scopes than we use: ${scopeWords(superfluous).join('; ')}.`,
        `Make a new token with only: ${Object.values(RIGHTS).join('; ')}.`,
      ),
    );
  }
  const hasAll = has.includes('app_token');
  const missing = hasAll ? [] : OUR_SCOPES.filter((scope) => !has.includes(scope));
  if (missing.length > 0) {
    findings.push(
      problem(
        subject,
        `It lacks ${scopeWords(missing).join('; ')}.`,
        `Make a new token with exactly: ${Object.values(RIGHTS).join('; ')}.`,
      ),
    );
  }
  const end = instantOf(own.validTo);
  if (Date.parse(end) - deps.clock.now().getTime() < SOON_DAYS * DAY_MS) {
    const advice = 'Make a new token in good time and replace it.';
    findings.push(warning(subject, `It expires on ${end.slice(0, 10)}.`, advice));
  }
  return findings.length > 0 ? findings : [ok(subject, 'Its scopes are exactly sufficient.')];
}

async function checkProjects({ client }: AzureContext, subject: string): Promise<Finding[]> {
  const { length } = await client.projects();
  return length > 0
    ? [ok(subject, `${counted(length, 'projects')} can be chosen.`)]
    : [problem(subject, 'Our own account sees no project.', 'Make a project first.')];
}

function descriptorOf(self: AzureSelf): string {
  return self.subjectDescriptor ?? '';
}
