import { z } from 'zod';

import { guarded, parse, required } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { ROLES, Refusal, projectPermissions, userNamed } from './sandbox-state.ts';
import type { JiraState, SandboxProject, SandboxUser } from './sandbox-state.ts';

const FIRST_ROLE = 10_002;

const roleActors = z.strictObject({ user: z.array(z.string()).min(1) });

export function projectRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /rest/api/2/project': guarded(world, 'USE', (_call, { user }) => ({
      status: 200,
      body: state.projects
        .filter((project) => projectPermissions(state, user, project).has('BROWSE_PROJECTS'))
        .map(({ id, key, name, type }) => ({ id, key, name, projectTypeKey: type })),
    })),
    'GET /rest/api/2/role': guarded(world, 'ADMINISTER', () => ({
      status: 200,
      body: ROLES.map((name, index) => ({ id: FIRST_ROLE + index, name })),
    })),
    ...roleRoutes(world),
  };
}

function roleRoutes(world: World): Routes {
  const { state, siteUrl } = world;
  const at = '/rest/api/2/project/:project/role';
  const members = (call: Call, asker: SandboxUser): Set<string> => {
    const project = administered(state, call.params['project'], asker);
    const name = ROLES[Number(call.params['role']) - FIRST_ROLE];
    const found = name === undefined ? undefined : project.roles.get(name);
    if (found === undefined) throw new Refusal(404, 'The project role could not be found.');
    return found;
  };
  const view = (found: Set<string>): unknown => ({
    actors: [...found].map((name) => ({ name, type: 'atlassian-user-role-actor' })),
  });
  return {
    [`GET ${at}`]: guarded(world, 'USE', (call, { user }) => {
      const { id, roles } = administered(state, call.params['project'], user);
      const urls = [...roles.keys()].map((name) => [
        name,
        `${siteUrl()}/rest/api/2/project/${id}/role/${FIRST_ROLE + ROLES.indexOf(name)}`,
      ]);
      return { status: 200, body: Object.fromEntries(urls) };
    }),
    [`GET ${at}/:role`]: guarded(world, 'USE', (call, { user }) => ({
      status: 200,
      body: view(members(call, user)),
    })),
    [`POST ${at}/:role`]: guarded(world, 'USE', (call, { user }) => {
      const found = members(call, user);
      for (const name of parse(roleActors, call.body).user) {
        if (!userNamed(state, name).active) throw new Refusal(400, 'The user is not active.');
        if (found.has(name)) throw new Refusal(400, 'The user is already a member of the role.');
        found.add(name);
      }
      return { status: 200, body: view(found) };
    }),
    [`DELETE ${at}/:role`]: guarded(world, 'USE', (call, { user }) => {
      members(call, user).delete(required(call, 'user'));
      return { status: 204 };
    }),
  };
}

/** Jira answers 404, not 403, to those who may not see the project. */
export function seenProject(
  state: JiraState,
  idOrKey: string | undefined,
  asker: SandboxUser,
): SandboxProject {
  const project = state.projects.find((one) => one.id === idOrKey || one.key === idOrKey);
  const isSeen =
    project !== undefined && projectPermissions(state, asker, project).has('BROWSE_PROJECTS');
  if (isSeen) return project;
  throw new Refusal(404, `No project could be found with key or id '${idOrKey}'.`);
}

function administered(
  state: JiraState,
  idOrKey: string | undefined,
  asker: SandboxUser,
): SandboxProject {
  const project = seenProject(state, idOrKey, asker);
  if (projectPermissions(state, asker, project).has('ADMINISTER_PROJECTS')) return project;
  throw new Refusal(404, 'You cannot edit the configuration of this project.');
}
