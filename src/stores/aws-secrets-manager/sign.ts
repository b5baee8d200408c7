import { createHash, createHmac } from 'node:crypto';

import type { Secret } from '../../domain/secret.ts';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | undefined;
}

export interface Signable {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names; all of them are signed, with `host` and the time. */
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string;
}

/**
 * The headers that make a request count as ours: Signature Version 4,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  request: Signable,
  keys: AwsKeys,
  place: { readonly region: string; readonly service: string },
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const headers = {
    ...request.headers,
    'x-amz-date': time,
    ...(keys.sessionToken === undefined
      ? {}
      : { 'x-amz-security-token': keys.sessionToken.reveal() }),
  };
  const scope = `${day}/${place.region}/${place.service}/aws4_request`;
  const { text, names } = canonical(request, { ...headers, host: request.url.host });
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(text)].join('\n');
  const key = [day, place.region, place.service, 'aws4_request'].reduce<Buffer | string>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${keys.secretAccessKey.reveal()}`,
  );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

function canonical({ method, url, content }: Signable, headers: Readonly<Record<string, string>>) {
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = sorted.map(([name]) => name).join(';');
  const lines = sorted.map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/g, ' ')}\n`);
  url.searchParams.sort();
  const query = url.searchParams.toString().replaceAll('+', '%20');
  const text = [method, url.pathname, query, lines.join(''), names, sha256(content)].join('\n');
  return { text, names };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
