import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { openGitHubClient, unlessMissing } from '../../lib/github-client.ts';
import { bearer, connect, parse } from '../../lib/github-connection.ts';
import type { ConnectionOptions } from '../../lib/github-connection.ts';
import { membershipSchema } from '../../lib/github-schema.ts';
import type { Membership } from '../../lib/github-schema.ts';
import {
  authorizationSchema,
  createdUserSchema,
  emailsSchema,
  licenceSchema,
  listedTokenSchema,
} from './schema.ts';
import type { ListedToken } from './schema.ts';

const PAGE = 100;

export interface Impersonation {
  readonly id: string;
  readonly secret: Secret;
  readonly expiresAt: string | null;
}

export type AdminClient = ReturnType<typeof openAdminClient>;
export type AccountClient = ReturnType<typeof openAccountClient>;

/** The organisation's calls and those that only site administrators may make. */
export function openAdminClient(options: ConnectionOptions, token: Secret, org: string) {
  const octokit = connect(options, bearer(token));
  return {
    ...openGitHubClient(options, bearer(token), org),
    async createUser(login: string, email: string): Promise<{ readonly login: string }> {
      const { data } = await octokit.request('POST /admin/users', { login, email });
      return parse(createdUserSchema, data, options.name);
    },
    async hasFreeSeat(): Promise<boolean> {
      const { data } = await octokit.request('GET /enterprise/settings/license');
      return Number(parse(licenceSchema, data, options.name).seats_available) !== 0;
    },
    /** Undefined when there is one already: its value is shown to whoever made it, once. */
    async impersonate(
      username: string,
      scopes: readonly string[],
    ): Promise<Impersonation | undefined> {
      const body = { username, scopes };
      const answer = await octokit.request('POST /admin/users/{username}/authorizations', body);
      const status: number = answer.status;
      if (status !== 201) return undefined;
      const made = parse(authorizationSchema, answer.data, options.name);
      return {
        id: String(made.id),
        secret: new Secret(made.token),
        expiresAt: made.expires_at ?? null,
      };
    },
    async stopImpersonating(username: string): Promise<void> {
      const route = { username };
      await unlessMissing(() =>
        octokit.request('DELETE /admin/users/{username}/authorizations', route),
      );
    },
    async suspend(username: string, reason: string): Promise<void> {
      await octokit.request('PUT /users/{username}/suspended', { username, reason });
    },
    async personalTokens(): Promise<ListedToken[]> {
      const rows = await octokit.paginate('GET /admin/tokens', { per_page: PAGE });
      return parse(z.array(listedTokenSchema), rows, options.name);
    },
    async deletePersonalToken(id: number): Promise<void> {
      const route = { token_id: id };
      await unlessMissing(() => octokit.request('DELETE /admin/tokens/{token_id}', route));
    },
  };
}

/** What the app does as the account itself, by a short-lived impersonation. */
export function openAccountClient(options: ConnectionOptions, token: Secret, org: string) {
  const octokit = connect(options, bearer(token));
  return {
    async emails(): Promise<string[]> {
      const rows = await octokit.paginate('GET /user/emails', { per_page: PAGE });
      return parse(emailsSchema, rows, options.name).map(({ email }) => email);
    },
    async describe(profile: { readonly name?: string; readonly bio: string }): Promise<void> {
      await octokit.request('PATCH /user', profile);
    },
    async acceptMembership(): Promise<Membership> {
      const body = { org, state: 'active' } as const;
      const { data } = await octokit.request('PATCH /user/memberships/orgs/{org}', body);
      return parse(membershipSchema, data, options.name);
    },
  };
}
