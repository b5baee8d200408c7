import { z } from 'zod';

import { guarded, parse } from './sandbox-guard.ts';
import type { Answer, Call, Routes, World } from './sandbox-guard.ts';
import { Refusal } from './sandbox-state.ts';
import type { BitbucketState, SandboxUser } from './sandbox-state.ts';

const PLACES = [
  { kind: 'repository', at: '/2.0/repositories/:workspace/:place' },
  { kind: 'project', at: '/2.0/workspaces/:workspace/projects/:place' },
] as const;
type Kind = (typeof PLACES)[number]['kind'];

const LEVELS_IN = {
  repository: z.strictObject({ permission: z.enum(['read', 'write', 'admin']) }),
  project: z.strictObject({ permission: z.enum(['read', 'write', 'create-repo', 'admin']) }),
};

interface Target {
  readonly grants: Map<string, string>;
  readonly user: SandboxUser;
}

/** What single users may do in single places; our account's rights in them come from the workspace. */
export function permissionRoutes(world: World): Routes {
  return Object.assign({}, ...PLACES.map(({ kind, at }) => routesIn(world, kind, at))) as Routes;
}

function routesIn(world: World, kind: Kind, at: string): Routes {
  const { state } = world;
  const route = `${at}/permissions-config/users/:user`;
  const view = ({ grants, user }: Target): Answer => ({
    status: 200,
    body: {
      type: `${kind}_user_permission`,
      permission: grants.get(user.accountId) ?? 'none',
      user: { type: 'user', account_id: user.accountId, display_name: user.displayName },
    },
  });
  return {
    [`GET ${route}`]: guarded(world, [`read:${kind}`], (call, asker) =>
      view(targetOf(state, kind, call, asker)),
    ),
    [`PUT ${route}`]: guarded(world, [`admin:${kind}`, 'write:permission'], (call, asker) => {
      const { permission } = parse<{ permission: string }>(LEVELS_IN[kind], call.body);
      const target = targetOf(state, kind, call, asker);
      if (target.user.administrator) throw new Refusal(400, 'This user cannot be updated.');
      takeSeat(state, target.user);
      target.grants.set(target.user.accountId, permission);
      return view(target);
    }),
    [`DELETE ${route}`]: guarded(world, [`admin:${kind}`, 'delete:permission'], (call, asker) => {
      const { grants, user } = targetOf(state, kind, call, asker);
      grants.delete(user.accountId);
      return { status: 204 };
    }),
  };
}

function targetOf(state: BitbucketState, kind: Kind, call: Call, asker: SandboxUser): Target {
  const place = call.params['place'] ?? '';
  const found =
    kind === 'project'
      ? state.projects.find(({ key }) => key === place)
      : state.repositories.find(({ slug, uuid }) => [slug, uuid].includes(place));
  const id = call.params['user'] ?? '';
  const user = state.users.find((one) => [one.accountId, one.uuid].includes(id));
  if (found === undefined || user?.member !== true) throw new Refusal(404, 'Not found');
  if (!asker.administrator) throw new Refusal(403, 'Your account has no admin access here.');
  return { grants: found.grants, user };
}

function takeSeat(state: BitbucketState, user: SandboxUser): void {
  const places = [...state.projects, ...state.repositories];
  if (places.some(({ grants }) => grants.has(user.accountId))) return;
  if (state.seats === 0) throw new Refusal(402, 'You have reached your plan’s user limit.');
  state.seats -= 1;
}
