import type { Deviation } from './known-deviations.ts';

const ONLY_SUCCESS = 'These descriptions list only how an operation succeeds.';
const TOKENS = 'GET /ps/{organization}/_apis/tokenadmin/personalaccesstokens/{subjectDescriptor}';

function refusal(api: string, status: number, operations: readonly string[]): Deviation {
  const wrong = `the answer’s status ${status} is not described`;
  return { api, wrong, operations, reason: ONLY_SUCCESS };
}

export const azureDevopsDeviations: readonly Deviation[] = [
  refusal('Azure DevOps entitlements', 401, [
    'GET /ex/{organization}/_apis/userentitlements',
    'GET /ex/{organization}/_apis/userentitlements/{userId}',
  ]),
  refusal('Azure DevOps entitlements', 404, [
    'GET /ex/{organization}/_apis/userentitlements/{userId}',
    'DELETE /ex/{organization}/_apis/userentitlements/{userId}',
  ]),
  refusal('Azure DevOps graph', 401, [
    'GET /ps/{organization}/_apis/graph/memberships/{subjectDescriptor}',
  ]),
  refusal('Azure DevOps graph', 404, [
    'GET /ps/{organization}/_apis/graph/descriptors/{storageKey}',
  ]),
  refusal('Azure DevOps Server core', 401, ['GET /{collection}/_apis/projects']),
  refusal('Azure DevOps Server core', 404, ['GET /{collection}/_apis/projects/{projectId}']),
  ...['validFrom', 'validTo'].map((field) => ({
    api: 'Azure DevOps token administration',
    wrong: `in the answer 200: /value/0/${field} must match format "date-time"`,
    operations: [TOKENS],
    reason: 'The examples beside the description leave out the zone; it is UTC.',
  })),
];
