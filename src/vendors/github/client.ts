import { z } from 'zod';

import { ownCredentials } from '../../lib/github-app.ts';
import type { GitHubAuth } from '../../lib/github-app.ts';
import { openGitHubClient } from '../../lib/github-client.ts';
import { connect, parse } from '../../lib/github-connection.ts';
import type { ConnectionOptions } from '../../lib/github-connection.ts';
import { failedInvitationSchema, invitationSchema } from './schema.ts';
import type { FailedInvitation } from './schema.ts';

const PAGE = 100;

export type OwnClient = ReturnType<typeof openClient>;

/** The calls our own credential makes; only GitHub.com has invitations of their own. */
export function openClient(options: ConnectionOptions, auth: GitHubAuth, org: string) {
  const credentials = ownCredentials(options, auth);
  const octokit = connect(options, credentials);
  return {
    ...openGitHubClient(options, credentials, org),
    async invite(inviteeId: string, role: 'admin' | 'direct_member'): Promise<void> {
      const body = { org, invitee_id: Number(inviteeId), role };
      const { data } = await octokit.request('POST /orgs/{org}/invitations', body);
      parse(invitationSchema, data, options.name);
    },
    async failedInvitations(): Promise<FailedInvitation[]> {
      const query = { org, per_page: PAGE };
      const rows = await octokit.paginate('GET /orgs/{org}/failed_invitations', query);
      return parse(z.array(failedInvitationSchema), rows, options.name);
    },
  };
}
