import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import { explainGoogle, NAME } from './explain.ts';
import {
  aliasesSchema,
  groupSchema,
  membersSchema,
  messageSchema,
  messagesSchema,
  settingsSchema,
  userSchema,
} from './schema.ts';
import type { GoogleConfig } from './schema.ts';
import { SCOPE } from './scopes.ts';
import type { GoogleTokens } from './token.ts';

export type GoogleClient = ReturnType<typeof createClient>;
export type GoogleUser = z.output<typeof userSchema>;
export type GoogleGroup = z.output<typeof groupSchema>;
export type GroupSettings = z.output<typeof settingsSchema>;

const LAST_PAGE = 20;

/** Each group of calls has its own scope, and with it its own token. */
export function createClient(config: GoogleConfig, deps: AdapterDeps, tokens: GoogleTokens) {
  const connect = (baseUrl: string, scope: string, subject: string): Http =>
    createHttp({
      name: NAME,
      baseUrl,
      clock: deps.clock,
      timeoutMs: config.timeout_ms,
      headers: async () => ({ authorization: await tokens.header(scope, subject) }),
      explain: explainGoogle(deps.clock),
    });
  const directory = (scope: string) =>
    connect(`${config.directory_url}/admin/directory/v1`, scope, config.admin);
  return {
    ...userCalls(directory(SCOPE.users)),
    ...aliasCalls(directory(SCOPE.aliases)),
    ...groupCalls(directory(SCOPE.groups)),
    ...settingCalls(connect(`${config.settings_url}/groups/v1`, SCOPE.settings, config.admin)),
    ...gmailCalls((mailbox) => connect(`${config.gmail_url}/gmail/v1`, SCOPE.gmail, mailbox)),
  };
}

export interface NewUser {
  readonly primaryEmail: string;
  readonly name: { readonly givenName: string; readonly familyName: string };
  readonly password: Secret;
  readonly orgUnitPath: string;
  readonly externalIds: readonly object[];
}

function userCalls(http: Http) {
  return {
    /** By any address of a user, also by an alias. */
    findUser: (address: string): Promise<GoogleUser | undefined> =>
      orUndefined(http.send({ method: 'GET', path: path`/users/${address}`, schema: userSchema })),
    async addUser({ password, ...user }: NewUser): Promise<void> {
      const body = { ...user, password: password.reveal(), changePasswordAtNextLogin: false };
      await http.send({
        method: 'POST',
        path: '/users',
        body,
        schema: z.object({ id: z.string() }),
      });
    },
    removeUser: (id: string) => remove(http, path`/users/${id}`),
  };
}

function aliasCalls(http: Http) {
  return {
    async aliases(user: string): Promise<string[]> {
      const call = path`/users/${user}/aliases`;
      const { aliases } = await http.send({ method: 'GET', path: call, schema: aliasesSchema });
      return aliases.map(({ alias }) => alias.toLowerCase());
    },
    async addAlias(user: string, alias: string): Promise<void> {
      const call = path`/users/${user}/aliases`;
      await http.send({ method: 'POST', path: call, body: { alias }, schema: z.unknown() });
    },
    removeAlias: (user: string, alias: string) =>
      remove(http, path`/users/${user}/aliases/${alias}`),
  };
}

function groupCalls(http: Http) {
  return {
    findGroup: (address: string): Promise<GoogleGroup | undefined> =>
      orUndefined(
        http.send({ method: 'GET', path: path`/groups/${address}`, schema: groupSchema }),
      ),
    async addGroup(body: Omit<GoogleGroup, 'id'> & { readonly name: string }): Promise<void> {
      await http.send({
        method: 'POST',
        path: '/groups',
        body,
        schema: z.object({ id: z.string() }),
      });
    },
    removeGroup: (id: string) => remove(http, path`/groups/${id}`),
    /** Undefined while a new group is not known everywhere yet. */
    async findMembers(id: string): Promise<string[] | undefined> {
      const found: string[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const call = path`/groups/${id}/members`;
        const answer = await orUndefined(
          http.send({ method: 'GET', path: call, query: { pageToken }, schema: membersSchema }),
        );
        if (answer === undefined) return undefined;
        found.push(...answer.members.map(({ email }) => email.toLowerCase()));
        pageToken = answer.nextPageToken;
        if (pageToken === undefined) break;
      }
      return found;
    },
    async addMember(id: string, email: string): Promise<void> {
      const call = path`/groups/${id}/members`;
      const body = { email, role: 'MEMBER' };
      await http.send({ method: 'POST', path: call, body, schema: z.unknown() });
    },
  };
}

function settingCalls(http: Http) {
  // This API speaks Atom unless it is asked for JSON.
  const query = { alt: 'json' };
  return {
    findSettings: (address: string): Promise<GroupSettings | undefined> =>
      orUndefined(
        http.send({ method: 'GET', path: path`/groups/${address}`, query, schema: settingsSchema }),
      ),
    async changeSettings(address: string, body: GroupSettings): Promise<void> {
      const call = path`/groups/${address}`;
      await http.send({ method: 'PATCH', path: call, query, body, schema: z.unknown() });
    },
  };
}

function gmailCalls(connect: (mailbox: string) => Http) {
  return {
    async newestMessages(mailbox: string, count: number): Promise<string[]> {
      // Searching (q) would need a scope that also reads the contents of mails.
      const { messages } = await connect(mailbox).send({
        method: 'GET',
        path: '/users/me/messages',
        query: { maxResults: count, includeSpamTrash: true },
        schema: messagesSchema,
      });
      return messages.map(({ id }) => id);
    },
    message: (mailbox: string, id: string) =>
      orUndefined(
        connect(mailbox).send({
          method: 'GET',
          path: path`/users/me/messages/${id}`,
          query: { format: 'metadata', fields: 'internalDate,payload/headers' },
          schema: messageSchema,
        }),
      ),
  };
}

async function remove(http: Http, call: string): Promise<void> {
  await orUndefined(http.send({ method: 'DELETE', path: call, schema: z.unknown() }));
}

async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}
