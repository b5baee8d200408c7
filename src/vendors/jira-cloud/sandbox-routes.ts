import { z } from 'zod';

import { guarded, page, parse, required } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { organisationRoutes } from './sandbox-organisation.ts';
import { projectRoutes, seenProject } from './sandbox-projects.ts';
import {
  Refusal,
  globalPermissions,
  inviteUser,
  joinGroup,
  projectPermissions,
  removeUser,
  siteUser,
} from './sandbox-state.ts';
import type { JiraState, SandboxGroup, SandboxUser } from './sandbox-state.ts';

/** The calls of Jira's REST API v3 that our adapter and its checks make. */
export function routesOf(world: World): Routes {
  const atGateway = Object.entries(siteRoutes({ ...world, gateway: true })).map(
    ([route, handle]) => {
      const [method = '', path = ''] = route.split(' ');
      return [`${method} /ex/jira/${world.state.cloudId}${path}`, handle] as const;
    },
  );
  return { ...siteRoutes(world), ...Object.fromEntries(atGateway), ...organisationRoutes(world) };
}

function siteRoutes(world: World): Routes {
  return {
    ...userRoutes(world),
    ...propertyRoutes(world),
    ...groupRoutes(world),
    ...projectRoutes(world),
    ...selfRoutes(world),
    'POST /rest/api/3/issue': guarded(world, 'USE', () => {
      throw new Refusal(400, 'Specify a valid project ID or key');
    }),
  };
}

const newUser = z.strictObject({ emailAddress: z.email(), products: z.array(z.string()) });
const groupMember = z.strictObject({ accountId: z.string() });

function userRoutes(world: World): Routes {
  const { state } = world;
  const person = (call: Call): SandboxUser => siteUser(state, required(call, 'accountId'));
  return {
    'POST /rest/api/3/user': guarded(world, 'SITE_ADMIN', (call) => ({
      status: 201,
      body: userView(inviteUser(state, parse(newUser, call.body).emailAddress)),
    })),
    'GET /rest/api/3/user': guarded(world, 'USER_PICKER', (call) => ({
      status: 200,
      body: userView(person(call)),
    })),
    'DELETE /rest/api/3/user': guarded(world, 'SITE_ADMIN', (call) => {
      removeUser(state, person(call));
      return { status: 204 };
    }),
    'GET /rest/api/3/user/groups': guarded(world, 'USER_PICKER', (call) => ({
      status: 200,
      body: groupsOf(state, person(call)).map(groupView),
    })),
    'GET /rest/api/3/user/search': guarded(
      world,
      'USER_PICKER',
      (call) => ({ status: 200, body: searchUsers(state, call).map(userView) }),
      [],
    ),
    'GET /rest/api/3/users/search': guarded(world, 'USER_PICKER', (call) => ({
      status: 200,
      body: page(
        call,
        state.users.filter((user) => user.onSite),
      ).map(userView),
    })),
  };
}

/** Only active people of the site, by the start of a name or address, or by a property's value. */
function searchUsers(state: JiraState, call: Call): SandboxUser[] {
  const query = call.query.get('query');
  const property = call.query.get('property');
  if (query === null && property === null) throw new Refusal(400, 'A query is missing.');
  const people = state.users.filter((user) => user.onSite && user.active);
  if (property !== null) {
    const match = /^([^.=]+)\.([^.=]+)=(.*)$/.exec(property);
    if (match === null) throw new Refusal(400, 'The property query is not valid.');
    const [, key = '', field = '', value = ''] = match;
    return page(
      call,
      people.filter((user) => {
        const kept = z.record(z.string(), z.unknown()).safeParse(user.properties.get(key));
        return kept.data?.[field] === value;
      }),
    );
  }
  const word = (query ?? '').toLowerCase();
  return page(
    call,
    people.filter((user) =>
      [user.displayName, user.email].some((text) => text.toLowerCase().startsWith(word)),
    ),
  );
}

function propertyRoutes(world: World): Routes {
  const { state } = world;
  const at = '/rest/api/3/user/properties/:key';
  return {
    [`GET ${at}`]: guarded(world, 'ADMINISTER', (call) => {
      const key = call.params['key'] ?? '';
      const { properties } = siteUser(state, required(call, 'accountId'));
      if (!properties.has(key)) throw new Refusal(404, 'The property is not found.');
      return { status: 200, body: { key, value: properties.get(key) } };
    }),
    [`PUT ${at}`]: guarded(world, 'ADMINISTER', (call) => {
      const key = call.params['key'] ?? '';
      const { properties } = siteUser(state, required(call, 'accountId'));
      const status = properties.has(key) ? 200 : 201;
      properties.set(key, call.body);
      return { status, body: {} };
    }),
  };
}

function groupRoutes(world: World): Routes {
  const { state } = world;
  const groupOf = (call: Call): SandboxGroup => {
    const group = state.groups.find((one) => one.id === required(call, 'groupId'));
    if (group !== undefined) return group;
    throw new Refusal(404, 'The group is not found.');
  };
  return {
    'GET /rest/api/3/groups/picker': guarded(
      world,
      'USER_PICKER',
      (call) => {
        const word = call.query.get('query') ?? '';
        const groups = state.groups.filter((group) => group.name.includes(word));
        return {
          status: 200,
          body: { header: '', total: groups.length, groups: groups.map(groupView) },
        };
      },
      { header: '', total: 0, groups: [] },
    ),
    'POST /rest/api/3/group/user': guarded(world, 'SITE_ADMIN', (call) => {
      const group = groupOf(call);
      joinGroup(state, siteUser(state, parse(groupMember, call.body).accountId), group);
      return { status: 201, body: groupView(group) };
    }),
    'DELETE /rest/api/3/group/user': guarded(world, 'SITE_ADMIN', (call) => {
      const group = groupOf(call);
      const user = siteUser(state, required(call, 'accountId'));
      user.groups = user.groups.filter((name) => name !== group.name);
      return { status: 200 };
    }),
  };
}

function selfRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /rest/api/3/myself': guarded(world, 'USE', (_call, asker) => ({
      status: 200,
      body: { ...userView(asker), emailAddress: asker.email },
    })),
    'GET /rest/api/3/mypermissions': guarded(world, 'USE', (call, asker) => {
      const names = required(call, 'permissions').split(',');
      const projectId = call.query.get('projectId');
      const projects = projectId === null ? state.projects : [seenProject(state, projectId, asker)];
      const has = new Set([
        ...globalPermissions(state, asker),
        ...projects.flatMap((project) => [...projectPermissions(state, asker, project)]),
      ]);
      const entries = names.map((key) => [key, { key, havePermission: has.has(key) }]);
      return { status: 200, body: { permissions: Object.fromEntries(entries) } };
    }),
  };
}

function groupsOf(state: JiraState, user: SandboxUser): SandboxGroup[] {
  return state.groups.filter((group) => user.groups.includes(group.name));
}

function groupView(group: SandboxGroup): unknown {
  return { groupId: group.id, name: group.name };
}

function userView(user: SandboxUser): Record<string, unknown> {
  return {
    accountId: user.accountId,
    accountType: user.service === null ? 'atlassian' : 'app',
    active: user.active,
    displayName: user.displayName,
    ...(user.hidesAddress ? {} : { emailAddress: user.email }),
  };
}
