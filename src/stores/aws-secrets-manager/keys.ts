import { readFile } from 'node:fs/promises';

import { ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { SYSTEM } from './failures.ts';
import type { AwsAuth } from './schema.ts';
import { roleCredentials } from './schema.ts';
import type { AwsKeys } from './sign.ts';

export interface KeySource {
  get(): Promise<AwsKeys>;
  /** Gives refused keys up; false when there is no way to get others. */
  renew(refused: AwsKeys): boolean;
}

// AWS keeps new keys ready well before the old ones end.
const BEFORE_END_MS = 5 * 60_000;
const ECS_AGENT = 'http://169.254.170.2';

/** Our keys: the configured ones, or those of the role this container or machine has. */
export function keySource(auth: AwsAuth, clock: Clock, timeoutMs: number): KeySource {
  if (auth.method === 'keys') {
    const keys = {
      accessKeyId: auth.access_key_id,
      secretAccessKey: auth.secret_access_key,
      sessionToken: auth.session_token,
    };
    return { get: () => Promise.resolve(keys), renew: () => false };
  }
  const source = auth.method === 'container' ? containerRole(auth) : instanceRole(auth);
  return cached(() => source(asker(timeoutMs)), clock);
}

interface Held {
  readonly keys: AwsKeys;
  readonly until: number;
}

function cached(fetchKeys: () => Promise<Held>, clock: Clock): KeySource {
  let current: Held | undefined;
  let underway: Promise<AwsKeys> | undefined;

  async function renewed(): Promise<AwsKeys> {
    current = await fetchKeys();
    return current.keys;
  }

  return {
    get() {
      if (current !== undefined && clock.now().getTime() < current.until) {
        return Promise.resolve(current.keys);
      }
      underway ??= renewed().finally(() => {
        underway = undefined;
      });
      return underway;
    },
    renew(refused) {
      if (current?.keys === refused) current = undefined;
      return true;
    },
  };
}

type Ask = (method: string, url: string, headers: Record<string, string>) => Promise<string>;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
function containerRole(auth: Extract<AwsAuth, { method: 'container' }>) {
  return async (ask: Ask): Promise<Held> => {
    const uri = auth.credentials_uri.reveal();
    const url = uri.startsWith('/') ? `${ECS_AGENT}${uri}` : uri;
    const token = auth.token_file === undefined ? undefined : await readToken(auth.token_file);
    return parse(await ask('GET', url, token === undefined ? {} : { authorization: token }));
  };
}

/** Only with a session token (IMDSv2): https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html */
function instanceRole({ metadata_url: base }: Extract<AwsAuth, { method: 'instance' }>) {
  return async (ask: Ask): Promise<Held> => {
    const at = (path: string): string => `${base.replace(/\/$/, '')}/latest/${path}`;
    const session = await ask('PUT', at('api/token'), {
      'x-aws-ec2-metadata-token-ttl-seconds': '300',
    });
    const headers = { 'x-aws-ec2-metadata-token': session };
    const roles = 'meta-data/iam/security-credentials/';
    const [role = ''] = (await ask('GET', at(roles), headers)).trim().split('\n');
    return parse(await ask('GET', at(`${roles}${encodeURIComponent(role)}`), headers));
  };
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw noKeys(`The file ${file} cannot be read.`);
  }
}

/** These two services answer JSON as plain text, so the usual client does not fit. */
function asker(timeoutMs: number): Ask {
  return async (method, url, headers) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let status = 0;
    try {
      const response = await fetch(url, { method, headers, redirect: 'error', signal });
      status = response.status;
      if (response.ok) return await response.text();
    } catch {
      // What fetch says may quote a header; that there was no answer is enough.
    }
    if (status === 0 || status >= 500) {
      const message = 'The place that hands out the keys of our AWS role does not answer.';
      throw new ProductError('unreachable', { subject: SYSTEM, message });
    }
    throw noKeys(`It answered ${status}.`);
  };
}

function parse(text: string): Held {
  const parsed = roleCredentials.safeParse(asJson(text));
  if (!parsed.success) throw noKeys('Its answer has no keys.');
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = parsed.data;
  return {
    keys: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
    until: Date.parse(Expiration) - BEFORE_END_MS,
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function noKeys(why: string): ProductError {
  const message = `This place gives the app no keys of an AWS role. ${why} Check \`auth\` and that a role is attached.`;
  return new ProductError('unauthenticated', { subject: SYSTEM, message });
}
