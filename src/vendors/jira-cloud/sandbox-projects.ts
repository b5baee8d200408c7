import { z } from 'zod';

import { guarded, page, parse, required } from './sandbox-guard.ts';
import type { Call, Routes, World } from './sandbox-guard.ts';
import { ROLES, Refusal, projectPermissions, siteUser } from './sandbox-state.ts';
import type { JiraState, SandboxProject, SandboxUser } from './sandbox-state.ts';

const FIRST_ROLE = 10_002;

const roleActors = z.strictObject({ user: z.array(z.string()).min(1) });

export function projectRoutes(world: World): Routes {
  return { ...searchRoutes(world), ...roleRoutes(world) };
}

function searchRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /rest/api/3/project/search': guarded(
      world,
      'USE',
      (call, asker) => {
        const word = (call.query.get('query') ?? '').toLowerCase();
        const seen = state.projects.filter(
          (project) =>
            projectPermissions(state, asker, project).has('BROWSE_PROJECTS') &&
            [project.key, project.name].some((text) => text.toLowerCase().includes(word)),
        );
        const values = page(call, seen).map(projectView);
        return { status: 200, body: { values, total: seen.length, startAt: 0, isLast: true } };
      },
      { values: [], total: 0, startAt: 0, isLast: true },
    ),
    'GET /rest/api/3/project/:project': guarded(world, 'USE', (call, asker) => ({
      status: 200,
      body: projectView(seenProject(state, call.params['project'], asker)),
    })),
  };
}

function roleRoutes(world: World): Routes {
  const { state, siteUrl } = world;
  const at = '/rest/api/3/project/:project/role';
  const members = (call: Call, asker: SandboxUser): Set<string> => {
    const project = administered(state, call.params['project'], asker);
    const name = ROLES[Number(call.params['role']) - FIRST_ROLE];
    const found = name === undefined ? undefined : project.roles.get(name);
    if (found === undefined) throw new Refusal(404, 'The project role is not found.');
    return found;
  };
  const view = (found: Set<string>): unknown => ({
    actors: [...found].map((accountId) => ({ actorUser: { accountId } })),
  });
  return {
    [`GET ${at}`]: guarded(world, 'USE', (call, asker) => {
      const { id, roles } = administered(state, call.params['project'], asker);
      const urls = [...roles.keys()].map((name) => [
        name,
        `${siteUrl()}/rest/api/3/project/${id}/role/${FIRST_ROLE + ROLES.indexOf(name)}`,
      ]);
      return { status: 200, body: Object.fromEntries(urls) };
    }),
    [`GET ${at}/:role`]: guarded(world, 'USE', (call, asker) => ({
      status: 200,
      body: view(members(call, asker)),
    })),
    [`POST ${at}/:role`]: guarded(world, 'USE', (call, asker) => {
      const found = members(call, asker);
      for (const id of parse(roleActors, call.body).user) {
        if (!siteUser(state, id).active) throw new Refusal(404, 'The user is not active.');
        if (found.has(id)) throw new Refusal(400, 'The user is already a member of the role.');
        found.add(id);
      }
      return { status: 200, body: view(found) };
    }),
    [`DELETE ${at}/:role`]: guarded(world, 'USE', (call, asker) => {
      members(call, asker).delete(required(call, 'user'));
      return { status: 204 };
    }),
  };
}

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

/** Jira answers 404, not 403, to those who may not administer the project. */
function administered(
  state: JiraState,
  idOrKey: string | undefined,
  asker: SandboxUser,
): SandboxProject {
  const project = seenProject(state, idOrKey, asker);
  if (projectPermissions(state, asker, project).has('ADMINISTER_PROJECTS')) return project;
  throw new Refusal(404, 'You cannot edit the configuration of this project.');
}

function projectView(project: SandboxProject): unknown {
  const { id, key, name } = project;
  return { id, key, name, projectTypeKey: 'software' };
}
