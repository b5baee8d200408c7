import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { PipelinesClient } from './client.ts';
import type { AzurePipelinesConfig, Project } from './schema.ts';
import { mayHold } from './search.ts';

/** Bits of the library's rights; the role Creator has the first two. */
const VIEW_AND_CREATE = 1 + 4;
const ADMINISTER = 2;
/** Two calls for each; beyond it doctor would take too long. */
const MOST_CHECKED = 10;

/** Doctor: reachable, and the role Creator in the libraries that the policy names, no more. */
export async function check(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  name: string,
): Promise<Finding[]> {
  try {
    const projects = (await client.projects()).filter((project) => mayHold(config, project.name));
    if (projects.length === 0) {
      return [
        problem(
          name,
          'Our token sees none of the projects that targets allows.',
          'Correct targets, or make our account a member of those projects.',
        ),
      ];
    }
    const findings: Finding[] = [ok(name, `The organisation ${config.organization} answers.`)];
    for (const project of projects.slice(0, MOST_CHECKED)) {
      findings.push(await checkLibrary(client, project, name));
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
  const subject = `${name}: library of ${project.name}`;
  try {
    if (!(await client.mayInLibrary(project, VIEW_AND_CREATE))) {
      return problem(
        subject,
        'Our account may not make variable groups there.',
        'Give it the role Creator under Pipelines, Library, Security.',
      );
    }
    return (await client.mayInLibrary(project, ADMINISTER))
      ? warning(
          subject,
          'Our account administers every variable group there, which is not needed.',
          'Give it the role Creator instead of Administrator.',
        )
      : ok(subject, 'Our account has the role Creator.');
  } catch (error) {
    if (!hasCode(error, 'unauthenticated', 'missing-permission', 'not-found')) throw error;
    return warning(
      subject,
      'Azure DevOps does not tell our token what it may do there.',
      'See by hand that it has the role Creator under Pipelines, Library, Security.',
    );
  }
}
