import { createVerify, generateKeyPairSync } from 'node:crypto';

import type { SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { field, refuse } from './sandbox-answers.ts';
import type { Workspace } from './sandbox-state.ts';

const CLIENT_EMAIL = 'flow-mail@acme-project.iam.gserviceaccount.example';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The file that Google hands out for a service account. */
export const KEY_FILE = JSON.stringify({
  type: 'service_account',
  client_email: CLIENT_EMAIL,
  client_id: '104567890123456789012',
  private_key_id: 'key-1',
  private_key: keys.privateKey,
});

interface Issued {
  readonly scopes: readonly string[];
  readonly subject: string;
  readonly until: number;
}

export class TokenDesk {
  readonly #workspace: Workspace;
  readonly #issued = new Map<string, Issued>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** `POST /token`, by the rules of Google's page on service accounts. */
  issue({ body, headers }: SandboxRequest): SandboxAnswer {
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    if (isForm !== true || field(body, 'grant_type') !== GRANT)
      return denied(400, 'invalid_request');
    const claims = verified(field(body, 'assertion'));
    const now = this.#workspace.now();
    const subject = field(claims, 'sub');
    if (!isValid(claims, now) || !this.#workspace.users.has(subject)) {
      return denied(400, 'invalid_grant');
    }
    const scopes = field(claims, 'scope').split(' ');
    if (scopes.some((scope) => !this.#workspace.delegated.has(scope))) {
      return denied(401, 'unauthorized_client');
    }
    const token = `ya29.sandbox-${this.#issued.size + 1}-${'x'.repeat(20)}`;
    this.#issued.set(token, { scopes, subject, until: now + 3_599_000 });
    return {
      status: 200,
      body: { access_token: token, expires_in: 3599, token_type: 'Bearer' },
    };
  }

  /** Whom the call speaks for, if its token is alive and has one of the scopes. */
  admit({ headers }: SandboxRequest, ...scopes: string[]): string | SandboxAnswer {
    const token = headers['authorization']?.replace('Bearer ', '') ?? '';
    const issued = this.#issued.get(token);
    if (issued === undefined || issued.until < this.#workspace.now()) {
      return refuse(401, 'authError', 'Invalid Credentials');
    }
    const fits = issued.scopes.some((scope) => scopes.includes(scope));
    return fits
      ? issued.subject
      : refuse(403, 'insufficientPermissions', 'Insufficient Permission');
  }
}

/** Ours, for the token endpoint, made just now and for an hour at most. */
function isValid(claims: Record<string, unknown> | undefined, now: number): boolean {
  const [issued, expires] = [Number(claims?.['iat']), Number(claims?.['exp'])];
  const isFresh = Math.abs(now / 1000 - issued) < 300 && expires - issued <= 3600;
  const isForUs = field(claims, 'aud').endsWith('/token');
  return field(claims, 'iss') === CLIENT_EMAIL && isForUs && isFresh;
}

function denied(status: number, error: string): SandboxAnswer {
  return { status, body: { error, error_description: `Sandbox: ${error}` } };
}

function verified(assertion: string): Record<string, unknown> | undefined {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  if (!verify.verify(keys.publicKey, signature, 'base64url')) return undefined;
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Record<string, unknown>;
}
