import { counted } from '../../domain/counted.ts';
import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { RIGHTS } from './client.ts';
import type { ServerContext } from './context.ts';

/** Looks at everything our own token needs; a failing look is a finding, never an exception. */
export async function checkServer(context: ServerContext): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['our token', (subject) => checkToken(context, subject)],
    ['identities', (subject) => checkIdentities(context, subject)],
    ['projects', (subject) => checkProjects(context, subject)],
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) {
    const subject = `${context.connectionName}: ${what}`;
    try {
      findings.push(...(await look(subject)));
    } catch (error) {
      const { message } = toProductError(error, context.connectionName);
      const advice = 'Check collection_url, token and api_version of this connection.';
      findings.push(problem(subject, message, advice));
    }
  }
  return findings;
}

async function checkToken({ client }: ServerContext, subject: string): Promise<Finding[]> {
  const self = await client.self();
  if (await client.mayListPools()) {
    return [
      warning(
        subject,
        'It has full access, or at least a scope that we do not use.',
        `Make a new token with only: ${Object.values(RIGHTS).join('; ')}.`,
      ),
    ];
  }
  return [ok(subject, `Signed in as ${self.providerDisplayName ?? self.id}.`)];
}

async function checkIdentities({ client }: ServerContext, subject: string): Promise<Finding[]> {
  const self = await client.self();
  return (await client.identity(self.id)) === undefined
    ? [problem(subject, 'It cannot find even itself.', 'Check api_version of this connection.')]
    : [ok(subject, 'Accounts and their groups can be looked up.')];
}

async function checkProjects({ client }: ServerContext, subject: string): Promise<Finding[]> {
  const { length } = await client.projects();
  return length > 0
    ? [ok(subject, `${counted(length, 'projects')} can be chosen.`)]
    : [
        problem(
          subject,
          'Our own account sees no project.',
          'Put it into the group Readers of each project.',
        ),
      ];
}
