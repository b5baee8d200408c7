/** Where a description is silent or outdated, and we know better. Matched exactly. */
export interface Deviation {
  readonly api: string;
  readonly wrong: string;
  /** As findings name them: `POST /orgs/{org}/invitations`. */
  readonly operations: readonly string[];
  readonly reason: string;
}

/** https://docs.github.com/en/rest/actions/variables names these permissions. */
const FORGOTTEN = 'The description’s list of permissions forgets those for variables.';

export const knownDeviations: readonly Deviation[] = [
  {
    api: 'GitHub',
    wrong: 'the answer’s status 403 is not described',
    operations: [
      'GET /orgs/{org}/hooks',
      'GET /repos/{owner}/{repo}/actions/secrets',
      'GET /repos/{owner}/{repo}/branches',
    ],
    reason: 'A token that lacks the permission is refused with 403 on every path.',
  },
  {
    api: 'GitHub',
    wrong: 'in the answer 422: /status is not described',
    operations: ['POST /orgs/{org}/invitations'],
    reason: 'GitHub repeats the status in the body of every refusal.',
  },
  {
    api: 'GitHub Actions',
    wrong: 'the answer’s status 403 is not described',
    operations: ['PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}'],
    reason: 'An App that lacks the permission is refused with 403 on every path.',
  },
  {
    api: 'GitHub Actions',
    wrong: 'the answer’s status 404 is not described',
    operations: [
      'GET /orgs/{org}/actions/secrets/{secret_name}',
      'GET /orgs/{org}/actions/variables/{name}',
      'GET /repos/{owner}/{repo}/actions/secrets/{secret_name}',
      'GET /repos/{owner}/{repo}/actions/variables/{name}',
      'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}',
      'GET /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}',
      'POST /repos/{owner}/{repo}/environments/{environment_name}/variables',
      'PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}',
    ],
    reason: 'What is not there, or must not be seen, is 404 on every path.',
  },
  {
    api: 'GitHub Actions',
    wrong: 'the answer’s status 409 is not described',
    operations: [
      'POST /orgs/{org}/actions/variables',
      'POST /repos/{owner}/{repo}/actions/variables',
      'POST /repos/{owner}/{repo}/environments/{environment_name}/variables',
    ],
    reason: 'GitHub answers 409 when a variable of that name exists.',
  },
  ...['actions_variables', 'organization_actions_variables'].flatMap((permission) => [
    {
      api: 'GitHub Actions',
      wrong: `in the answer 200: /permissions/${permission} is not described`,
      operations: ['GET /app/installations/{installation_id}'],
      reason: FORGOTTEN,
    },
    {
      api: 'GitHub Actions',
      wrong: `in the answer 201: /permissions/${permission} is not described`,
      operations: ['POST /app/installations/{installation_id}/access_tokens'],
      reason: FORGOTTEN,
    },
  ]),
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
];
