import { createHash, createHmac } from 'node:crypto';

import type { SandboxRequest } from '../../sandbox/kit/server.ts';

const LATEST_MS = 15 * 60_000;
const FORM =
  /^AWS4-HMAC-SHA256 Credential=(?<key>\w+)\/(?<day>\d{8})\/(?<region>[\w-]+)\/(?<service>\w+)\/aws4_request, SignedHeaders=(?<names>[\w;-]+), Signature=(?<signature>[0-9a-f]{64})$/;

export interface KnownKeys {
  readonly secret: string;
  readonly session: string | undefined;
}

/** Why AWS would not take a request's signature, as its error name; undefined when it would. */
export function refuseSignature(
  request: SandboxRequest,
  keys: ReadonlyMap<string, KnownKeys>,
  now: number,
): string | undefined {
  const { headers } = request;
  const parts = FORM.exec(headers['authorization'] ?? '')?.groups;
  if (parts === undefined) return 'MissingAuthenticationTokenException';
  const known = keys.get(parts['key'] ?? '');
  if (known === undefined || known.session !== headers['x-amz-security-token']) {
    return 'UnrecognizedClientException';
  }
  const time = headers['x-amz-date'] ?? '';
  const names = (parts['names'] ?? '').split(';');
  const isSigned = ['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name));
  const isLate = Math.abs(now - timeOf(time)) > LATEST_MS;
  const isRight = parts['signature'] === expected(request, parts, known.secret, time, names);
  return isSigned && !isLate && isRight ? undefined : 'InvalidSignatureException';
}

function expected(
  request: SandboxRequest,
  { day = '', region = '', service = '' }: Record<string, string | undefined>,
  secret: string,
  time: string,
  names: readonly string[],
): string {
  const lines = names.map((name) => `${name}:${request.headers[name] ?? ''}`);
  const canonical = [
    request.method,
    request.path,
    '',
    ...lines,
    '',
    names.join(';'),
    hash(request.rawBody),
  ];
  const scope = [day, region, service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonical.join('\n'))].join('\n');
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [...scope, text]) key = createHmac('sha256', key).update(part).digest();
  return key.toString('hex');
}

function timeOf(text: string): number {
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
