import { z } from 'zod';

import { badRequest, parse } from './sandbox-accounts.ts';
import { Refusal, directMembership, effectiveLevel, placesAbove } from './sandbox-state.ts';
import type { GitlabState, SandboxMembership, SandboxPlace } from './sandbox-state.ts';

const LEVELS = [5, 10, 15, 20, 30, 40, 50];

const addBody = z.strictObject({ user_id: z.number().int(), access_level: z.number().int() });
const changeBody = z.strictObject({ access_level: z.number().int() });

export function addMembership(
  state: GitlabState,
  place: SandboxPlace,
  body: unknown,
): SandboxMembership {
  const wish = parse(addBody, body);
  if (!state.users.some((user) => user.id === wish.user_id)) {
    throw new Refusal(404, { message: '404 User Not Found' });
  }
  if (directMembership(state, place, wish.user_id) !== undefined) {
    throw new Refusal(409, { message: 'Member already exists' });
  }
  checkLevel(state, place, wish.user_id, wish.access_level);
  const membership = {
    kind: place.kind,
    placeId: place.id,
    userId: wish.user_id,
    level: wish.access_level,
  };
  state.memberships.push(membership);
  return membership;
}

export function changeMembership(
  state: GitlabState,
  place: SandboxPlace,
  userId: number,
  body: unknown,
): SandboxMembership {
  const wish = parse(changeBody, body);
  const membership = getMembership(state, place, userId);
  checkLevel(state, place, userId, wish.access_level);
  membership.level = wish.access_level;
  return membership;
}

export function getMembership(
  state: GitlabState,
  place: SandboxPlace,
  userId: number,
): SandboxMembership {
  const membership = directMembership(state, place, userId);
  if (membership !== undefined) return membership;
  throw new Refusal(404, { message: '404 Not found' });
}

/** GitLab also ends direct memberships below the place, unless told to skip them. */
export function removeMembership(state: GitlabState, place: SandboxPlace, userId: number): void {
  getMembership(state, place, userId);
  const below = state.places.filter((one) => placesAbove(state, one).includes(place));
  const gone = [place, ...below];
  state.memberships = state.memberships.filter(
    (one) =>
      one.userId !== userId ||
      !gone.some((other) => other.kind === one.kind && other.id === one.placeId),
  );
}

/** What `/personal_access_tokens/self/associations` lists. */
export function associationsOf(
  state: GitlabState,
  userId: number,
  minimum: number,
): { groups: unknown[]; projects: unknown[] } {
  const reached = state.places.filter(
    (place) => effectiveLevel(state, place, userId) >= Math.max(minimum, 1),
  );
  return {
    groups: reached
      .filter((place) => place.kind === 'group')
      .map((place) => ({
        ...groupView(place),
        access_levels: effectiveLevel(state, place, userId),
      })),
    projects: reached.filter((place) => place.kind === 'project').map(projectView),
  };
}

export function groupView(place: SandboxPlace): Record<string, unknown> {
  return {
    id: place.id,
    name: place.fullPath.split('/').at(-1),
    full_path: place.fullPath,
    parent_id: place.parentId,
    web_url: `https://gitlab.example/groups/${place.fullPath}`,
  };
}

export function projectView(place: SandboxPlace): Record<string, unknown> {
  return {
    id: place.id,
    name: place.fullPath.split('/').at(-1),
    path_with_namespace: place.fullPath,
    namespace: { id: place.parentId ?? 0, kind: 'group' },
  };
}

function checkLevel(state: GitlabState, place: SandboxPlace, userId: number, level: number): void {
  if (!LEVELS.includes(level)) throw badRequest('access_level does not have a valid value');
  const [parent] = placesAbove(state, place);
  const inherited = parent === undefined ? 0 : effectiveLevel(state, parent, userId);
  if (level < inherited) {
    throw new Refusal(400, {
      message: {
        access_level: [
          `should be greater than or equal to the inherited membership from group ${parent?.fullPath}`,
        ],
      },
    });
  }
}
