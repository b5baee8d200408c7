import { z } from 'zod';

import { guarded, parse, required } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { projectRoutes, seenProject } from './sandbox-projects.ts';
import {
  Refusal,
  addUser,
  globalPermissions,
  groupNamed,
  joinGroup,
  projectPermissions,
  removeUser,
  userNamed,
} from './sandbox-state.ts';
import type { JiraState, SandboxUser } from './sandbox-state.ts';
import { tokenRoutes } from './sandbox-tokens.ts';

/** The calls of Jira Data Center's REST API v2 that our adapter and its checks make. */
export function routesOf(world: World): Routes {
  return {
    ...selfRoutes(world),
    ...userRoutes(world),
    ...groupRoutes(world),
    ...projectRoutes(world),
    ...tokenRoutes(world),
  };
}

const newUser = z.strictObject({
  name: z.string().regex(/^[^\s,<>&%]+$/),
  password: z.string().min(1),
  emailAddress: z.email(),
  displayName: z.string().min(1),
  notification: z.boolean(),
  applicationKeys: z.array(z.string()).max(0),
});
const newPassword = z.strictObject({ password: z.string().min(1) });
const activity = z.strictObject({ active: z.boolean() });
const groupMember = z.strictObject({ name: z.string() });

function selfRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /rest/api/2/serverInfo': guarded(world, 'USE', () => ({
      status: 200,
      body: { version: state.version, deploymentType: 'Server' },
    })),
    'GET /rest/api/2/myself': guarded(world, 'USE', (_call, { user }) => ({
      status: 200,
      body: userView(user),
    })),
    'GET /rest/api/2/mypermissions': guarded(world, 'USE', (call, { user }) => {
      const projectId = call.query.get('projectId');
      const projects = projectId === null ? state.projects : [seenProject(state, projectId, user)];
      const has = new Set([
        ...globalPermissions(state, user),
        ...projects.flatMap((project) => [...projectPermissions(state, user, project)]),
      ]);
      const entries = KNOWN.map((key) => [key, { key, havePermission: has.has(key) }]);
      return { status: 200, body: { permissions: Object.fromEntries(entries) } };
    }),
  };
}

/** Jira Data Center cannot be asked for some permissions only: it tells them all. */
const KNOWN = [
  'ADMINISTER',
  'SYSTEM_ADMIN',
  'USER_PICKER',
  'BROWSE_PROJECTS',
  'CREATE_ISSUES',
  'ADMINISTER_PROJECTS',
];

function userRoutes(world: World): Routes {
  const { state } = world;
  const at = '/rest/api/2/user';
  const person = (call: Call): SandboxUser => userNamed(state, required(call, 'username'));
  return {
    [`POST ${at}`]: guarded(world, 'ADMINISTER', (call) => ({
      status: 201,
      body: userView(makeUser(state, call.body)),
    })),
    [`GET ${at}`]: guarded(world, 'USER_PICKER', (call) => {
      const user = person(call);
      const items = user.groups.map((name) => ({ name }));
      const isExpanded = call.query.get('expand') === 'groups';
      const groups = { size: items.length, items: isExpanded ? items : [] };
      return { status: 200, body: { ...userView(user), groups } };
    }),
    [`PUT ${at}/password`]: guarded(world, 'ADMINISTER', (call) => {
      const user = person(call);
      needWritable(state);
      user.password = parse(newPassword, call.body).password;
      return { status: 204 };
    }),
    [`PUT ${at}`]: guarded(world, 'ADMINISTER', (call) => {
      const user = person(call);
      user.active = parse(activity, call.body).active;
      return { status: 200, body: userView(user) };
    }),
    [`DELETE ${at}`]: guarded(world, 'ADMINISTER', (call) => {
      removeUser(state, person(call));
      return { status: 204 };
    }),
  };
}

function makeUser(state: JiraState, body: unknown): SandboxUser {
  const wish = parse(newUser, body);
  needWritable(state);
  if (state.users.some((user) => user.name.toLowerCase() === wish.name.toLowerCase())) {
    throw new Refusal(400, '', { username: 'A user with that username already exists.' });
  }
  const { name, password, displayName, emailAddress: email } = wish;
  return addUser(state, { name, password, displayName, email });
}

function needWritable(state: JiraState): void {
  if (!state.writableDirectory) throw new Refusal(400, 'The user directory is read-only.');
}

function groupRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /rest/api/2/groups/picker': guarded(world, 'USER_PICKER', (call) => {
      const word = call.query.get('query') ?? '';
      const groups = state.groups.filter((group) => group.name.includes(word));
      return { status: 200, body: { header: '', total: groups.length, groups } };
    }),
    'POST /rest/api/2/group/user': guarded(world, 'ADMINISTER', (call) => {
      const group = groupNamed(state, required(call, 'groupname'));
      joinGroup(state, userNamed(state, parse(groupMember, call.body).name), group);
      return { status: 201, body: { name: group.name } };
    }),
    'DELETE /rest/api/2/group/user': guarded(world, 'ADMINISTER', (call) => {
      const group = groupNamed(state, required(call, 'groupname'));
      const user = userNamed(state, required(call, 'username'));
      user.groups = user.groups.filter((name) => name !== group.name);
      return { status: 200, body: {} };
    }),
  };
}

function userView(user: SandboxUser): Record<string, unknown> {
  const { key, name, active, displayName, email: emailAddress } = user;
  return { key, name, active, displayName, emailAddress };
}
