import type { Deviation } from './known-deviations.ts';

/** https://docs.github.com/en/rest/actions/variables names these permissions. */
const FORGOTTEN = 'The description’s list of permissions forgets those for variables.';

export const githubDeviations: readonly Deviation[] = [
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
    api: 'GitHub Enterprise Managed Users',
    wrong: 'the answer’s status 403 is not described',
    operations: ['GET /orgs/{org}/hooks', 'GET /repos/{owner}/{repo}/actions/secrets'],
    reason: 'A token that lacks the permission is refused with 403 on every path.',
  },
  {
    api: 'GitHub Enterprise Managed Users',
    wrong: 'in the body: /Operations/0/value must be string',
    operations: ['PATCH /scim/v2/enterprises/{enterprise}/Users/{scim_user_id}'],
    reason: 'The description’s own example suspends with the value { active: false }.',
  },
  {
    api: 'GitHub Enterprise Server',
    wrong: 'in the answer 200: /suspended_at is not described',
    operations: [
      'GET /api/v3/user',
      'GET /api/v3/user/{account_id}',
      'GET /api/v3/users/{username}',
      'PATCH /api/v3/user',
    ],
    reason: 'Described where users are searched for, and forgotten for single users.',
  },
  {
    api: 'GitHub Enterprise Server',
    wrong: 'the answer’s status 403 is not described',
    operations: ['POST /api/v3/admin/users'],
    reason: 'Only a site administrator may; the text says so, the list of statuses does not.',
  },
  {
    api: 'GitHub Enterprise Server',
    wrong: 'the answer’s status 422 is not described',
    operations: ['POST /api/v3/admin/users'],
    reason: 'A login or an address that is taken; the text says so.',
  },
  {
    api: 'GitHub Enterprise Server',
    wrong: 'the answer’s status 404 is not described',
    operations: ['DELETE /api/v3/admin/users/{username}/authorizations'],
    reason: 'What is not there is 404 on every path.',
  },
];
