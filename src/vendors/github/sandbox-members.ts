import type { Clock } from '../../lib/clock.ts';
import { invalid, notFound } from './sandbox-gate.ts';
import type { Answer, Needs } from './sandbox-gate.ts';
import { fields, guarded, memberBody, page } from './sandbox-answers.ts';
import type { Asked, Handles } from './sandbox-answers.ts';
import type { SandboxInvitation, SandboxUser, SandboxWorld } from './sandbox-world.ts';

const READ: Needs = { permission: ['members', 'read'], scopes: ['read:org'] };
const WRITE: Needs = { permission: ['members', 'write'], scopes: ['admin:org'], owner: true };
const API = 'https://api.github.com';
const INVITABLE = ['admin', 'direct_member', 'billing_manager', 'reinstate'];

/** Members and invitations of the organisation. */
export function memberRoutes(world: SandboxWorld, clock: Clock): Handles {
  const { state } = world;
  return {
    'GET /orgs/:org': guarded(
      world,
      { permission: ['metadata', 'read'], scopes: ['read:org'] },
      (_request, caller) => ({
        status: 200,
        body: {
          login: world.org,
          default_repository_permission: state.basePermission,
          // Apps see the plan only with a permission that ours does not ask for.
          ...(caller.kind === 'token' ? { plan: planOf(world) } : {}),
        },
      }),
    ),
    'GET /orgs/:org/teams': guarded(world, READ, (request) => page(request, [])),
    'GET /orgs/:org/hooks': guarded(
      world,
      { permission: ['organization_hooks', 'read'], scopes: ['admin:org_hook'], owner: true },
      (request) => page(request, []),
    ),
    'GET /user/memberships/orgs/:org': guarded(world, READ, (_request, caller) =>
      caller.kind === 'token' ? membership(world, caller.user) : notFound(),
    ),
    'GET /orgs/:org/memberships/:login': guarded(world, READ, ({ params }) =>
      membership(world, world.findUser(params['login'] ?? '')),
    ),
    'PUT /orgs/:org/memberships/:login': guarded(world, WRITE, (request) =>
      setRole(world, clock, request),
    ),
    'DELETE /orgs/:org/memberships/:login': guarded(world, WRITE, (request) =>
      remove(world, request),
    ),
    'POST /orgs/:org/invitations': guarded(world, WRITE, (request) =>
      invite(world, clock, request),
    ),
    'GET /orgs/:org/invitations': guarded(
      world,
      { ...WRITE, permission: ['members', 'read'] },
      (request) =>
        page(
          request,
          state.invitations.map((one) => invitationBody(world, one)),
        ),
    ),
    'GET /orgs/:org/failed_invitations': guarded(
      world,
      { ...WRITE, permission: ['members', 'read'] },
      (request) =>
        page(
          request,
          state.failed.map((one) => ({
            ...invitationBody(world, one),
            failed_at: one.failedAt,
            failed_reason: one.reason,
          })),
        ),
    ),
  };
}

function planOf({ state }: SandboxWorld) {
  const filled = state.members.size + state.invitations.length;
  return { name: 'team', space: 0, private_repos: 0, seats: state.seats, filled_seats: filled };
}

function membership(world: SandboxWorld, user: SandboxUser | undefined): Answer {
  const { members, invitations } = world.state;
  const role = user === undefined ? undefined : members.get(user.id);
  const open = invitations.find((one) => one.userId === user?.id);
  if (user === undefined || (role === undefined && open === undefined)) return notFound();
  return {
    status: 200,
    body: {
      url: `${API}/orgs/${world.org}/memberships/${user.login}`,
      organization_url: `${API}/orgs/${world.org}`,
      organization: { login: world.org },
      user: memberBody(user),
      state: role === undefined ? 'pending' : 'active',
      role: role ?? (open?.role === 'admin' ? 'admin' : 'member'),
    },
  };
}

function invite(world: SandboxWorld, clock: Clock, { body }: Asked): Answer {
  const wish = fields(body, ['invitee_id', 'email', 'role', 'team_ids']);
  const role = wish?.['role'] ?? 'direct_member';
  if (typeof role !== 'string' || !INVITABLE.includes(role)) return invalid();
  const user = world.state.users.find((one) => one.id === wish?.['invitee_id']);
  if (user === undefined) return notFound();
  const there = world.state.invitations.some((one) => one.userId === user.id);
  if (there || world.state.members.has(user.id)) return invalid();
  if (planOf(world).filled_seats >= world.state.seats) return invalid();
  if (world.state.invitationsLeft === 0) return invalid('Over invitation rate limit');
  world.state.invitationsLeft -= 1;
  const invitation: SandboxInvitation = {
    id: world.nextId(),
    userId: user.id,
    role: role === 'admin' ? 'admin' : 'direct_member',
    createdAt: clock.now().toISOString(),
  };
  world.state.invitations.push(invitation);
  return { status: 201, body: invitationBody(world, invitation) };
}

function setRole(world: SandboxWorld, clock: Clock, request: Asked): Answer {
  const role = fields(request.body, ['role'])?.['role'] ?? 'member';
  if (role !== 'admin' && role !== 'member') return invalid();
  const user = world.findUser(request.params['login'] ?? '');
  if (user === undefined) return notFound();
  if (world.state.members.has(user.id)) world.state.members.set(user.id, role);
  else {
    const wish = { invitee_id: user.id, role: role === 'admin' ? 'admin' : 'direct_member' };
    const invited = invite(world, clock, { ...request, body: wish });
    if (invited.status !== 201) return invited;
  }
  return membership(world, user);
}

function remove(world: SandboxWorld, { params }: Asked): Answer {
  const { members, invitations } = world.state;
  const user = world.findUser(params['login'] ?? '');
  const open = invitations.find((one) => one.userId === user?.id);
  if (user === undefined || (!members.has(user.id) && open === undefined)) return notFound();
  members.delete(user.id);
  if (open !== undefined) invitations.splice(invitations.indexOf(open), 1);
  return { status: 204 };
}

function invitationBody(world: SandboxWorld, one: SandboxInvitation) {
  const user = world.state.users.find(({ id }) => id === one.userId);
  return {
    id: one.id,
    login: user?.login ?? null,
    email: null,
    role: one.role,
    created_at: one.createdAt,
    team_count: 0,
    invitation_teams_url: `${API}/organizations/1/invitations/${one.id}/teams`,
    node_id: `OI_${one.id}`,
    inviter: { login: 'acme-owner' },
  };
}
