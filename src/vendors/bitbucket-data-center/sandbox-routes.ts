import { z } from 'zod';

import { badRequest, guarded, page, parse, required, unauthorised } from './sandbox-guard.ts';
import type { Asker, Call, Routes, World } from './sandbox-guard.ts';
import { permissionRoutes } from './sandbox-permissions.ts';
import { placeRoutes } from './sandbox-places.ts';
import { Refusal, addToken, addUser, hasGlobal, removeUser, userNamed } from './sandbox-state.ts';
import type { BitbucketState, SandboxToken, SandboxUser } from './sandbox-state.ts';

/** The calls of Bitbucket Data Center's REST API that our adapter and its checks make. */
export function routesOf(world: World): Routes {
  return {
    'GET /rest/api/latest/application-properties': guarded(world, 'nothing', () => ({
      status: 200,
      body: { version: world.state.version, displayName: 'Bitbucket' },
    })),
    ...userRoutes(world),
    ...tokenRoutes(world),
    ...permissionRoutes(world),
    ...placeRoutes(world),
  };
}

const newUser = z.strictObject({
  name: z.string().min(1),
  password: z.string().min(1),
  emailAddress: z.email(),
  displayName: z.string().min(1),
  addToDefaultGroup: z.literal('false'),
  notify: z.literal('false'),
});
const credentials = z
  .strictObject({ name: z.string(), password: z.string().min(1), passwordConfirm: z.string() })
  .refine((body) => body.password === body.passwordConfirm);

function userRoutes(world: World): Routes {
  const { state } = world;
  const at = '/rest/api/latest/admin/users';
  /** Nobody changes those who have more rights. */
  const subject = (name: string, asker: Asker): SandboxUser => {
    const user = userNamed(state, name);
    if (user.global !== null && !hasGlobal(asker.user, user.global)) throw unauthorised();
    return user;
  };
  return {
    [`GET ${at}`]: guarded(world, 'LICENSED_USER', (call) => {
      const word = (call.query.get('filter') ?? '').toLowerCase();
      const found = state.users.filter((user) =>
        [user.name, user.displayName, user.email].some((text) => text.toLowerCase().includes(word)),
      );
      return page(call, found.map(userView));
    }),
    [`POST ${at}`]: guarded(world, 'ADMIN', (call) => {
      makeUser(state, call);
      return { status: 204 };
    }),
    [`PUT ${at}/credentials`]: guarded(world, 'ADMIN', (call, asker) => {
      const wish = parse(credentials, call.body);
      const user = subject(wish.name, asker);
      needWritable(state);
      user.password = wish.password;
      return { status: 204 };
    }),
    [`DELETE ${at}/captcha`]: guarded(world, 'ADMIN', (call, asker) => {
      subject(required(call, 'name'), asker).failedSignIns = 0;
      return { status: 204 };
    }),
    [`DELETE ${at}`]: guarded(world, 'ADMIN', (call, asker) => {
      const user = subject(required(call, 'name'), asker);
      needWritable(state);
      removeUser(state, user);
      return { status: 200, body: userView(user) };
    }),
  };
}

function makeUser(state: BitbucketState, call: Call): void {
  const {
    name,
    password,
    displayName,
    emailAddress: email,
  } = parse(newUser, Object.fromEntries(call.query));
  needWritable(state);
  if (state.users.some((user) => user.name.toLowerCase() === name.toLowerCase())) {
    const message = `Another user with the name ${name} already exists.`;
    throw new Refusal(409, message, 'user.UsernameAlreadyExistsException');
  }
  addUser(state, { name, password, displayName, email });
}

function needWritable(state: BitbucketState): void {
  if (!state.writableDirectory) throw badRequest('The user directory is read-only.');
}

const PERMISSIONS = ['READ', 'WRITE', 'ADMIN'].flatMap((level) => [
  `PROJECT_${level}`,
  `REPO_${level}`,
]);
const newToken = z.strictObject({
  name: z.string().min(1),
  permissions: z.array(z.enum(PERMISSIONS)).min(1),
  expiryDays: z.number().int().positive(),
});
const MOST_TOKENS = 100;

function tokenRoutes(world: World): Routes {
  const { state, now } = world;
  const at = '/rest/access-tokens/latest/users/:slug';
  /** One's own, with a password; administrators may list and end those of others. */
  const owner = ({ params }: Call, asker: Asker, isToMake: boolean): SandboxUser => {
    const user = state.users.find((one) => one.slug === params['slug']);
    if (user === undefined) {
      throw new Refusal(404, 'The user does not exist.', 'user.NoSuchUserException');
    }
    const isOwn = asker.user === user && hasGlobal(user, 'LICENSED_USER');
    const isAdmin = !isToMake && hasGlobal(asker.user, 'ADMIN');
    if (asker.token !== null || !(isOwn || isAdmin)) throw unauthorised();
    return user;
  };
  const of = (user: SandboxUser): SandboxToken[] =>
    state.tokens.filter((token) => token.userId === user.id);
  return {
    [`GET ${at}`]: guarded(world, 'nothing', (call, asker) =>
      page(call, of(owner(call, asker, false)).map(tokenView)),
    ),
    [`PUT ${at}`]: guarded(world, 'nothing', (call, asker) => {
      const user = owner(call, asker, true);
      const wish = parse(newToken, call.body);
      if (wish.expiryDays > state.longestTokenDays) throw badRequest('The expiry is too long.');
      if (of(user).length >= MOST_TOKENS) throw badRequest('Too many tokens.');
      const token = addToken(state, user.id, { ...wish, createdDate: now().getTime() });
      return { status: 200, body: { ...tokenView(token), token: token.value } };
    }),
    [`DELETE ${at}/:id`]: guarded(world, 'nothing', (call, asker) => {
      const token = of(owner(call, asker, false)).find(({ id }) => id === call.params['id']);
      if (token === undefined) {
        throw new Refusal(404, 'The token does not exist.', 'NoSuchEntityException');
      }
      state.tokens = state.tokens.filter((one) => one !== token);
      return { status: 204 };
    }),
  };
}

function tokenView(token: SandboxToken): Record<string, unknown> {
  const { id, name, permissions, createdDate, expiryDays } = token;
  return { id, name, permissions, createdDate, ...(expiryDays === null ? {} : { expiryDays }) };
}

function userView(user: SandboxUser): unknown {
  const { id, name, slug, displayName, active, email: emailAddress } = user;
  return { id, name, slug, displayName, active, emailAddress, type: 'NORMAL', deletable: true };
}
