import { createPublicKey, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';

import type { SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { NOT_FOUND } from './sandbox-places.ts';

export const APP_ID = 4712;
export const INSTALLATION_ID = 816;
export const ORG = 'acme';

export interface ClassicToken {
  readonly token: string;
  /** Tests change them. */
  scopes: string[];
}

let appPair: { privatePem: string; publicPem: string } | undefined;

/** The App's way in, and the permissions of its installation. */
export function createAuth({ clock }: SandboxDeps, permissions: Record<string, string>) {
  const pair = (appPair ??= makeAppPair());
  const tokens = new Set<string>();
  const unauthenticated: SandboxAnswer = { status: 401, body: { message: 'Bad credentials' } };
  const isApp = (request: SandboxRequest) => {
    const [head = '', body = '', signature = ''] = bearerOf(request).split('.');
    const verify = createVerify('RSA-SHA256').update(`${head}.${body}`);
    if (!verify.verify(createPublicKey(pair.publicPem), signature, 'base64url')) return false;
    const { iat, exp, iss } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const now = clock.now().getTime() / 1000;
    return Number(exp) - Number(iat) <= 600 && Number(exp) > now && iss === String(APP_ID);
  };
  const asApp =
    (answer: () => SandboxAnswer): Handler =>
    (request) => {
      if (!isApp(request)) return unauthenticated;
      return request.params['id'] === String(INSTALLATION_ID) ? answer() : NOT_FOUND;
    };
  const routes: Routes = {
    'POST /app/installations/:id/access_tokens': asApp(() => {
      const token = `ghs_${randomBytes(20).toString('hex')}`;
      tokens.add(token);
      const expires_at = new Date(clock.now().getTime() + 3_600_000).toISOString();
      return { status: 201, body: { token, expires_at, permissions } };
    }),
    'GET /app/installations/:id': asApp(() => ({
      status: 200,
      body: { id: INSTALLATION_ID, account: { login: ORG }, permissions },
    })),
  };
  const classic: ClassicToken = {
    token: `ghp_${randomBytes(18).toString('hex')}`,
    scopes: ['admin:org', 'repo'],
  };
  return {
    routes,
    classic,
    /** GitHub lists the scopes of classic tokens with every answer. */
    headersFor: (request: SandboxRequest): Record<string, string> =>
      bearerOf(request) === classic.token ? { 'x-oauth-scopes': classic.scopes.join(', ') } : {},
    privatePem: pair.privatePem,
    refuse: (request: SandboxRequest): SandboxAnswer | undefined => {
      if (request.path.startsWith('/app/')) return undefined;
      if (bearerOf(request) === classic.token) return refuseClassic(request, classic);
      if (!tokens.has(bearerOf(request))) return unauthenticated;
      const needed = neededPermission(request);
      if (needed === undefined || permissions[needed] === 'write') return undefined;
      return {
        status: 403,
        body: { message: 'Resource not accessible by integration', status: '403' },
        headers: { 'x-accepted-github-permissions': `${needed}=write` },
      };
    },
  };
}

/** GitHub hides what a classic token may not touch. */
function refuseClassic(
  request: SandboxRequest,
  { scopes }: ClassicToken,
): SandboxAnswer | undefined {
  const needed = request.path.startsWith('/orgs/') ? 'admin:org' : 'repo';
  if (neededPermission(request) === undefined || scopes.includes(needed)) return undefined;
  return { ...NOT_FOUND, headers: { 'x-accepted-oauth-scopes': needed } };
}

function makeAppPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privatePem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function bearerOf({ headers }: SandboxRequest): string {
  return headers['authorization']?.replace(/^bearer /i, '') ?? '';
}

function neededPermission({ method, path }: SandboxRequest): string | undefined {
  if (method === 'GET') return undefined;
  if (/\/environments\/[^/]+\/(?:secrets|variables)/.test(path)) return 'environments';
  const what = path.includes('/variables') ? 'actions_variables' : 'secrets';
  return path.startsWith('/orgs/') ? `organization_${what}` : what;
}
