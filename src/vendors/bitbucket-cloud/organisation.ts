import { z } from 'zod';

import { accountTokens, openOrganisationHttp } from '../../lib/atlassian-organisation.ts';
import { path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { orUndefined } from './client.ts';
import { directoriesSchema, foundUsersSchema } from './schema.ts';
import type { BitbucketConfig, DirectoryUser, OrganisationConfig } from './schema.ts';

export type Organisation = ReturnType<typeof openOrganisation>;

/** All directories that the key may see. */
const ANY_DIRECTORY = '-';
const NOTHING = z.unknown();

/** Atlassian's administration of people and their tokens. */
export function openOrganisation(
  organisation: OrganisationConfig,
  { timeout_ms: timeoutMs }: BitbucketConfig,
  deps: VendorDeps,
) {
  const http = openOrganisationHttp({
    name: deps.connectionName,
    baseUrl: organisation.base_url,
    key: organisation.api_key,
    clock: deps.clock,
    timeoutMs,
  });
  return { ...directoryCalls(http, organisation.id), ...accountTokens(http) };
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
