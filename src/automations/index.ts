import type { AutomationDefinition } from './automation.ts';
import { githubActions } from './github-actions/index.ts';
import { gitlabCi } from './gitlab-ci/index.ts';
import { other } from './other/index.ts';

export const automations: readonly AutomationDefinition[] = [githubActions, gitlabCi, other];
