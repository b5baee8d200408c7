import { z } from 'zod';

import { ProductError, hasCode } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from './clock.ts';
import { createHttp, path } from './http.ts';
import type { Http, HttpAnswer } from './http.ts';

export interface OrganisationOptions {
  /** The connection's display name, for errors. */
  readonly name: string;
  readonly baseUrl: string;
  readonly key: Secret;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
}

const tokensSchema = z.array(
  z.object({ id: z.string().min(1), label: z.string(), expiry: z.string().optional() }),
);
type AccountToken = z.infer<typeof tokensSchema>[number];

/** HTTP to Atlassian's administration of an organisation, with its API key. */
export function openOrganisationHttp({ name, timeoutMs, ...options }: OrganisationOptions): Http {
  return createHttp({
    name,
    baseUrl: options.baseUrl,
    clock: options.clock,
    headers: () => ({ authorization: `Bearer ${options.key.reveal()}` }),
    explain: (answer) => explain(name, answer),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/**
 * The API tokens of accounts that the organisation manages. Atlassian's call that revokes tokens in
 * bulk ends every token of the organisation and is never used:
 * https://developer.atlassian.com/cloud/admin/user-management/rest/api-group-api-tokens/
 */
export function accountTokens(http: Http) {
  async function tokensOf(accountId: string): Promise<readonly AccountToken[] | undefined> {
    const call = path`/users/${accountId}/manage/api-tokens`;
    try {
      return await http.send({ method: 'GET', path: call, schema: tokensSchema });
    } catch (error) {
      if (hasCode(error, 'not-found', 'missing-permission')) return undefined;
      throw error;
    }
  }
  return {
    /** Without their values; undefined when the organisation does not manage the account. */
    tokensOf,
    /**
     * Revokes the only token of the account and says so. Tokens are listed without their values,
     * so among several nobody can tell which one we hold.
     */
    async revokeOnly(accountId: string): Promise<boolean> {
      const [only, ...others] = (await tokensOf(accountId)) ?? [];
      if (only === undefined || others.length > 0) return false;
      const call = path`/users/${accountId}/manage/api-tokens/${only.id}`;
      try {
        await http.send({ method: 'DELETE', path: call, schema: z.unknown() });
      } catch (error) {
        if (!hasCode(error, 'not-found')) throw error;
      }
      return true;
    },
    /** When the only token with such a label ends; null where nobody tells. */
    async expiryOf(accountId: string, label: string): Promise<string | null> {
      const tokens = (await tokensOf(accountId)) ?? [];
      const [only, ...others] = tokens.filter((token) => token.label.startsWith(label));
      const end = others.length > 0 ? NaN : Date.parse(only?.expiry ?? '');
      return Number.isNaN(end) ? null : new Date(end).toISOString();
    },
  };
}

function explain(name: string, { status }: HttpAnswer): ProductError | undefined {
  if (status === 401) {
    return new ProductError('unauthenticated', {
      subject: name,
      message: `${name}: Atlassian does not accept the organisation’s API key. Make a new one and put it into the configuration.`,
    });
  }
  if (status === 403) {
    return new ProductError('missing-permission', {
      subject: name,
      message: `${name}: the organisation’s API key may not do this. Make one that may manage users.`,
    });
  }
  return undefined;
}
