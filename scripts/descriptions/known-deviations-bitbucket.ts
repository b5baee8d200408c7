import type { Deviation } from './known-deviations.ts';

const CLOUD = 'Bitbucket Cloud';
const PIPELINES = 'Bitbucket Pipelines';
const SERVER = 'Bitbucket Data Center';

/** https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination */
const PAGED = 'Every list is paged, and `pagelen` says how long a page is.';
/** https://developer.atlassian.com/cloud/bitbucket/rest/intro/#partial-response and #filtering */
const FILTERED = 'The text of this operation shows both parameters; its list forgets them.';
const SCOPELESS = 'A token that lacks a scope is refused with 403 on every path.';
const VARIABLES = '/2.0/repositories/{workspace}/{repo_slug}/pipelines_config/variables';
const ACCOUNT = 'Described as any account; a user is one with more fields.';
const MEMBER = '/2.0/workspaces/{workspace}/members/{member}';
const MEMBERS = '/2.0/workspaces/{workspace}/members';

function inAnswer(
  api: string,
  operation: string,
  fields: readonly string[],
  reason: string,
): Deviation[] {
  return fields.map((field) => ({
    api,
    wrong: `in the answer 200: ${field} is not described`,
    operations: [operation],
    reason,
  }));
}

function parameters(
  api: string,
  operation: string,
  names: readonly string[],
  reason: string,
): Deviation[] {
  return names.map((name) => ({
    api,
    wrong: `the parameter ${name} is not described`,
    operations: [operation],
    reason,
  }));
}

export const bitbucketDeviations: readonly Deviation[] = [
  {
    api: CLOUD,
    wrong: 'the parameter pagelen is not described',
    operations: [
      'GET /2.0/user/workspaces',
      'GET /2.0/repositories/{workspace}',
      'GET /2.0/workspaces/{workspace}/projects',
    ],
    reason: PAGED,
  },
  {
    api: PIPELINES,
    wrong: 'the parameter pagelen is not described',
    operations: [
      'GET /2.0/user/workspaces',
      'GET /2.0/repositories/{workspace}',
      'GET /2.0/repositories/{workspace}/{repo_slug}/environments',
      `GET ${VARIABLES}`,
      'GET /2.0/repositories/{workspace}/{repo_slug}/deployments_config/environments/{environment_uuid}/variables',
      'GET /2.0/workspaces/{workspace}/pipelines-config/variables',
    ],
    reason: PAGED,
  },
  {
    api: PIPELINES,
    wrong: 'the answer’s status 403 is not described',
    operations: [`GET ${VARIABLES}`],
    reason: SCOPELESS,
  },
  ...parameters(CLOUD, `GET ${MEMBERS}`, ['q', 'fields'], FILTERED),
  ...inAnswer(CLOUD, 'GET /2.0/user', ['/account_id', '/account_status'], ACCOUNT),
  ...inAnswer(CLOUD, `GET ${MEMBER}`, ['/user/account_id', '/user/account_status'], ACCOUNT),
  ...inAnswer(
    CLOUD,
    `GET ${MEMBERS}`,
    ['/values/0/user/account_id', '/values/0/user/account_status', '/values/0/user/email'],
    ACCOUNT,
  ),
  ...inAnswer(
    CLOUD,
    'GET /2.0/repositories/{workspace}',
    ['/values/0/slug'],
    'Every repository has a slug; its description has only the full name.',
  ),
  {
    api: CLOUD,
    wrong: 'the answer’s status 403 is not described',
    operations: ['GET /2.0/user/workspaces', 'GET /2.0/repositories/{workspace}'],
    reason: SCOPELESS,
  },
  {
    api: CLOUD,
    wrong: 'in the answer 403: /error/detail must be string',
    operations: [
      'PUT /2.0/workspaces/{workspace}/projects/{project_key}/permissions-config/users/{selected_user_id}',
    ],
    reason: 'For a scope that is missing it names the needed and the granted ones in an object.',
  },
  ...parameters(
    SERVER,
    'GET /rest/api/latest/users',
    ['limit', 'start', 'permission.1', 'permission.1.projectKey', 'permission.1.repositorySlug'],
    'Its text says "a page of users" and explains the filters; its list forgets both.',
  ),
  ...inAnswer(
    SERVER,
    'GET /rest/api/latest/users',
    ['/size', '/limit', '/start', '/isLastPage', '/values'],
    'Its text says "a page of users"; the schema is that of one user.',
  ),
  ...['PUT', 'GET'].flatMap((method) => {
    const at = method === 'PUT' ? '' : '/values/0';
    const operation = `${method} /rest/access-tokens/latest/users/{userSlug}`;
    const sparse = 'Tokens are described without the fields that make them tokens.';
    return [
      ...inAnswer(SERVER, operation, [`${at}/permissions`, `${at}/expiryDays`], sparse),
      {
        api: SERVER,
        wrong: `in the answer 200: ${at}/createdDate must be string`,
        operations: [operation],
        reason: 'Bitbucket sends moments as milliseconds everywhere.',
      },
    ];
  }),
  {
    api: SERVER,
    wrong: 'the answer’s status 401 is not described',
    operations: ['GET /rest/api/latest/application-properties'],
    reason: 'A wrong password is refused with 401 also where none is needed.',
  },
  ...[
    ['404', 'PUT /rest/api/latest/projects/{projectKey}/permissions/users'],
    ['401', 'PUT /rest/api/latest/admin/permissions/users'],
  ].map(([status, operation = '']) => ({
    api: SERVER,
    wrong: `in the answer ${status}: /errors/0/context must be string`,
    operations: [operation],
    reason: 'Null where the error is not about one field.',
  })),
];
