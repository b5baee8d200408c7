import type { AutomationDefinition } from './automation.ts';
import { azurePipelines } from './azure-pipelines/index.ts';
import { bitbucketPipelines } from './bitbucket-pipelines/index.ts';
import { githubActions } from './github-actions/index.ts';
import { gitlabCi } from './gitlab-ci/index.ts';
import { jenkins } from './jenkins/index.ts';
import { other } from './other/index.ts';

export const automations: readonly AutomationDefinition[] = [
  githubActions,
  gitlabCi,
  bitbucketPipelines,
  azurePipelines,
  jenkins,
  other,
];
