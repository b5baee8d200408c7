import type { PolicyDocument } from './schema.ts';

export const PREFIX = 'flow-';

/** What our role must be allowed; `CreateSecret` is the only one that cannot be tried out. */
const NEEDED = [
  'CreateSecret',
  'DescribeSecret',
  'GetSecretValue',
  'PutSecretValue',
  'TagResource',
  'DeleteSecret',
  'GetResourcePolicy',
] as const;

/** The least privileges that do all of the store's work, ready to paste. */
export function policyText(region: string, kmsKey: string | undefined): string {
  const partition = partitionOf(region);
  const secrets = {
    Sid: 'CredentialsOfFlowServiceAccounts',
    Effect: 'Allow',
    Action: NEEDED.map((action) => `secretsmanager:${action}`),
    Resource: `arn:${partition}:secretsmanager:${region}:*:secret:${PREFIX}*`,
  };
  const kms = {
    Sid: 'TheirKey',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource:
      kmsKey?.startsWith('arn:') === true ? kmsKey : `arn:${partition}:kms:${region}:*:key/*`,
    Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
  };
  const Statement = kmsKey === undefined ? [secrets] : [secrets, kms];
  return JSON.stringify({ Version: '2012-10-17', Statement }, null, 2);
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

const READS = /^(?:\*|secretsmanager:(?:\*|get\*|getsecretvalue|batchgetsecretvalue))$/i;

/** Who may read a secret through its own policy although nobody said that they should. */
export function strangersIn(policy: PolicyDocument, readers: readonly string[]): string[] {
  const allowing = policy.Statement.filter(
    ({ Effect, Action, NotAction }) =>
      Effect === 'Allow' &&
      (NotAction !== undefined || (Action ?? []).some((action) => READS.test(action))),
  );
  const principals = allowing.flatMap(({ Principal, NotPrincipal }) => {
    if (NotPrincipal !== undefined) return ['everybody but a few'];
    if (typeof Principal === 'string') return [Principal];
    return Object.values(Principal ?? {}).flat();
  });
  return [...new Set(principals)].filter((principal) => !readers.includes(principal));
}
