import { z } from 'zod';

import type { Routes, SandboxAnswer, SandboxRequest } from '../sandbox/kit/server.ts';
import { MANAGE_INVITES } from './sandbox-workspace.ts';
import type { SandboxUser, Workspace } from './sandbox-workspace.ts';

type Row = Readonly<Record<string, unknown>>;

const CORE = '/v3/customer/core';

/** Authentication, permission per object and Django's slash, in the order Flow checks them. */
export function guard(
  workspace: Workspace,
  isLimited: () => boolean,
): (request: SandboxRequest) => SandboxAnswer | undefined {
  return (request) => {
    if (isLimited()) return refused(429, 'Request was throttled.', { 'retry-after': '30' });
    if (!request.path.endsWith('/')) {
      return { status: 301, headers: { location: `${request.path}/` } };
    }
    const user = keyOwner(workspace, request);
    if (user === undefined) {
      return refused(401, 'Invalid token.', { 'www-authenticate': 'Bearer' });
    }
    const object = request.path.slice(CORE.length + 1).split('/')[0] ?? '';
    const { api, rights } = workspace.rightsOf(user);
    const may = object === 'org_invites' ? rights.has(MANAGE_INVITES) : api.has(object);
    return may ? undefined : refused(403, 'You do not have permission to perform this action.');
  };
}

export function routes(workspace: Workspace, inviteCall: () => boolean): Routes {
  const list = (object: string, rows: (request: SandboxRequest) => Row[]): Routes => ({
    [`GET ${CORE}/${object}/`]: (request) => page(request, rows(request)),
  });
  return {
    ...list('users', (request) => workspace.users.filter(userFilter(request.query)).map(userRow)),
    ...list('teams', () => []),
    ...list('team_membership', () => []),
    ...list('repos', () => repoRows(workspace)),
    ...list('integrations', () => integrationRows(workspace)),
    [`GET ${CORE}/integrations/:id/connection_status/`]: ({ params }) =>
      connectionStatus(workspace, Number(params['id'])),
    [`POST ${CORE}/org_invites/`]: (request) =>
      inviteCall()
        ? acceptInvite(workspace, request.body)
        : refused(405, 'Method "POST" not allowed.'),
  };
}

function keyOwner(workspace: Workspace, request: SandboxRequest): SandboxUser | undefined {
  const key = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  const owner = workspace.keys.get(key);
  return workspace.users.find((user) => user.id === owner);
}

const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
  fields: z.string().optional(),
});

/** Django REST Framework's limit/offset envelope, with `fields=` trimming. */
function page(request: SandboxRequest, rows: readonly Row[]): SandboxAnswer {
  const query = pageQuery.safeParse(Object.fromEntries(request.query));
  if (!query.success) return refused(400, 'Invalid page.');
  const { limit, offset, fields } = query.data;
  const wanted = fields?.split(',');
  const results = rows
    .slice(offset, offset + limit)
    .map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => wanted?.includes(key) ?? true)),
    );
  const link = (start: number) => `http://sandbox${request.path}?limit=${limit}&offset=${start}`;
  return {
    status: 200,
    body: {
      count: rows.length,
      next: offset + limit < rows.length ? link(offset + limit) : null,
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
      results,
    },
  };
}

function userFilter(query: URLSearchParams): (user: SandboxUser) => boolean {
  const email = query.get('email');
  const part = query.get('email__icontains')?.toLowerCase() ?? '';
  return (user) =>
    (email === null || user.email === email) &&
    user.email.toLowerCase().includes(part) &&
    isFlag(query, 'has_login', user.hasLogin) &&
    isFlag(query, 'pending_invitation', user.pendingInvitation) &&
    isFlag(query, 'hidden_from_reports', user.hiddenFromReports);
}

function isFlag(query: URLSearchParams, name: string, value: boolean): boolean {
  const wanted = query.get(name);
  return wanted === null || (wanted.toLowerCase() === 'true') === value;
}

function userRow(user: SandboxUser): Row {
  return {
    id: user.id,
    name: user.email,
    email: user.email,
    hidden_from_reports: user.hiddenFromReports,
    has_login: user.hasLogin,
    pending_invitation: user.pendingInvitation,
  };
}

function integrationRows(workspace: Workspace): Row[] {
  return workspace.integrations.map((each) => ({
    id: each.id,
    name: each.name,
    vendor_type: each.vendorType,
    auth_type: 'token',
    username: each.username,
    enabled_source_types: each.sourceTypes,
  }));
}

function repoRows(workspace: Workspace): Row[] {
  return workspace.repos.map((repo) => ({
    id: repo.id,
    name: repo.name,
    integration_id: repo.integrationId,
    blocked: repo.blocked,
    fetches_failing_since: repo.failingSince,
    last_fetch_failure_reason: repo.failingSince === null ? null : 'Authentication failed',
  }));
}

/** A new integration is Processing when it is first asked about, and Healthy the next time. */
function connectionStatus(workspace: Workspace, id: number): SandboxAnswer {
  const integration = workspace.integrations.find((each) => each.id === id);
  if (integration === undefined) return refused(404, 'Not found.');
  const { status } = integration;
  if (status === 'Processing') {
    integration.asked += 1;
    if (integration.asked > 1) integration.status = 'Healthy';
  }
  return { status: 200, body: { integration_id: id, status: integration.status } };
}

const inviteBody = z.strictObject({
  emails: z.array(z.email()).nonempty(),
  roles: z.array(z.string()).nonempty(),
});

function acceptInvite(workspace: Workspace, body: unknown): SandboxAnswer {
  const parsed = inviteBody.safeParse(body);
  if (!parsed.success) {
    return { status: 400, body: { emails: ['This field is required.'] } };
  }
  for (const email of parsed.data.emails) {
    const user = workspace.user(email);
    if (user?.hasLogin === true || user?.pendingInvitation === true) {
      return { status: 400, body: { emails: [`${email} has already been invited.`] } };
    }
    workspace.invite(email, parsed.data.roles);
  }
  return { status: 201, body: { invited: parsed.data.emails.length } };
}

function refused(
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): SandboxAnswer {
  return { status, body: { detail }, headers };
}
