import { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { createHttp, path } from '../../lib/http.ts';
import { explainToken, NAME } from './explain.ts';
import { claimsSchema, tokenSchema } from './schema.ts';
import type { MicrosoftConfig } from './schema.ts';

export interface MicrosoftToken {
  header(): Promise<string>;
  /** The Graph permissions that were consented to; undefined when the token does not tell. */
  permissions(): Promise<string[] | undefined>;
}

const SPARE_MS = 60_000;

/** Client credentials: the app speaks for itself, with what an administrator consented to. */
export function openToken(config: MicrosoftConfig, { clock }: AdapterDeps): MicrosoftToken {
  const http = createHttp({
    name: NAME,
    baseUrl: config.login_url,
    clock,
    timeoutMs: config.timeout_ms,
    explain: explainToken,
  });
  let kept: { readonly token: Secret; readonly until: number } | undefined;

  async function issue() {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: config.client_id,
      client_secret: config.client_secret.reveal(),
      scope: `${config.graph_url}/.default`,
    });
    const answer = await http.send({
      method: 'POST',
      path: path`/${config.tenant_id}/oauth2/v2.0/token`,
      text: { type: 'application/x-www-form-urlencoded', content: form.toString() },
      schema: tokenSchema,
    });
    const until = clock.now().getTime() + answer.expires_in * 1000 - SPARE_MS;
    return { token: new Secret(answer.access_token), until };
  }

  return {
    async header() {
      if (kept === undefined || kept.until <= clock.now().getTime()) kept = await issue();
      return `Bearer ${kept.token.reveal()}`;
    },
    permissions: async () => rolesOf((await issue()).token),
  };
}

/** Graph has no call that tells an app its own permissions without granting it far more. */
function rolesOf(token: Secret): string[] | undefined {
  const [, claims = ''] = token.reveal().split('.');
  try {
    const parsed: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    return claimsSchema.safeParse(parsed).data?.roles;
  } catch {
    return undefined;
  }
}
