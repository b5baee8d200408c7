import type { Secret } from '../../domain/secret.ts';
import { unlessMissing } from '../../lib/github-client.ts';
import { bearer, connect, parse } from '../../lib/github-connection.ts';
import type { ConnectionOptions } from '../../lib/github-connection.ts';
import { scimListSchema, scimUserSchema } from './schema.ts';
import type { ScimUser } from './schema.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const USERS = 'scim/v2/enterprises/{enterprise}/Users';
const headers = { accept: 'application/scim+json', 'content-type': 'application/scim+json' };

export interface ScimWish {
  readonly externalId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly address: string;
}

export type ScimClient = ReturnType<typeof openScimClient>;

/** Users as the enterprise's provisioning sees them. */
export function openScimClient(options: ConnectionOptions, token: Secret, enterprise: string) {
  const octokit = connect(options, bearer(token));
  return {
    /** By the mark that we gave it; what the filter lets through is looked at again. */
    async find(externalId: string): Promise<ScimUser | undefined> {
      const query = { enterprise, filter: `externalId eq "${externalId}"`, headers };
      const { data } = await octokit.request(`GET /${USERS}`, query);
      const { Resources: users } = parse(scimListSchema, data, options.name);
      return users.find((user) => user.externalId === externalId);
    },
    /** One request that shows whether we may look at users at all. */
    async probe(): Promise<void> {
      const query = { enterprise, count: 1, headers };
      parse(scimListSchema, (await octokit.request(`GET /${USERS}`, query)).data, options.name);
    },
    async create(wish: ScimWish): Promise<ScimUser> {
      const { data } = await octokit.request(`POST /${USERS}`, {
        enterprise,
        headers,
        schemas: [USER],
        externalId: wish.externalId,
        userName: wish.userName,
        active: true,
        displayName: wish.displayName,
        emails: [{ value: wish.address, type: 'work', primary: true }],
        roles: [{ value: 'user' }],
      });
      return parse(scimUserSchema, data, options.name);
    },
    /** Suspends: the username and the address become unreadable, what it made stays. */
    async deactivate(id: string): Promise<void> {
      await unlessMissing(() =>
        octokit.request(`PATCH /${USERS}/{scim_user_id}`, {
          enterprise,
          headers,
          scim_user_id: id,
          schemas: [PATCH],
          Operations: [{ op: 'replace', value: { active: false } }],
        }),
      );
    },
  };
}
