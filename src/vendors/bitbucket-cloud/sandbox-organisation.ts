import { z } from 'zod';

import { parse, withKey } from './sandbox-guard.ts';
import type { Answer, Call, Routes, World } from './sandbox-guard.ts';
import { Refusal, invite, removeUser } from './sandbox-state.ts';
import type { BitbucketState, SandboxUser } from './sandbox-state.ts';

const search = z.strictObject({ emails: z.array(z.email()).min(1) });
const invitation = z.strictObject({
  emails: z.array(z.email()).min(1),
  permissionRules: z.array(
    z.strictObject({
      resource: z.string(),
      role: z.enum(['atlassian/user', 'atlassian/admin', 'atlassian/guest']),
    }),
  ),
  sendNotification: z.boolean(),
  notificationText: z.string(),
});

/** Atlassian's organisation and user management, as far as its API key reaches. */
export function organisationRoutes(world: World): Routes {
  return { ...directoryRoutes(world), ...tokenRoutes(world) };
}

function directoryRoutes(world: World): Routes {
  const { state } = world;
  const at = '/admin/v2/orgs/:organisation';
  return {
    [`POST ${at}/directories/-/users/search`]: ours(world, (call) => {
      const { emails } = parse(search, call.body);
      const found = state.users.filter((user) => user.inDirectory && emails.includes(user.email));
      return { status: 200, body: { data: found.map(directoryView), links: { self: '' } } };
    }),
    [`POST ${at}/users/invite`]: ours(world, (call) => {
      const { emails, permissionRules } = parse(invitation, call.body);
      const wanted = `ari:cloud:bitbucket::${state.workspace.uuid.slice(1, -1)}`;
      if (permissionRules.some(({ resource }) => resource !== wanted)) {
        throw new Refusal(400, 'Unknown resource');
      }
      const data = emails.map((email) => ({ id: invite(state, email).accountId, email }));
      return { status: 200, body: { data } };
    }),
    [`GET ${at}/directories`]: ours(world, (call) => {
      const id = call.query.get('accountId');
      const isIn =
        id === null || state.users.some((one) => one.accountId === id && one.inDirectory);
      const data = isIn ? [{ directoryId: state.directory, name: 'Acme' }] : [];
      return { status: 200, body: { data, links: { self: '' } } };
    }),
    [`DELETE ${at}/directories/:directory/users/:user`]: ours(world, (call) => {
      const user = userOf(state, call);
      if (call.params['directory'] !== state.directory || !user.inDirectory) {
        throw new Refusal(404, 'Not found');
      }
      removeUser(state, user);
      return { status: 204 };
    }),
  };
}

function tokenRoutes(world: World): Routes {
  const { state } = world;
  const at = '/users/:user/manage/api-tokens';
  return {
    [`GET ${at}`]: withKey(world, (call) => {
      const tokens = tokensOf(state, managed(state, call));
      const body = tokens.map(({ id, label, expiresAt }) => ({
        id,
        label,
        createdAt: '2026-11-01T00:00:00.000Z',
        expiry: expiresAt,
      }));
      return { status: 200, body };
    }),
    [`DELETE ${at}/:token`]: withKey(world, (call) => {
      const tokens = tokensOf(state, managed(state, call));
      const token = tokens.find(({ id }) => id === call.params['token']);
      if (token === undefined) throw new Refusal(404, 'Not found');
      token.revoked = true;
      return { status: 204 };
    }),
  };
}

function ours(world: World, handle: (call: Call) => Answer): (call: Call) => Answer {
  return withKey(world, (call) => {
    if (call.params['organisation'] === world.state.organisation) return handle(call);
    throw new Refusal(404, 'No such organization');
  });
}

function userOf(state: BitbucketState, call: Call): SandboxUser {
  const user = state.users.find(({ accountId }) => accountId === call.params['user']);
  if (user !== undefined) return user;
  throw new Refusal(404, 'Not found');
}

function managed(state: BitbucketState, call: Call): SandboxUser {
  const user = userOf(state, call);
  if (user.managed) return user;
  throw new Refusal(403, 'The account is not managed by this organization.');
}

function tokensOf(state: BitbucketState, user: SandboxUser) {
  return state.tokens.filter((token) => token.accountId === user.accountId && !token.revoked);
}

function directoryView(user: SandboxUser): unknown {
  return {
    accountId: user.accountId,
    email: user.email,
    name: user.displayName,
    emailVerified: user.signedUp,
    claimStatus: user.managed ? 'managed' : 'unmanaged',
  };
}
