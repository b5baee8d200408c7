import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { compareRights } from '../compare-rights.ts';
import type { PipelinesClient } from './client.ts';
import type { BitbucketPipelinesConfig } from './schema.ts';
import { refuseTarget } from './target.ts';

/** Doctor: reachable, administrator where the policy allows something, and no scope too many. */
export async function check(
  client: PipelinesClient,
  config: BitbucketPipelinesConfig,
  name: string,
): Promise<Finding[]> {
  try {
    const { repositories, scopes } = await client.administered('');
    return [
      checkRepositories(config, name, repositories),
      ...checkScopes(config, name, scopes),
      ...(wantsWorkspace(config)
        ? [checkWorkspace(name, await client.administersWorkspace())]
        : []),
    ];
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check workspace, email and api_token of this automation.')];
  }
}

function checkRepositories(
  config: BitbucketPipelinesConfig,
  name: string,
  repositories: readonly string[],
): Finding {
  const allowed = repositories.filter((one) => refuseTarget(config, `repo:${one}`) === undefined);
  const onlyWorkspace = config.targets.every((target) => target === 'workspace');
  return allowed.length > 0 || onlyWorkspace
    ? ok(name, `The workspace ${config.workspace} answers.`)
    : problem(
        name,
        'Our account administers none of the repositories that targets allows.',
        'Make it an administrator of those repositories, or correct targets.',
      );
}

function checkScopes(
  config: BitbucketPipelinesConfig,
  name: string,
  scopes: readonly string[] | null,
): Finding[] {
  const subject = `${name}: scopes`;
  if (scopes === null) {
    return [
      warning(
        subject,
        'Bitbucket did not list the scopes of our token, so they cannot be checked.',
        'Compare them with the documentation by hand.',
      ),
    ];
  }
  const wanted = [
    'admin:pipeline:bitbucket',
    'read:pipeline:bitbucket',
    'read:repository:bitbucket',
    ...(wantsWorkspace(config) ? ['read:workspace:bitbucket'] : []),
  ];
  return compareRights(subject, wanted, scopes);
}

function checkWorkspace(name: string, administers: boolean): Finding {
  const subject = `${name}: workspace`;
  return administers
    ? ok(subject, 'Our account administers the workspace.')
    : problem(
        subject,
        'Our account does not administer the workspace, whose variables targets allows.',
        'Make it an administrator of the workspace, or take "workspace" out of targets.',
      );
}

function wantsWorkspace({ targets }: BitbucketPipelinesConfig): boolean {
  return targets.includes('workspace');
}
