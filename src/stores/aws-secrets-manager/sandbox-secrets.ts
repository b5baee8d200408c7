/** Secrets Manager's state and rules, as its API reference gives them. */
export interface AwsSecret {
  readonly name: string;
  readonly versions: Map<string, string>;
  readonly stages: Map<string, string>;
  readonly tags: Map<string, string>;
  policy: string | undefined;
  deletedAt: number | undefined;
}

export class Refusal extends Error {
  readonly kind: string;

  constructor(kind: string, text: string) {
    super(text);
    this.kind = kind;
  }
}

export type Tags = readonly { readonly Key: string; readonly Value: string }[];
export type AwsSecrets = ReturnType<typeof createSecrets>;

export function createSecrets() {
  const all = new Map<string, AwsSecret>();
  const living = (name: string): AwsSecret => existing(all, name);
  const usable = (name: string): AwsSecret => refuseDeleted(existing(all, name));

  return {
    all,
    living,
    usable,
    create(name: string, token: string, value: string | undefined, tags: Tags): void {
      refuseName(name);
      const found = all.get(name);
      if (found?.deletedAt !== undefined) {
        throw new Refusal(
          'InvalidRequestException',
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      if (found !== undefined) {
        if (found.versions.get(token) === value && value !== undefined) return;
        throw exists(name);
      }
      refuseTags(tags);
      const fresh: AwsSecret = {
        name,
        versions: new Map(),
        stages: new Map(),
        tags: new Map(tags.map(({ Key, Value }) => [Key, Value])),
        policy: undefined,
        deletedAt: undefined,
      };
      all.set(name, fresh);
      if (value !== undefined) write(fresh, token, value);
    },
    put(name: string, token: string, value: string): void {
      const found = usable(name);
      const there = found.versions.get(token);
      if (there === undefined) write(found, token, value);
      else if (there !== value) throw exists(name);
    },
    value(name: string, version: string | undefined): { id: string; text: string } {
      const found = usable(name);
      const id = version ?? found.stages.get('AWSCURRENT') ?? '';
      const text = found.versions.get(id);
      if (text !== undefined) return { id, text };
      throw new Refusal(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret value for VersionId",
      );
    },
    tag(name: string, tags: Tags): void {
      refuseTags(tags);
      for (const { Key, Value } of tags) usable(name).tags.set(Key, Value);
    },
  };
}

function existing(all: ReadonlyMap<string, AwsSecret>, name: string): AwsSecret {
  const found = all.get(name);
  if (found !== undefined) return found;
  const text = "Secrets Manager can't find the specified secret.";
  throw new Refusal('ResourceNotFoundException', text);
}

function refuseDeleted(secret: AwsSecret): AwsSecret {
  if (secret.deletedAt === undefined) return secret;
  const text = "You can't perform this operation on the secret because it was marked for deletion.";
  throw new Refusal('InvalidRequestException', text);
}

function write(secret: AwsSecret, token: string, value: string): void {
  refuseToken(token);
  secret.versions.set(token, value);
  const before = secret.stages.get('AWSCURRENT');
  if (before !== undefined) secret.stages.set('AWSPREVIOUS', before);
  secret.stages.set('AWSCURRENT', token);
}

function exists(name: string): Refusal {
  return new Refusal(
    'ResourceExistsException',
    `The operation failed because the secret ${name} already exists.`,
  );
}

function refuseName(name: string): void {
  if (/^[\w/+=.@-]{1,512}$/.test(name)) return;
  throw new Refusal(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

function refuseToken(token: string): void {
  if (token.length >= 32 && token.length <= 64) return;
  throw new Refusal(
    'InvalidParameterException',
    'ClientRequestToken must be 32-64 characters long.',
  );
}

function refuseTags(tags: Tags): void {
  const isFit = ({ Key, Value }: Tags[number]): boolean =>
    /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu.test(Key) &&
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value);
  if (tags.length <= 50 && tags.every(isFit)) return;
  throw new Refusal('InvalidParameterException', 'The tags do not satisfy the constraints.');
}
