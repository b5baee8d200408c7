import { z } from 'zod';

import { badRequest, guarded, page, parse, required, unauthorised } from './sandbox-guard.ts';
import type { Answer, Asker, Call, Routes, World } from './sandbox-guard.ts';
import {
  hasGlobal,
  levelIn,
  levelRank,
  needPlace,
  setGlobal,
  setGrant,
  userNamed,
} from './sandbox-state.ts';
import type { BitbucketState, Global, Level, SandboxGrant, SandboxUser } from './sandbox-state.ts';

type Place = Pick<SandboxGrant, 'project' | 'slug'>;

const globalPermission = z.enum(['LICENSED_USER', 'PROJECT_CREATE', 'ADMIN', 'SYS_ADMIN']);

/** Global, project and repository permissions, and who has them. */
export function permissionRoutes(world: World): Routes {
  const { state } = world;
  const at = '/rest/api/latest/admin/permissions/users';
  return {
    [`PUT ${at}`]: guarded(world, 'ADMIN', (call, { user: asker }) => {
      const user = userNamed(state, required(call, 'name'));
      setGlobal(state, asker, user, parse(globalPermission, required(call, 'permission')));
      return { status: 204 };
    }),
    [`DELETE ${at}`]: guarded(world, 'ADMIN', (call, { user: asker }) => {
      setGlobal(state, asker, userNamed(state, required(call, 'name')), null);
      return { status: 204 };
    }),
    'GET /rest/api/latest/users': guarded(world, 'LICENSED_USER', (call) => {
      const word = (call.query.get('filter') ?? '').toLowerCase();
      const found = state.users.filter(
        (user) =>
          user.active &&
          [user.name, user.displayName, user.email].some((text) =>
            text.toLowerCase().includes(word),
          ) &&
          hasAsked(state, call, user),
      );
      return page(
        call,
        found.map(({ id, name, slug, displayName }) => ({ id, name, slug, displayName })),
      );
    }),
    ...placeRoutes(world, 'PROJECT', '/rest/api/latest/projects/:project'),
    ...placeRoutes(world, 'REPO', '/rest/api/latest/projects/:project/repos/:slug'),
  };
}

function placeRoutes(world: World, kind: 'PROJECT' | 'REPO', base: string): Routes {
  const { state } = world;
  const at = `${base}/permissions/users`;
  const administered = ({ params }: Call, asker: Asker): Place => {
    const place = needPlace(state, params['project'] ?? '', params['slug'] ?? null);
    if (asker.token !== null || levelIn(state, asker.user, place) !== 'ADMIN') throw unauthorised();
    return place;
  };
  return {
    [`PUT ${at}`]: guarded(world, 'LICENSED_USER', (call, asker) => {
      const place = administered(call, asker);
      const user = userNamed(state, required(call, 'name'));
      setGrant(state, user, place, levelNamed(required(call, 'permission'), kind));
      return { status: 204 };
    }),
    [`DELETE ${at}`]: guarded(world, 'LICENSED_USER', (call, asker): Answer => {
      const place = administered(call, asker);
      setGrant(state, userNamed(state, required(call, 'name')), place, null);
      return { status: 204 };
    }),
  };
}

/** The permission filters of the users' list: a global one, or one for a project or repository. */
function hasAsked(state: BitbucketState, call: Call, user: SandboxUser): boolean {
  const global = call.query.get('permission');
  if (global !== null && !hasGlobal(user, parse(globalPermission, global) satisfies Global)) {
    return false;
  }
  const wanted = call.query.get('permission.1');
  if (wanted === null) return true;
  const slug = call.query.get('permission.1.repositorySlug');
  const place = needPlace(state, required(call, 'permission.1.projectKey'), slug);
  const level = levelNamed(wanted, slug === null ? 'PROJECT' : 'REPO');
  return levelRank(levelIn(state, user, place)) >= levelRank(level);
}

export function levelNamed(permission: string, kind: 'PROJECT' | 'REPO'): Level {
  const [, level] = new RegExp(`^${kind}_(READ|WRITE|ADMIN)$`).exec(permission) ?? [];
  if (level === 'READ' || level === 'WRITE' || level === 'ADMIN') return level;
  throw badRequest(`The permission ${permission} is unknown.`);
}
