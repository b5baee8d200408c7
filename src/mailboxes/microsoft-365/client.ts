import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import { explainGraph, NAME } from './explain.ts';
import { messagesSchema, skusSchema, userSchema, usersSchema } from './schema.ts';
import type { MicrosoftConfig } from './schema.ts';
import type { MicrosoftToken } from './token.ts';

export type GraphClient = ReturnType<typeof createClient>;
export type GraphUser = z.output<typeof userSchema>;
export type Sku = z.output<typeof skusSchema>['value'][number];

export interface NewUser {
  readonly userPrincipalName: string;
  readonly mailNickname: string;
  readonly displayName: string;
  readonly employeeId: string;
  readonly usageLocation: string;
  readonly password: Secret;
}

const USER_FIELDS =
  'id,userPrincipalName,displayName,mail,employeeId,accountEnabled,assignedLicenses,provisionedPlans';

export function createClient(config: MicrosoftConfig, deps: AdapterDeps, token: MicrosoftToken) {
  const http = createHttp({
    name: NAME,
    baseUrl: `${config.graph_url}/v1.0`,
    clock: deps.clock,
    timeoutMs: config.timeout_ms,
    headers: async () => ({ authorization: await token.header() }),
    explain: explainGraph,
  });
  return { ...userCalls(http), ...licenseCalls(http), ...mailCalls(http) };
}

function userCalls(http: Http) {
  const $select = USER_FIELDS;
  return {
    findUser: (id: string): Promise<GraphUser | undefined> =>
      orUndefined(
        http.send({
          method: 'GET',
          path: path`/users/${id}`,
          query: { $select },
          schema: userSchema,
        }),
      ),
    /** Whoever has it as main address, whatever it signs in with. */
    async findByMail(address: string): Promise<GraphUser | undefined> {
      const query = { $select, $filter: `mail eq '${address.replaceAll("'", "''")}'` };
      const { value } = await http.send({
        method: 'GET',
        path: '/users',
        query,
        schema: usersSchema,
      });
      return value[0];
    },
    async addUser({ password, ...user }: NewUser): Promise<void> {
      const passwordProfile = { password: password.reveal(), forceChangePasswordNextSignIn: false };
      // Mail arrives all the same, and nobody can sign in as it.
      const body = { ...user, accountEnabled: false, passwordProfile };
      await http.send({
        method: 'POST',
        path: '/users',
        body,
        schema: z.object({ id: z.string() }),
      });
    },
    async removeUser(id: string): Promise<void> {
      const call = path`/users/${id}`;
      await orUndefined(http.send({ method: 'DELETE', path: call, schema: z.unknown() }));
    },
  };
}

function licenseCalls(http: Http) {
  return {
    async assignLicense(id: string, skuId: string): Promise<void> {
      const body = { addLicenses: [{ skuId, disabledPlans: [] }], removeLicenses: [] };
      const call = path`/users/${id}/assignLicense`;
      await http.send({ method: 'POST', path: call, body, schema: z.unknown() });
    },
    async findSku(partNumber: string): Promise<Sku | undefined> {
      const { value } = await http.send({
        method: 'GET',
        path: '/subscribedSkus',
        schema: skusSchema,
      });
      return value.find(({ skuPartNumber }) => skuPartNumber === partNumber);
    },
  };
}

function mailCalls(http: Http) {
  return {
    /** May the app look into this mailbox, and is there one? */
    async openInbox(id: string): Promise<void> {
      const call = path`/users/${id}/mailFolders/inbox`;
      await http.send({ method: 'GET', path: call, query: { $select: 'id' }, schema: z.unknown() });
    },
    async newestMessages(mailbox: string, since: Date, count: number) {
      const { value } = await http.send({
        method: 'GET',
        path: path`/users/${mailbox}/messages`,
        query: {
          $select: 'receivedDateTime,internetMessageHeaders',
          $filter: `receivedDateTime ge ${since.toISOString()}`,
          $orderby: 'receivedDateTime desc',
          $top: count,
        },
        schema: messagesSchema,
      });
      return value;
    },
  };
}

async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}
