import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { orUndefined } from './client.ts';
import { accountTokensSchema, directoriesSchema, foundUsersSchema } from './schema.ts';
import type { AccountToken, BitbucketConfig, DirectoryUser, OrganisationConfig } from './schema.ts';

export type Organisation = ReturnType<typeof openOrganisation>;

/** All directories that the key may see. */
const ANY_DIRECTORY = '-';
const NOTHING = z.unknown();

/**
 * Atlassian's administration of people and their tokens. Its call that revokes tokens in bulk ends
 * every token of the organisation and is never used:
 * https://developer.atlassian.com/cloud/admin/api-access/rest/api-group-api-token/
 */
export function openOrganisation(
  organisation: OrganisationConfig,
  { timeout_ms: timeoutMs }: BitbucketConfig,
  deps: VendorDeps,
) {
  const http = createHttp({
    name: deps.connectionName,
    baseUrl: organisation.base_url,
    clock: deps.clock,
    headers: () => ({ authorization: `Bearer ${organisation.api_key.reveal()}` }),
    explain: (answer) => explain(deps.connectionName, answer),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return { ...directoryCalls(http, organisation.id), ...tokenCalls(http) };
}

function directoryCalls(http: Http, id: string) {
  const directories = path`/admin/v2/orgs/${id}/directories`;
  return {
    async findUser(address: string): Promise<DirectoryUser | undefined> {
      const { data } = await http.send({
        method: 'POST',
        path: `${directories}/${ANY_DIRECTORY}/users/search`,
        body: { emails: [address] },
        schema: foundUsersSchema,
      });
      return data.find((user) => user.email?.toLowerCase() === address.toLowerCase());
    },
    invite: (address: string, resource: string, notificationText: string) =>
      http.send({
        method: 'POST',
        path: path`/admin/v2/orgs/${id}/users/invite`,
        body: {
          emails: [address],
          permissionRules: [{ resource, role: 'atlassian/user' }],
          sendNotification: true,
          notificationText,
        },
        schema: NOTHING,
      }),
    /** Every directory, or those that the account is in. */
    async directories(accountId?: string): Promise<string[]> {
      const { data } = await http.send({
        method: 'GET',
        path: directories,
        query: { accountId },
        schema: directoriesSchema,
      });
      return data.map(({ directoryId }) => directoryId);
    },
    removeUser: (directoryId: string, accountId: string) =>
      orUndefined(
        http.send({
          method: 'DELETE',
          path: directories + path`/${directoryId}/users/${accountId}`,
          schema: NOTHING,
        }),
      ),
  };
}

/** https://developer.atlassian.com/cloud/admin/user-management/rest/api-group-api-tokens/ */
function tokenCalls(http: Http) {
  return {
    /** The account's tokens without their values; undefined when the organisation does not manage it. */
    async tokensOf(accountId: string): Promise<readonly AccountToken[] | undefined> {
      try {
        return await http.send({
          method: 'GET',
          path: path`/users/${accountId}/manage/api-tokens`,
          schema: accountTokensSchema,
        });
      } catch (error) {
        if (hasCode(error, 'not-found', 'missing-permission')) return undefined;
        throw error;
      }
    },
    deleteToken: (accountId: string, tokenId: string) =>
      orUndefined(
        http.send({
          method: 'DELETE',
          path: path`/users/${accountId}/manage/api-tokens/${tokenId}`,
          schema: NOTHING,
        }),
      ),
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
