import type { Octokit } from '@octokit/rest';
import { z } from 'zod';

import { hasCode } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { bearer, connect, parse } from './github-connection.ts';
import type { ConnectionOptions, Credentials } from './github-connection.ts';
import { list } from './github-explain.ts';
import {
  foundRepositoriesSchema,
  grantSchema,
  membershipSchema,
  organisationSchema,
  permissionSchema,
  repositorySchema,
  userSchema,
} from './github-schema.ts';
import type { GitHubUser, Grant, Membership, Organisation, Repository } from './github-schema.ts';

const PAGE = 100;

/** Who a token speaks for, and what its headers tell of it. */
export interface Whoami {
  readonly user: GitHubUser;
  /** Null for a fine-grained token: GitHub lists scopes of classic ones only. */
  readonly scopes: readonly string[] | null;
  readonly expiresAt: string | null;
}

export interface RepositoryRef {
  readonly owner: string;
  readonly repo: string;
}

export type GrantList = 'personal-access-tokens' | 'personal-access-token-requests';

export type GitHubClient = ReturnType<typeof createClient>;

/** The organisation's part of GitHub's API, spoken with the given credential. */
export function openGitHubClient(
  options: ConnectionOptions,
  credentials: Credentials,
  org: string,
) {
  return createClient(connect(options, credentials), options.name, org);
}

/** The same calls made with somebody else's token, to see what it can do. */
export function openClientAs(options: ConnectionOptions, token: Secret, org: string) {
  return openGitHubClient(options, bearer(token), org);
}

function createClient(octokit: Octokit, name: string, org: string) {
  const read = <T>(schema: z.ZodType<T>, data: unknown) => parse(schema, data, name);
  return {
    ...people(octokit, read, org),
    ...repositories(octokit, read, org),
    ...probes(octokit, org),
    ...tokens(octokit, read, org),
  };
}

type Read = <T>(schema: z.ZodType<T>, data: unknown) => T;

function people(octokit: Octokit, read: Read, org: string) {
  return {
    async whoami(): Promise<Whoami> {
      const { data, headers } = await octokit.request('GET /user');
      const scopes = headers['x-oauth-scopes'];
      return {
        user: read(userSchema, data),
        scopes: typeof scopes === 'string' ? list(scopes) : null,
        expiresAt: expiry(headers['github-authentication-token-expiration']),
      };
    },
    findUser: (username: string): Promise<GitHubUser | undefined> =>
      unlessMissing(async () =>
        read(userSchema, (await octokit.request('GET /users/{username}', { username })).data),
      ),
    /** Logins change hands; ids do not. */
    findUserById: (id: string): Promise<GitHubUser | undefined> =>
      unlessMissing(async () => {
        const route = { account_id: Number(id) };
        return read(userSchema, (await octokit.request('GET /user/{account_id}', route)).data);
      }),
    findMembership: (username: string): Promise<Membership | undefined> =>
      unlessMissing(async () => {
        const route = { org, username };
        const { data } = await octokit.request('GET /orgs/{org}/memberships/{username}', route);
        return read(membershipSchema, data);
      }),
    async ownMembership(): Promise<Membership> {
      const { data } = await octokit.request('GET /user/memberships/orgs/{org}', { org });
      return read(membershipSchema, data);
    },
    async setRole(username: string, role: 'admin' | 'member'): Promise<void> {
      const body = { org, username, role };
      const { data } = await octokit.request('PUT /orgs/{org}/memberships/{username}', body);
      read(membershipSchema, data);
    },
    /** Also takes back an invitation that is still open. */
    async removeMember(username: string): Promise<void> {
      const route = { org, username };
      await unlessMissing(() =>
        octokit.request('DELETE /orgs/{org}/memberships/{username}', route),
      );
    },
  };
}

function repositories(octokit: Octokit, read: Read, org: string) {
  return {
    async organisation(): Promise<Organisation> {
      const { data } = await octokit.request('GET /orgs/{org}', { org });
      return read(organisationSchema, data);
    },
    findRepository: ({ owner, repo }: RepositoryRef): Promise<Repository | undefined> =>
      unlessMissing(async () => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}', { owner, repo });
        return read(repositorySchema, data);
      }),
    async needRepository({ owner, repo }: RepositoryRef): Promise<void> {
      await octokit.request('GET /repos/{owner}/{repo}', { owner, repo });
    },
    /** Every repository of the organisation that the credential can see. */
    async allRepositories(): Promise<Repository[]> {
      const query = { org, per_page: PAGE };
      return read(
        z.array(repositorySchema),
        await octokit.paginate('GET /orgs/{org}/repos', query),
      );
    },
    async latestRepositories(): Promise<Repository[]> {
      const query = { org, per_page: PAGE, sort: 'pushed' } as const;
      const { data } = await octokit.request('GET /orgs/{org}/repos', query);
      return read(z.array(repositorySchema), data);
    },
    async searchRepositories(words: string): Promise<Repository[]> {
      const query = { q: `${words} in:name org:${org}`, per_page: PAGE };
      const { data } = await octokit.request('GET /search/repositories', query);
      return read(foundRepositoriesSchema, data).items;
    },
    /** Effective role, whatever it comes from; undefined when the repository is not there. */
    findRole: ({ owner, repo }: RepositoryRef, username: string): Promise<string | undefined> =>
      unlessMissing(async () => {
        const route = { owner, repo, username };
        const { data } = await octokit.request(
          'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
          route,
        );
        return read(permissionSchema, data).role_name;
      }),
    async addCollaborator(
      { owner, repo }: RepositoryRef,
      username: string,
      permission: 'pull' | 'push',
    ): Promise<void> {
      const body = { owner, repo, username, permission };
      await octokit.request('PUT /repos/{owner}/{repo}/collaborators/{username}', body);
    },
    async removeCollaborator({ owner, repo }: RepositoryRef, username: string): Promise<void> {
      const route = { owner, repo, username };
      await unlessMissing(() =>
        octokit.request('DELETE /repos/{owner}/{repo}/collaborators/{username}', route),
      );
    },
  };
}

/** Reading one thing tells whether a permission is there; each throws when it is not. */
function probes(octokit: Octokit, org: string) {
  return {
    async probe(what: 'contents' | 'issues' | 'pulls', { owner, repo }: RepositoryRef) {
      const routes = {
        contents: 'GET /repos/{owner}/{repo}/branches',
        issues: 'GET /repos/{owner}/{repo}/issues',
        pulls: 'GET /repos/{owner}/{repo}/pulls',
      } as const;
      await octokit.request(routes[what], { owner, repo, per_page: 1 });
    },
    async probeSecrets({ owner, repo }: RepositoryRef): Promise<void> {
      const route = { owner, repo, per_page: 1 };
      await octokit.request('GET /repos/{owner}/{repo}/actions/secrets', route);
    },
    /** Teams and members are one permission; members alone are listed, if public, without it. */
    async probeMembers(): Promise<void> {
      await octokit.request('GET /orgs/{org}/teams', { org, per_page: 1 });
    },
    async probeHooks(): Promise<void> {
      await octokit.request('GET /orgs/{org}/hooks', { org, per_page: 1 });
    },
  };
}

function tokens(octokit: Octokit, read: Read, org: string) {
  return {
    async grants(kind: GrantList, owner: string): Promise<Grant[]> {
      const query = { org, owner: [owner], per_page: PAGE };
      const rows =
        kind === 'personal-access-tokens'
          ? await octokit.paginate('GET /orgs/{org}/personal-access-tokens', query)
          : await octokit.paginate('GET /orgs/{org}/personal-access-token-requests', query);
      return read(z.array(grantSchema), rows);
    },
    async grantRepositories(kind: GrantList, id: number): Promise<Repository[]> {
      const rows =
        kind === 'personal-access-tokens'
          ? await octokit.paginate('GET /orgs/{org}/personal-access-tokens/{pat_id}/repositories', {
              org,
              pat_id: id,
              per_page: PAGE,
            })
          : await octokit.paginate(
              'GET /orgs/{org}/personal-access-token-requests/{pat_request_id}/repositories',
              { org, pat_request_id: id, per_page: PAGE },
            );
      return read(z.array(repositorySchema), rows);
    },
    async review(id: number, action: 'approve' | 'deny', reason: string): Promise<void> {
      const body = { org, pat_request_id: id, action, reason };
      const route = 'POST /orgs/{org}/personal-access-token-requests/{pat_request_id}';
      await octokit.request(route, body);
    },
  };
}

/** Undefined when GitHub says that the thing is not there. */
export async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

/** "2027-03-07 10:00:00 UTC", as the header has it; null when the token never expires. */
function expiry(header: unknown): string | null {
  if (typeof header !== 'string') return null;
  const date = new Date(
    header
      .replace(' ', 'T')
      .replace(/ ?UTC$/, 'Z')
      .replace(/ (?=[+-])/, ''),
  );
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
