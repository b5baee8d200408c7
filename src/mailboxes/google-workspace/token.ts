import { createSign } from 'node:crypto';

import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { createHttp } from '../../lib/http.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { NAME } from './explain.ts';
import { tokenErrorSchema, tokenSchema } from './schema.ts';
import type { GoogleConfig } from './schema.ts';

/** Issues access tokens with one scope each, so that no call carries more than it needs. */
export interface GoogleTokens {
  /** `Bearer …` for a person of the domain; kept until shortly before it expires. */
  header(scope: string, subject: string): Promise<string>;
  /** Was this scope delegated to us? Asks anew each time. */
  isGranted(scope: string, subject: string): Promise<boolean>;
  /** How the administrator finds our key among those that were granted scopes. */
  clientId(): string;
}

const keySchema = z.object({
  client_email: z.string(),
  client_id: z.string().default(''),
  private_key: z.string(),
  private_key_id: z.string().optional(),
});

type Key = z.output<typeof keySchema>;

const LIFETIME_S = 3600;
const SPARE_MS = 60_000;
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function openTokens(config: GoogleConfig, { clock }: AdapterDeps): GoogleTokens {
  const kept = new Map<string, { token: Secret; until: number }>();
  const http = createHttp({
    name: NAME,
    baseUrl: config.token_url,
    clock,
    timeoutMs: config.timeout_ms,
    explain: explainRefusal,
  });

  async function issue(scope: string, subject: string) {
    const assertion = signed(readKey(config.key), config, scope, subject, clock.now());
    const form = new URLSearchParams({ grant_type: GRANT, assertion });
    const answer = await http.send({
      method: 'POST',
      path: '',
      text: { type: 'application/x-www-form-urlencoded', content: form.toString() },
      schema: tokenSchema,
    });
    const token = new Secret(answer.access_token);
    return { token, until: clock.now().getTime() + answer.expires_in * 1000 - SPARE_MS };
  }

  return {
    async header(scope, subject) {
      const key = `${scope} ${subject}`;
      const known = kept.get(key);
      const isLiving = known !== undefined && known.until > clock.now().getTime();
      const current = isLiving ? known : await issue(scope, subject);
      kept.set(key, current);
      return `Bearer ${current.token.reveal()}`;
    },
    async isGranted(scope, subject) {
      try {
        await issue(scope, subject);
        return true;
      } catch (error) {
        if (error instanceof ProductError && error.code === 'missing-permission') return false;
        throw error;
      }
    },
    clientId: () => readKey(config.key).client_id,
  };
}

function readKey(key: Secret): Key {
  try {
    return keySchema.parse(JSON.parse(key.reveal()));
  } catch {
    // What went wrong would quote the key.
    throw badKey();
  }
}

/** https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
function signed(key: Key, config: GoogleConfig, scope: string, subject: string, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: key.private_key_id };
  const claims = {
    iss: key.client_email,
    sub: subject,
    scope,
    aud: config.token_url,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_S,
  };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  try {
    const signature = createSign('RSA-SHA256').update(text).sign(key.private_key, 'base64url');
    return `${text}.${signature}`;
  } catch {
    throw badKey();
  }
}

function badKey(): ProductError {
  return new ProductError('invalid-config', {
    subject: NAME,
    message:
      'mailboxes.key is not a key of a Google service account. Give the JSON file that Google hands out, for example key: file:secrets/google-key.json',
  });
}

function explainRefusal(answer: HttpAnswer): ProductError | undefined {
  const reason = tokenErrorSchema.safeParse(answer.body).data?.error;
  if (reason === 'unauthorized_client' || reason === 'access_denied') {
    return new ProductError('missing-permission', {
      subject: NAME,
      message:
        'Google has not delegated a needed scope to our service account. "doctor" lists which; a super administrator grants them under Security > API controls > Domain-wide delegation.',
    });
  }
  if (reason !== 'invalid_grant') return undefined;
  return new ProductError('unauthenticated', {
    subject: NAME,
    message:
      'Google does not accept our key, or does not know the person it speaks for. Look at key, admin and bot or members, and at the clock of this machine.',
  });
}
