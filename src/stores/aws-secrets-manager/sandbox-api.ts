import { z } from 'zod';

import { Refusal } from './sandbox-secrets.ts';
import type { AwsSecrets } from './sandbox-secrets.ts';

const tags = z.array(z.strictObject({ Key: z.string(), Value: z.string() }));
const id = z.string().min(1).max(2048);

const bodies = {
  CreateSecret: z.strictObject({
    Name: z.string(),
    Description: z.string().max(2048).optional(),
    ClientRequestToken: z.string(),
    SecretString: z.string().max(65_536),
    Tags: tags,
    KmsKeyId: z.string().optional(),
  }),
  DescribeSecret: z.strictObject({ SecretId: id }),
  GetSecretValue: z.strictObject({
    SecretId: id,
    VersionId: z.string().min(32).max(64).optional(),
  }),
  PutSecretValue: z.strictObject({
    SecretId: id,
    ClientRequestToken: z.string().min(32).max(64),
    SecretString: z.string().max(65_536),
  }),
  TagResource: z.strictObject({ SecretId: id, Tags: tags }),
  DeleteSecret: z.union([
    z.strictObject({ SecretId: id, ForceDeleteWithoutRecovery: z.literal(true) }),
    z.strictObject({ SecretId: id, RecoveryWindowInDays: z.int().min(7).max(30) }),
  ]),
  GetResourcePolicy: z.strictObject({ SecretId: id }),
  ListSecrets: z.strictObject({
    Filters: z.array(z.strictObject({ Key: z.literal('name'), Values: z.array(z.string()) })),
    MaxResults: z.int().min(1).max(100),
    NextToken: z.string().optional(),
  }),
};

export type Operation = keyof typeof bodies;

export function isOperation(text: string): text is Operation {
  return Object.hasOwn(bodies, text);
}

/** Whose right is asked for: the secret's name, or `*` for what is not about one secret. */
export function subjectOf(body: unknown): string {
  const sent = z
    .object({ Name: z.string().optional(), SecretId: z.string().optional() })
    .parse(body);
  return sent.Name ?? sent.SecretId ?? '*';
}

/** Does what was asked; @throws Refusal as AWS would. */
export function perform(
  secrets: AwsSecrets,
  operation: Operation,
  body: unknown,
  now: number,
): unknown {
  switch (operation) {
    case 'CreateSecret': {
      const sent = read(operation, body);
      secrets.create(sent.Name, sent.ClientRequestToken, sent.SecretString, sent.Tags);
      return { Name: sent.Name, VersionId: sent.ClientRequestToken };
    }
    case 'PutSecretValue': {
      const sent = read(operation, body);
      secrets.put(sent.SecretId, sent.ClientRequestToken, sent.SecretString);
      return { Name: sent.SecretId, VersionId: sent.ClientRequestToken };
    }
    case 'GetSecretValue': {
      const sent = read(operation, body);
      const { id: VersionId, text } = secrets.value(sent.SecretId, sent.VersionId);
      return { Name: sent.SecretId, VersionId, SecretString: text, CreatedDate: now / 1000 };
    }
    case 'DescribeSecret':
      return describe(secrets, read(operation, body).SecretId);
    case 'TagResource': {
      const sent = read(operation, body);
      secrets.tag(sent.SecretId, sent.Tags);
      return undefined;
    }
    case 'DeleteSecret':
      return remove(secrets, read(operation, body), now);
    case 'GetResourcePolicy': {
      const { name, policy } = secrets.usable(read(operation, body).SecretId);
      return { Name: name, ...(policy === undefined ? {} : { ResourcePolicy: policy }) };
    }
    case 'ListSecrets':
      return list(secrets, read(operation, body));
  }
}

function read<O extends Operation>(operation: O, body: unknown): z.output<(typeof bodies)[O]> {
  const sent = bodies[operation].safeParse(body);
  if (sent.success) return sent.data as z.output<(typeof bodies)[O]>;
  throw new Refusal('ValidationException', `1 validation error detected: ${sent.error.message}`);
}

function describe(secrets: AwsSecrets, name: string): unknown {
  const { versions, stages, tags: held, deletedAt } = secrets.living(name);
  const staged = [...versions.keys()].map(
    (version) =>
      [version, [...stages].filter(([, at]) => at === version).map(([stage]) => stage)] as const,
  );
  return {
    Name: name,
    Tags: [...held].map(([Key, Value]) => ({ Key, Value })),
    ...(deletedAt === undefined ? {} : { DeletedDate: deletedAt / 1000 }),
    VersionIdsToStages: Object.fromEntries(staged.filter(([, names]) => names.length > 0)),
  };
}

function remove(
  secrets: AwsSecrets,
  sent: z.output<(typeof bodies)['DeleteSecret']>,
  now: number,
): unknown {
  if ('ForceDeleteWithoutRecovery' in sent) secrets.all.delete(sent.SecretId);
  else secrets.usable(sent.SecretId).deletedAt = now;
  return { Name: sent.SecretId, DeletionDate: now / 1000 };
}

/** Two on a page, so that tests see more than one. */
function list(secrets: AwsSecrets, sent: z.output<(typeof bodies)['ListSecrets']>): unknown {
  const [word = ''] = sent.Filters.flatMap(({ Values }) => Values);
  const names = [...secrets.all.values()]
    .filter(({ name, deletedAt }) => name.startsWith(word) && deletedAt === undefined)
    .map(({ name }) => ({ Name: name }));
  const from = Number(sent.NextToken ?? 0);
  const next = from + 2 < names.length ? { NextToken: String(from + 2) } : {};
  return { SecretList: names.slice(from, from + 2), ...next };
}
