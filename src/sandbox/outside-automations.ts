import { openSandbox as openAzurePipelines } from '../automations/azure-pipelines/sandbox.ts';
import { openSandbox as openBitbucketPipelines } from '../automations/bitbucket-pipelines/sandbox.ts';
import { openSandbox as openGithubActions } from '../automations/github-actions/sandbox.ts';
import { openSandbox as openGitlabCi } from '../automations/gitlab-ci/sandbox.ts';
import { openSandbox as openJenkins } from '../automations/jenkins/sandbox.ts';
import { openSandbox as openOther } from '../automations/other/sandbox.ts';
import type { SandboxDeps } from './kit/adapter-sandbox.ts';

/** Every pipeline system of the sandbox, each on a loopback port of its own. */
export async function openAutomations(deps: SandboxDeps) {
  const [actions, ci, bitbucketPipelines, azurePipelines, jenkins, other] = await Promise.all([
    openGithubActions(deps),
    openGitlabCi(deps),
    openBitbucketPipelines(deps),
    openAzurePipelines(deps),
    openJenkins(deps),
    openOther(deps),
  ]);
  return { actions, ci, bitbucketPipelines, azurePipelines, jenkins, other };
}

/** As the configuration lists them. */
export const AUTOMATIONS = [
  { type: 'github-actions', name: 'GitHub Actions', system: 'actions' },
  { type: 'gitlab-ci', name: 'GitLab CI/CD', system: 'ci' },
  { type: 'bitbucket-pipelines', name: 'Bitbucket Pipelines', system: 'bitbucketPipelines' },
  { type: 'azure-pipelines', name: 'Azure Pipelines', system: 'azurePipelines' },
  { type: 'jenkins', name: 'Jenkins', system: 'jenkins' },
  { type: 'other', name: 'Another system', system: 'other' },
] as const;
