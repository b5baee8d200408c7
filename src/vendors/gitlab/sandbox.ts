import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { dateIn } from './sandbox-accounts.ts';
import type { World } from './sandbox-guard.ts';
import { routesOf } from './sandbox-routes.ts';

import { addPlace, addToken, addUser, createState, findPlace } from './sandbox-state.ts';
import type { GitlabState, SandboxPlace, SandboxToken, SandboxUser } from './sandbox-state.ts';

export interface GitlabSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: GitlabState;
  /** The token of the configuration: an Owner of `acme` who is also the administrator. */
  readonly ownToken: SandboxToken;
  readonly owner: SandboxUser;
  seedGroup(fullPath: string): SandboxPlace;
  seedProject(fullPath: string): SandboxPlace;
  /** A person or foreign account that already has this username. */
  takeUsername(username: string): SandboxUser;
  setOwnScopes(...scopes: string[]): void;
  /** Somebody makes a token in the browser, past our adapter. */
  makeToken(userId: number, token: Partial<SandboxToken>): string;
  setLevel(place: SandboxPlace, userId: number, level: number): void;
  scopeItem(fullPath: string): { id: string; name: string; kind: string };
}

/** GitLab on loopback: the group `acme` with two subgroups and three projects. */
export async function openSandbox(deps: SandboxDeps): Promise<GitlabSandbox> {
  const state = createState();
  const world: World = { state, now: () => deps.clock.now() };
  for (const path of ['acme', 'acme/platform', 'acme/shop']) addPlace(state, 'group', path);
  for (const path of ['acme/platform/api', 'acme/platform/web', 'acme/shop/checkout']) {
    addPlace(state, 'project', path);
  }
  const owner = addUser(state, { username: 'acme-admin', name: 'Acme Admin', isAdmin: true });
  const acme = findPlace(state, 'group', 'acme');
  state.memberships.push({ kind: 'group', placeId: acme.id, userId: owner.id, level: 50 });
  const ownToken = addToken(state, {
    name: 'service accounts app',
    scopes: ['api'],
    userId: owner.id,
    expiresAt: dateIn(deps.clock.now(), 300),
  });
  const server = await startServer({
    name: 'GitLab',
    basePath: '/api/v4',
    routes: routesOf(world),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      base_url: new URL(server.url).origin,
      token: new Secret(ownToken.value),
      ownership: 'group',
      group: 'acme',
    },
    perform: (task, about) => {
      if (task.id !== 'confirm-address') throw new Error(`No person knows the task ${task.id}.`);
      const user = state.users.find((one) => one.unconfirmedEmail === about.address);
      if (user === undefined) throw new Error(`Nothing waits for ${about.address}.`);
      user.email = about.address;
      user.unconfirmedEmail = null;
      return Promise.resolve(NOTHING);
    },
    close: () => server.close(),
    state,
    owner,
    ownToken,
    ...controls(world, ownToken),
  };
}

type Controls = Omit<GitlabSandbox, keyof AdapterSandbox | 'state' | 'ownToken' | 'owner'>;

function controls({ state, now }: World, ownToken: SandboxToken): Controls {
  return {
    seedGroup: (fullPath) => addPlace(state, 'group', fullPath),
    seedProject: (fullPath) => addPlace(state, 'project', fullPath),
    takeUsername: (username) => addUser(state, { username, name: 'Somebody else' }),
    setOwnScopes: (...scopes) => void (ownToken.scopes = scopes),
    makeToken(userId, token) {
      const whole = { name: 'by hand', scopes: ['read_api'], expiresAt: dateIn(now(), 90) };
      const made = addToken(state, { ...whole, ...token, userId });
      if (token.revoked === true) made.revoked = true;
      return made.value;
    },
    setLevel(place, userId, level) {
      const { kind, id: placeId } = place;
      state.memberships = state.memberships.filter(
        (one) => one.kind !== kind || one.placeId !== placeId || one.userId !== userId,
      );
      if (level > 0) state.memberships.push({ kind, placeId, userId, level });
    },
    scopeItem(fullPath) {
      const place = state.places.find((one) => one.fullPath === fullPath);
      if (place === undefined) throw new Error(`There is no ${fullPath}.`);
      return { id: `${place.kind}:${place.id}`, name: fullPath, kind: place.kind };
    },
  };
}
