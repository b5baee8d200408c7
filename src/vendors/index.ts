import { azureDevopsServer } from './azure-devops-server/index.ts';
import { azureDevops } from './azure-devops/index.ts';
import { bitbucketCloud } from './bitbucket-cloud/index.ts';
import { bitbucketDataCenter } from './bitbucket-data-center/index.ts';
import { githubEnterpriseServer } from './github-enterprise-server/index.ts';
import { githubManagedUsers } from './github-managed-users/index.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';
import { jiraCloud } from './jira-cloud/index.ts';
import { jiraDataCenter } from './jira-data-center/index.ts';
import type { VendorDefinition } from './vendor.ts';

export const vendors: readonly VendorDefinition[] = [
  github,
  githubEnterpriseServer,
  githubManagedUsers,
  gitlab,
  jiraCloud,
  jiraDataCenter,
  bitbucketCloud,
  bitbucketDataCenter,
  azureDevops,
  azureDevopsServer,
];
