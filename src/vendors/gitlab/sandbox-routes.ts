import {
  accountView,
  createServiceAccount,
  createToken,
  deleteServiceAccount,
  isAlive,
  tokenView,
} from './sandbox-accounts.ts';
import {
  addMembership,
  associationsOf,
  changeMembership,
  getMembership,
  groupView,
  projectView,
  removeMembership,
} from './sandbox-members.ts';
import { guarded, page } from './sandbox-guard.ts';
import type { Answer, Call, Handler, Routes, World } from './sandbox-guard.ts';
import { Refusal, effectiveLevel, findPlace, placesAbove } from './sandbox-state.ts';
import type { GitlabState, SandboxPlace, SandboxUser } from './sandbox-state.ts';

/** The calls of GitLab's API v4 that our adapter and its checks make. */
export function routesOf(world: World): Routes {
  return {
    ...selfRoutes(world),
    ...groupAccountRoutes(world),
    ...instanceAccountRoutes(world),
    ...placeRoutes(world, 'group', '/groups/:place'),
    ...placeRoutes(world, 'project', '/projects/:place'),
    ...searchRoutes(world),
  };
}

const READ = ['api', 'read_api'];
const WRITE = ['api'];

function selfRoutes(world: World): Routes {
  const { state, now } = world;
  return {
    'GET /personal_access_tokens/self': guarded(world, 'any', (_call, token) => ({
      status: 200,
      body: tokenView(token, now()),
    })),
    'DELETE /personal_access_tokens/self': guarded(world, 'any', (_call, token) => {
      token.revoked = true;
      return { status: 204 };
    }),
    'GET /personal_access_tokens/self/associations': guarded(world, 'any', (call, token) => {
      const minimum = Number(call.query.get('min_access_level') ?? 0);
      const all = associationsOf(state, token.userId, minimum);
      return {
        status: 200,
        body: { groups: page(call, all.groups), projects: page(call, all.projects) },
      };
    }),
    'GET /user': guarded(world, [...READ, 'read_user'], (_call, _token, user) => ({
      status: 200,
      body: {
        id: user.id,
        username: user.username,
        ...(user.isAdmin ? { is_admin: true } : {}),
      },
    })),
    'GET /metadata': guarded(world, [...READ, 'read_user'], () => ({
      status: 200,
      body: { version: state.version, revision: 'c0ffee', enterprise: true },
    })),
  };
}

/** The group, if the asker owns it and it is a top-level one. */
function ownedGroup({ state }: World, call: Call, user: SandboxUser): number {
  const group = findPlace(state, 'group', call.params['group'] ?? '');
  if (group.parentId !== null) throw new Refusal(404, { message: '404 Group Not Found' });
  if (effectiveLevel(state, group, user.id) < 50) {
    throw new Refusal(403, { message: '403 Forbidden' });
  }
  return group.id;
}

function administrator(user: SandboxUser): 'instance' {
  if (!user.isAdmin) throw new Refusal(403, { message: '403 Forbidden' });
  return 'instance';
}

function accountIn(state: GitlabState, call: Call, owner: number | 'instance'): SandboxUser {
  const id = Number(call.params['user']);
  const user = state.users.find((one) => one.id === id && one.serviceOf === owner);
  if (user !== undefined) return user;
  throw new Refusal(404, { message: '404 User Not Found' });
}

function groupAccountRoutes(world: World): Routes {
  const { state, now } = world;
  const accounts = '/groups/:group/service_accounts';
  const tokens = `${accounts}/:user/personal_access_tokens`;
  const account = (call: Call, user: SandboxUser): SandboxUser =>
    accountIn(state, call, ownedGroup(world, call, user));
  return {
    [`GET ${accounts}`]: guarded(world, READ, (call, _token, user) =>
      listAccounts(world, call, ownedGroup(world, call, user)),
    ),
    [`POST ${accounts}`]: guarded(world, WRITE, (call, _token, user) => {
      const made = createServiceAccount(state, ownedGroup(world, call, user), call.body);
      return { status: 201, body: accountView(made) };
    }),
    [`DELETE ${accounts}/:user`]: guarded(world, WRITE, (call, _token, user) => {
      deleteServiceAccount(state, account(call, user));
      return { status: 204 };
    }),
    [`GET ${tokens}`]: guarded(world, READ, (call, _token, user) =>
      listTokens(world, call, account(call, user).id),
    ),
    [`POST ${tokens}`]: guarded(world, WRITE, (call, _token, user) => {
      const made = createToken(state, account(call, user), call.body, now());
      return { status: 201, body: { ...tokenView(made, now()), token: made.value } };
    }),
    [`DELETE ${tokens}/:token`]: guarded(world, WRITE, (call, _token, user) =>
      revoke(state, call, account(call, user).id),
    ),
  };
}

function instanceAccountRoutes(world: World): Routes {
  const { state, now } = world;
  return {
    'GET /service_accounts': guarded(world, READ, (call, _token, user) =>
      listAccounts(world, call, administrator(user)),
    ),
    'POST /service_accounts': guarded(world, WRITE, (call, _token, user) => ({
      status: 201,
      body: accountView(createServiceAccount(state, administrator(user), call.body)),
    })),
    'DELETE /users/:user': guarded(world, WRITE, (call, _token, user) => {
      deleteServiceAccount(state, accountIn(state, call, administrator(user)));
      return { status: 204 };
    }),
    'POST /users/:user/personal_access_tokens': guarded(world, WRITE, (call, _token, user) => {
      const account = accountIn(state, call, administrator(user));
      const made = createToken(state, account, call.body, now());
      return { status: 201, body: { ...tokenView(made, now()), token: made.value } };
    }),
    'GET /personal_access_tokens': guarded(world, READ, (call, _token, user) => {
      administrator(user);
      return listTokens(world, call, Number(call.query.get('user_id')));
    }),
    'DELETE /personal_access_tokens/:token': guarded(world, WRITE, (call, _token, user) => {
      administrator(user);
      return revoke(state, call, null);
    }),
  };
}

function listAccounts({ state }: World, call: Call, owner: number | 'instance'): Answer {
  const accounts = state.users.filter((one) => one.serviceOf === owner);
  return { status: 200, body: page(call, accounts.map(accountView)) };
}

function listTokens({ state, now }: World, call: Call, userId: number): Answer {
  const search = call.query.get('search') ?? '';
  const tokens = state.tokens.filter(
    (token) =>
      token.userId === userId &&
      token.name.includes(search) &&
      (call.query.get('state') !== 'active' || isAlive(token, now())),
  );
  return {
    status: 200,
    body: page(
      call,
      tokens.map((token) => tokenView(token, now())),
    ),
  };
}

function revoke(state: GitlabState, call: Call, userId: number | null): Answer {
  const id = Number(call.params['token']);
  const token = state.tokens.find(
    (one) => one.id === id && (userId === null || one.userId === userId),
  );
  if (token === undefined) throw new Refusal(404, { message: '404 Token Not Found' });
  token.revoked = true;
  return { status: 204 };
}

function placeRoutes(world: World, kind: 'group' | 'project', base: string): Routes {
  const { state } = world;
  const placeFor = (call: Call, user: SandboxUser): SandboxPlace =>
    visiblePlace(world, kind, call, user);
  const asMaintainer = (call: Call, user: SandboxUser): SandboxPlace => {
    const place = placeFor(call, user);
    const least = kind === 'group' ? 50 : 40;
    if (user.isAdmin || effectiveLevel(state, place, user.id) >= least) return place;
    throw new Refusal(403, { message: '403 Forbidden' });
  };
  const view = kind === 'group' ? groupView : projectView;
  const members = `${base}/members`;
  return {
    [`GET ${base}`]: guarded(world, READ, (call, _token, user) => ({
      status: 200,
      body: view(placeFor(call, user)),
    })),
    [`GET ${members}/all/:user`]: guarded(world, READ, (call, _token, user) => {
      const id = Number(call.params['user']);
      const level = effectiveLevel(state, placeFor(call, user), id);
      if (level === 0) throw new Refusal(404, { message: '404 Not found' });
      return { status: 200, body: { id, access_level: level } };
    }),
    [`GET ${members}/:user`]: guarded(world, READ, (call, _token, user) => {
      const id = Number(call.params['user']);
      const { level } = getMembership(state, placeFor(call, user), id);
      return { status: 200, body: { id, access_level: level } };
    }),
    [`POST ${members}`]: guarded(world, WRITE, (call, _token, user) => {
      const { userId, level } = addMembership(state, asMaintainer(call, user), call.body);
      return { status: 201, body: { id: userId, access_level: level } };
    }),
    [`PUT ${members}/:user`]: guarded(world, WRITE, (call, _token, user) => {
      const id = Number(call.params['user']);
      const { level } = changeMembership(state, asMaintainer(call, user), id, call.body);
      return { status: 200, body: { id, access_level: level } };
    }),
    [`DELETE ${members}/:user`]: guarded(world, WRITE, (call, _token, user) => {
      removeMembership(state, asMaintainer(call, user), Number(call.params['user']));
      return { status: 204 };
    }),
  };
}

/** What the asker may not see does not exist for them. */
function visiblePlace(
  { state }: World,
  kind: 'group' | 'project',
  call: Call,
  user: SandboxUser,
): SandboxPlace {
  const place = findPlace(state, kind, call.params['place'] ?? '');
  if (user.isAdmin || effectiveLevel(state, place, user.id) > 0) return place;
  throw new Refusal(404, { message: `404 ${kind === 'group' ? 'Group' : 'Project'} Not Found` });
}

function searchRoutes(world: World): Routes {
  const { state } = world;
  const search = (kind: 'group' | 'project', inGroup: boolean): Handler =>
    guarded(world, READ, (call, _token, user) => {
      const above = inGroup ? findPlace(state, 'group', call.params['group'] ?? '') : undefined;
      const word = (call.query.get('search') ?? '').toLowerCase();
      const found = state.places.filter(
        (place) =>
          place.kind === kind &&
          (user.isAdmin || effectiveLevel(state, place, user.id) > 0) &&
          (above === undefined || placesAbove(state, place).includes(above)) &&
          (place.fullPath.split('/').at(-1) ?? '').toLowerCase().includes(word),
      );
      return {
        status: 200,
        body: page(call, found.map(kind === 'group' ? groupView : projectView)),
      };
    });
  return {
    'GET /groups': search('group', false),
    'GET /projects': search('project', false),
    'GET /groups/:group/descendant_groups': search('group', true),
    'GET /groups/:group/projects': search('project', true),
  };
}
