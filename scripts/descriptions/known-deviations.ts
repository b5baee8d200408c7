import { azureDevopsDeviations } from './known-deviations-azure-devops.ts';
import { bitbucketDeviations } from './known-deviations-bitbucket.ts';
import { githubDeviations } from './known-deviations-github.ts';

/** Where a description is silent or outdated, and we know better. Matched exactly. */
export interface Deviation {
  readonly api: string;
  readonly wrong: string;
  /** As findings name them: `POST /orgs/{org}/invitations`. */
  readonly operations: readonly string[];
  readonly reason: string;
}

export const knownDeviations: readonly Deviation[] = [
  ...githubDeviations,
  ...bitbucketDeviations,
  ...azureDevopsDeviations,
  {
    api: 'Confluence v2',
    wrong: 'the answer’s status 409 is not described',
    operations: ['PUT /wiki/api/v2/pages/{id}', 'POST /wiki/api/v2/pages/{page-id}/properties'],
    reason: 'Confluence answers 409 to a version that is not the next one, and to a key in use.',
  },
  {
    api: 'Confluence v1',
    wrong: 'in the body: /results/0/restrictions/group/0/id is not described',
    operations: ['PUT /wiki/rest/api/content/{id}/restriction'],
    reason: 'The description is of 2021, when a group had no id; the name goes along for it.',
  },
  ...['/code', '/message'].map((field) => ({
    api: 'Jira Cloud behind the gateway',
    wrong: `in the answer 401: ${field} is not described`,
    operations: ['POST /ex/jira/11223344-a1b2-4c3d-8e4f-5a6b7c8d9e0f/rest/api/3/issue'],
    reason: 'A scope that is missing is refused by the gateway, in its own words.',
  })),
];
