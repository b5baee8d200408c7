import { guarded, page, unauthorised } from './sandbox-guard.ts';
import type { Asker, Routes, World } from './sandbox-guard.ts';
import { levelNamed } from './sandbox-permissions.ts';
import { levelIn, levelRank, needPlace } from './sandbox-state.ts';
import type { BitbucketState, Level, SandboxProject, SandboxRepository } from './sandbox-state.ts';

/** Projects and repositories, as far as account and token may see them. */
export function placeRoutes(world: World): Routes {
  const { state } = world;
  return {
    'GET /rest/api/latest/projects': guarded(world, 'LICENSED_USER', (call, asker) => {
      const word = (call.query.get('name') ?? '').toLowerCase();
      const seen = state.projects.filter(
        (project) =>
          project.name.toLowerCase().includes(word) &&
          (levelIn(state, asker.user, { project: project.key, slug: null }) !== null ||
            state.repositories.some(
              (one) => one.project === project.key && may(state, asker, one, 'READ'),
            )),
      );
      return page(call, seen.map(projectView));
    }),
    'GET /rest/api/latest/repos': guarded(world, 'LICENSED_USER', (call, asker) => {
      const word = (call.query.get('name') ?? '').toLowerCase();
      const level = levelNamed(call.query.get('permission') ?? 'REPO_READ', 'REPO');
      const seen = state.repositories.filter(
        (one) => one.slug.includes(word) && may(state, asker, one, level),
      );
      return page(
        call,
        seen.map((one) => repositoryView(state, one)),
      );
    }),
    'GET /rest/api/latest/projects/:project/repos/:slug': guarded(
      world,
      'LICENSED_USER',
      ({ params }, asker) => {
        const { project, slug } = needPlace(state, params['project'] ?? '', params['slug'] ?? '');
        const one = { project, slug: slug ?? '' };
        if (!may(state, asker, one, 'READ')) throw unauthorised();
        return { status: 200, body: repositoryView(state, one) };
      },
    ),
  };
}

/** A token can do what both its account and its own permissions allow. */
function may(
  state: BitbucketState,
  { user, token }: Asker,
  repository: SandboxRepository,
  level: Level,
): boolean {
  const own = levelRank(levelIn(state, user, repository));
  const levels = token?.permissions.map((permission) =>
    levelRank(levelNamed(...split(permission))),
  );
  const most = levels === undefined ? Infinity : Math.max(-1, ...levels);
  return Math.min(own, most) >= levelRank(level);
}

function split(permission: string): [string, 'PROJECT' | 'REPO'] {
  return [permission, permission.startsWith('REPO') ? 'REPO' : 'PROJECT'];
}

function projectView({ key, name }: SandboxProject): unknown {
  return { key, name, type: 'NORMAL', public: false };
}

function repositoryView(state: BitbucketState, { project, slug }: SandboxRepository): unknown {
  const owner = state.projects.find(({ key }) => key === project);
  return { slug, name: slug, project: owner === undefined ? null : projectView(owner) };
}
