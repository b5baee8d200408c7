import { openSandbox as openAzure } from '../vendors/azure-devops/sandbox.ts';
import { openSandbox as openAzureServer } from '../vendors/azure-devops-server/sandbox.ts';
import { openSandbox as openBitbucket } from '../vendors/bitbucket-cloud/sandbox.ts';
import { openSandbox as openBitbucketServer } from '../vendors/bitbucket-data-center/sandbox.ts';
import { openSandbox as openGithub } from '../vendors/github/sandbox.ts';
import { openSandbox as openGithubServer } from '../vendors/github-enterprise-server/sandbox.ts';
import { openSandbox as openGithubManaged } from '../vendors/github-managed-users/sandbox.ts';
import { openSandbox as openGitlab } from '../vendors/gitlab/sandbox.ts';
import { openSandbox as openJira } from '../vendors/jira-cloud/sandbox.ts';
import { openSandbox as openJiraServer } from '../vendors/jira-data-center/sandbox.ts';
import type { SandboxDeps } from './kit/adapter-sandbox.ts';

export type OutsideVendors = Awaited<ReturnType<typeof openVendors>>;

/** One stand-in for each vendor that the product knows. */
export async function openVendors(deps: SandboxDeps) {
  const [
    gitlab,
    github,
    githubServer,
    githubManaged,
    jira,
    jiraServer,
    bitbucket,
    bitbucketServer,
    azure,
    azureServer,
  ] = await Promise.all([
    openGitlab(deps),
    openGithub(deps),
    openGithubServer(deps),
    openGithubManaged(deps),
    openJira(deps),
    openJiraServer(deps),
    openBitbucket(deps),
    openBitbucketServer(deps),
    openAzure(deps),
    openAzureServer(deps),
  ]);
  return {
    gitlab,
    github,
    githubServer,
    githubManaged,
    jira,
    jiraServer,
    bitbucket,
    bitbucketServer,
    azure,
    azureServer,
  };
}

interface SandboxConnection {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly system: keyof OutsideVendors;
}

/** The connections of the sandbox’s configuration, and the stand-in behind each. */
export const CONNECTIONS: readonly SandboxConnection[] = [
  { id: 'gitlab', name: 'GitLab acme', vendor: 'gitlab', system: 'gitlab' },
  { id: 'github', name: 'GitHub acme', vendor: 'github', system: 'github' },
  { id: 'jira', name: 'Jira acme', vendor: 'jira-cloud', system: 'jira' },
  {
    id: 'github-server',
    name: 'GitHub Server acme',
    vendor: 'github-enterprise-server',
    system: 'githubServer',
  },
  {
    id: 'github-managed',
    name: 'GitHub Enterprise acme',
    vendor: 'github-managed-users',
    system: 'githubManaged',
  },
  {
    id: 'jira-server',
    name: 'Jira Data Center acme',
    vendor: 'jira-data-center',
    system: 'jiraServer',
  },
  { id: 'bitbucket', name: 'Bitbucket acme', vendor: 'bitbucket-cloud', system: 'bitbucket' },
  {
    id: 'bitbucket-server',
    name: 'Bitbucket Data Center acme',
    vendor: 'bitbucket-data-center',
    system: 'bitbucketServer',
  },
  { id: 'azure', name: 'Azure DevOps acme', vendor: 'azure-devops', system: 'azure' },
  {
    id: 'azure-server',
    name: 'Azure DevOps Server acme',
    vendor: 'azure-devops-server',
    system: 'azureServer',
  },
];

/**
 * The stand-in behind a connection.
 * @throws Error when the sandbox has no such connection
 */
export function vendorBehind(
  vendors: OutsideVendors,
  connection: string | null,
): OutsideVendors[keyof OutsideVendors] {
  const hit = CONNECTIONS.find(({ id }) => id === connection);
  if (hit === undefined) throw new Error(`The sandbox has no connection "${connection}".`);
  return vendors[hit.system];
}
