import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { isAllowed } from '../automation.ts';
import type { PipelinesClient } from './client.ts';
import type { AzurePipelinesConfig, Project } from './schema.ts';
import { mayHold } from './search.ts';

/** Bits of the library's rights; the role Creator has the first two. */
const VIEW_AND_CREATE = 1 + 4;
/** Bits of both kinds' rights. */
const ADMINISTER = 2;
const CREATE = 4;
/** Two calls for each; beyond it doctor would take too long. */
const MOST_CHECKED = 10;

/** Doctor: reachable, and the role Creator in the libraries that the policy names, no more. */
export async function check(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  name: string,
): Promise<Finding[]> {
  try {
    const all = await client.projects();
    const projects = all.filter((project) => mayHold(config, project.name));
    const connecting = all.filter(({ name: project }) => mayConnect(config, project));
    if (projects.length + connecting.length === 0) {
      return [
        problem(
          name,
          'Our token sees none of the projects that targets or service_connections allow.',
          'Correct them, or make our account a member of those projects.',
        ),
      ];
    }
    const findings: Finding[] = [ok(name, `The organisation ${config.organization} answers.`)];
    for (const project of projects.slice(0, MOST_CHECKED)) {
      findings.push(await checkLibrary(client, project, name));
    }
    for (const project of connecting.slice(0, MOST_CHECKED)) {
      findings.push(await checkConnections(client, project, name));
    }
    return findings;
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check url, organization and token of this automation.')];
  }
}

async function checkLibrary(
  client: PipelinesClient,
  project: Project,
  name: string,
): Promise<Finding> {
  return checkRole({
    subject: `${name}: library of ${project.name}`,
    things: 'variable groups',
    where: 'under Pipelines, Library, Security',
    mayCreate: () => client.mayInLibrary(project, VIEW_AND_CREATE),
    administers: () => client.mayInLibrary(project, ADMINISTER),
  });
}

async function checkConnections(
  client: PipelinesClient,
  project: Project,
  name: string,
): Promise<Finding> {
  return checkRole({
    subject: `${name}: service connections of ${project.name}`,
    things: 'service connections',
    where: 'under Project settings, Service connections, Security',
    async mayCreate() {
      // Shows at once whether our token has the scope.
      await client.findConnection(project, 'FLOW_TOKEN');
      return client.mayInConnections(project, CREATE);
    },
    administers: () => client.mayInConnections(project, ADMINISTER),
  });
}

interface RoleCheck {
  readonly subject: string;
  readonly things: string;
  readonly where: string;
  mayCreate(): Promise<boolean>;
  administers(): Promise<boolean>;
}

async function checkRole(role: RoleCheck): Promise<Finding> {
  const { subject, things, where } = role;
  try {
    if (!(await role.mayCreate())) {
      const what = `Our account may not make ${things} there.`;
      return problem(subject, what, `Give it the role Creator ${where}.`);
    }
    return (await role.administers())
      ? warning(
          subject,
          `Our account administers all ${things} there, which is not needed.`,
          'Give it the role Creator instead of Administrator.',
        )
      : ok(subject, 'Our account has the role Creator.');
  } catch (error) {
    if (!hasCode(error, 'unauthenticated', 'missing-permission', 'not-found')) throw error;
    return warning(
      subject,
      'Azure DevOps does not tell our token what it may do there.',
      `See by hand that it has the role Creator ${where}, and the scope for ${things}.`,
    );
  }
}

function mayConnect({ service_connections: policy }: AzurePipelinesConfig, project: string) {
  return policy !== undefined && isAllowed(policy.projects, project);
}
