import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { bitbucketDataCenter } from '../../src/vendors/bitbucket-data-center/index.ts';
import { openSandbox } from '../../src/vendors/bitbucket-data-center/sandbox.ts';
import type { BitbucketDataCenterSandbox } from '../../src/vendors/bitbucket-data-center/sandbox.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  MARKER,
  TOKEN,
  IMPATIENT,
  aSpec,
  closeWorld,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  minted,
  testClock,
} from '../contracts/vendor-world.ts';
import type { VendorWorld } from '../contracts/vendor-world.ts';

const STORED = new Secret('Kp7-stored-password-of-the-account');
const DAY_MS = 24 * 60 * 60_000;

async function open(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<VendorWorld<BitbucketDataCenterSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const config = bitbucketDataCenter.schema.parse({ ...sandbox.config, ...overrides });
  const deps = { clock, log: createLog('silent'), connectionName: 'Bitbucket acme' };
  return {
    vendor: bitbucketDataCenter.open(config, deps),
    impatient: bitbucketDataCenter.open({ ...config, ...IMPATIENT }, deps),
    definition: bitbucketDataCenter,
    sandbox,
    clock,
    spec: (changes) =>
      aSpec({
        scope: [sandbox.scopeItem('PLAT')],
        password: () => Promise.resolve(STORED),
        ...changes,
      }),
  };
}

const READ = ['PROJECT_READ', 'REPO_READ'];

for (const token of ['automatic', 'by-hand'] as const) {
  describeVendor<BitbucketDataCenterSandbox>({
    name: `Bitbucket Data Center with tokens made ${token}`,
    credential: token === 'automatic' ? 'minted' : 'deposited',
    open: () => open({ token }),
    users: ({ state }, spec) => state.users.filter((user) => user.email === spec.address).length,
    memberships: ({ state }, _spec, user) =>
      state.grants.filter((grant) => String(grant.userId) === user.id).length +
      state.users.filter((one) => String(one.id) === user.id && one.global !== null).length,
    createsUser: { method: 'POST', path: '/admin/users' },
    grantsAccess: { method: 'PUT', path: '/permissions/users' },
    takeName: (sandbox, spec) => void addColleague(sandbox, spec.login),
    weaken(sandbox) {
      sandbox.admin.global = 'LICENSED_USER';
      return 'Admin';
    },
    strengthen(sandbox) {
      sandbox.admin.global = 'SYS_ADMIN';
      return 'System Admin';
    },
    slowsDown: null,
    seedScopes(sandbox, count) {
      for (let n = 1; n <= count; n += 1) sandbox.seedRepository('SHOP', `part-${n}`);
    },
    wrongCredentials: {
      'belongs to somebody else': (sandbox) => sandbox.makeToken(sandbox.admin.id),
      'was cut off': () => 'MjUyOTcz',
      'is the password of the account': () => STORED.reveal(),
      'can do too much': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { permissions: ['PROJECT_READ', 'REPO_WRITE'] }),
      'can do too little': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { permissions: ['REPO_READ'] }),
      'has expired': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { createdDate: Date.parse('2026-01-01') }),
      'never expires': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { expiryDays: null }),
      'lives longer than a year': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { expiryDays: 400 }),
    },
    wrongStates: {
      'has been made an administrator of Bitbucket': (sandbox, _spec, user) => {
        sandbox.user(user.id).global = 'ADMIN';
      },
      'may write in the chosen project': (sandbox, _spec, user) => {
        sandbox.grant(Number(user.id), 'PLAT', 'PROJECT_WRITE');
      },
      'has lost its permission': ({ state }) => {
        state.grants = [];
      },
      'has lost its licence': (sandbox, _spec, user) => {
        sandbox.user(user.id).global = null;
      },
      'has been deactivated': (sandbox, _spec, user) => {
        sandbox.user(user.id).active = false;
      },
      'sees no repository in the chosen project': ({ state }) => {
        state.repositories.splice(0, 2);
      },
    },
    killByHand: null,
  });
}

function addColleague(sandbox: BitbucketDataCenterSandbox, name: string) {
  const colleague = { ...sandbox.admin, id: 7, name, slug: name, displayName: 'A colleague' };
  sandbox.state.users.push({ ...colleague, global: 'LICENSED_USER' });
  return sandbox.user('7');
}

describe('Bitbucket Data Center', () => {
  let world: VendorWorld<BitbucketDataCenterSandbox>;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  async function reopen(overrides: Readonly<Record<string, unknown>>): Promise<void> {
    await world.sandbox.close();
    world = await open(overrides);
  }

  it('makes the account with a throw-away password and changes it at once to the stored one', async () => {
    const user = await makeUser(world, world.spec());

    const exchanges = world.sandbox.servers[0]?.exchanges ?? [];
    const made = exchanges.find(({ request }) => request.method === 'POST')?.request.query;
    const { password, displayName, global } = world.sandbox.user(user.id);
    expect(made?.get('password')).toMatch(/^[\w-]{32}$/);
    expect(made?.get('addToDefaultGroup')).toBe('false');
    expect(password).toBe(STORED.reveal());
    expect(displayName).toBe(`Flow service account SA-7K3F9Q (${MARKER})`);
    expect(global).toBeNull();
  });

  it('puts the stored password in force when it died right after making the account', async () => {
    const spec = world.spec();
    const rule = { method: 'PUT', path: '/credentials', fault: fault.drop() };
    world.sandbox.servers[0]?.faults.inject(rule);

    const lost = await failureOf(world.vendor.ensureUser(spec, {}));
    const between = world.sandbox.state.users.find((one) => one.email === spec.address)?.password;
    const user = await makeUser(world, spec);

    expect(lost.code).toBe('unreachable');
    expect(between).not.toBe(STORED.reveal());
    expect(world.sandbox.user(user.id).password).toBe(STORED.reveal());
  });

  it('sees the repositories of the chosen project and says until when', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(verification).toMatchObject({
      identity: spec.login,
      role: 'Read in the chosen projects and repositories',
      scopes: READ,
      sees: { count: 2, noun: 'repositories', sample: ['PLAT/api', 'PLAT/web'] },
      expiresAt: '2027-03-07T10:00:00.000Z',
    });
    expect(verification.isNot).toContain('is not an administrator of Bitbucket');
  });

  it.each([
    ['integration', 'contributor', READ, 'READ'],
    ['integration', 'owner', ['PROJECT_ADMIN', 'REPO_ADMIN'], 'ADMIN'],
    ['automation', 'contributor', ['PROJECT_READ', 'REPO_WRITE'], 'WRITE'],
    ['automation', 'owner', ['PROJECT_ADMIN', 'REPO_ADMIN'], 'ADMIN'],
  ] as const)('gives an %s with %s access exactly %j', async (kind, access, permissions, level) => {
    const scope = [world.sandbox.scopeItem('PLAT/api'), world.sandbox.scopeItem('SHOP')];
    const spec = world.spec({ kind, access, scope });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(world.vendor.profile(spec).tokenScopes).toEqual(permissions);
    expect(verification.scopes).toEqual(permissions);
    expect(verification.sees.sample).toEqual(['PLAT/api', 'SHOP/checkout']);
    expect(world.sandbox.state.grants).toEqual([
      { project: 'PLAT', slug: 'api', userId: Number(user.id), level },
      { project: 'SHOP', slug: null, userId: Number(user.id), level },
    ]);
  });

  it('tells the person the username and that the token is the password', () => {
    const spec = world.spec();

    const { flowFields } = world.vendor.profile(spec);

    expect(flowFields).toContainEqual({ label: 'Username', value: spec.login });
    expect(flowFields).toContainEqual({
      label: 'Password',
      value: 'The token, not the account’s own password',
    });
    expect(world.vendor.profile({ ...spec, kind: 'automation' }).flowFields).toEqual([]);
  });

  it('lowers a permission that is too high instead of leaving it', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.grant(Number(user.id), 'PLAT', 'PROJECT_ADMIN');
    world.sandbox.user(user.id).global = 'PROJECT_CREATE';

    await world.vendor.ensureAccess(spec, user);

    expect(world.sandbox.state.grants.map(({ level }) => level)).toEqual(['READ']);
    expect(world.sandbox.user(user.id).global).toBe('LICENSED_USER');
  });

  it('refuses a token of an account that may change a repository outside the chosen ones', async () => {
    const spec = world.spec({ kind: 'automation' });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.grant(Number(user.id), 'SHOP/checkout', 'REPO_WRITE');

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('SHOP/checkout');
  });

  it('refuses an administrator of Bitbucket also where project administration was approved', async () => {
    const spec = world.spec({ access: 'owner' });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.user(user.id).global = 'ADMIN';
    world.sandbox.state.repositories.splice(2, 1);

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.message).toContain('is an administrator of Bitbucket');
  });

  it('refuses a token that Flow could not use as a password', async () => {
    const spec = world.spec();
    world.sandbox.state.tokensAsPasswords = false;
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    const exchanges = world.sandbox.servers[0]?.exchanges ?? [];
    const schemes = exchanges
      .slice(-2)
      .map(({ request }) => request.headers['authorization']?.split(' ')[0]);
    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('which is how Flow uses it');
    expect(schemes).toEqual(['Bearer', 'Basic']);
  });

  it('finds a permission that comes from the project when only a repository was chosen', async () => {
    const spec = world.spec({ scope: [world.sandbox.scopeItem('PLAT/api')] });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.grant(Number(user.id), 'PLAT', 'PROJECT_WRITE');

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.message).toContain('REPO_WRITE in PLAT/api');
  });

  it('verifies one of several tokens by its id, whatever the others may do', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.makeToken(Number(user.id), { permissions: ['PROJECT_ADMIN', 'REPO_ADMIN'] });

    const verification = await world.vendor.verify(spec, user, secret);

    expect(verification.scopes).toEqual(READ);
  });

  it('demands that every token is right where a token does not show its id', async () => {
    const spec = world.spec();
    world.sandbox.state.idsInTokens = false;
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const alone = await world.vendor.verify(spec, user, secret);
    world.sandbox.makeToken(Number(user.id), { permissions: ['PROJECT_ADMIN', 'REPO_ADMIN'] });
    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(alone.expiresAt).toBe('2027-03-07T10:00:00.000Z');
    expect(error.code).toBe('verification-failed');
  });

  it('does not guess which of two tokens it is to revoke', async () => {
    const spec = world.spec();
    world.sandbox.state.idsInTokens = false;
    const user = await makeMember(world, spec);
    const first = await makeCredential(world, spec, user, `${MARKER}-1`);
    await makeCredential(world, spec, user, `${MARKER}-2`);

    const error = await failureOf(world.vendor.revoke(user, first));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('HTTP access tokens');
    expect(world.sandbox.state.tokens).toHaveLength(2);
  });

  it('revokes exactly the token in hand', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const first = await makeCredential(world, spec, user, `${MARKER}-1`);
    await makeCredential(world, spec, user, `${MARKER}-2`);

    await world.vendor.revoke(user, first);

    expect(world.sandbox.state.tokens.map(({ name }) => name)).toEqual([`${MARKER}-2`]);
  });

  it('does not take a broken answer for a dead token', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const rule = { path: '/application-properties', fault: fault.status(503) };
    world.sandbox.servers[0]?.faults.inject(rule);

    const error = await failureOf(world.vendor.revoke(user, new Secret('dead')));

    expect(error.code).toBe('unavailable');
  });

  it.each([
    ['somebody changed the password', { password: 'changed by somebody' }],
    ['a CAPTCHA is wanted', { failedSignIns: 5 }],
  ])('makes the token also when %s', async (_why, change) => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    Object.assign(world.sandbox.user(user.id), change);

    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);
    expect(verification.identity).toBe(spec.login);
    expect(world.sandbox.user(user.id)).toMatchObject({
      password: STORED.reveal(),
      failedSignIns: 0,
    });
  });

  it('says that a CAPTCHA is wanted from our own account', async () => {
    world.sandbox.admin.failedSignIns = 5;

    const error = await failureOf(world.vendor.findUser(world.spec()));

    expect(error.code).toBe('unauthenticated');
    expect(error.message).toContain('Clear CAPTCHA challenge');
  });

  it('tells a wrong password of ours from a right that we lack', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.admin.global = 'LICENSED_USER';
    const lacking = await failureOf(world.vendor.removeUser(spec, user));
    world.sandbox.admin.password = 'another';

    const dead = await failureOf(world.vendor.removeUser(spec, user));

    expect([lacking.code, dead.code]).toEqual(['missing-permission', 'unauthenticated']);
    expect(lacking.message).toContain('global permission "Admin"');
    expect(dead.message).toContain('admin_password');
  });

  it('says what to set when Bitbucket takes no passwords of service accounts', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.basicAuth = false;

    const error = await failureOf(makeCredential(world, spec, user));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('token: by-hand');
  });

  it('gets its token by hand where Bitbucket takes no passwords', async () => {
    await reopen({ token: 'by-hand' });
    world.sandbox.state.basicAuth = false;
    const spec = world.spec({ kind: 'automation' });
    const user = await makeMember(world, spec);
    const { credential } = world.vendor;

    const task = credential.how === 'deposited' ? credential.task(spec, user, TOKEN, 104) : null;
    const secret = await makeCredential(world, spec, user);
    const verification = await world.vendor.verify(spec, user, secret);

    const text = task?.instructions.join('\n') ?? '';
    expect(text).toContain(`Type ${TOKEN} as the token name.`);
    expect(text).toContain('"Project read" as project permissions and "Repository write"');
    expect(text).toContain('after 104 days');
    expect(task?.deposit?.secretName).toBe(`${MARKER}-token`);
    expect(verification.scopes).toEqual(['PROJECT_READ', 'REPO_WRITE']);
  });

  it.each(['redirect', 'page'] as const)(
    'does not take a sign-in page (%s) for an answer',
    async (gate) => {
      const spec = world.spec();
      const user = await makeMember(world, spec);
      const secret = await makeCredential(world, spec, user);
      world.sandbox.state.gate = gate;

      const calls = [
        world.vendor.findUser(spec),
        world.vendor.verify(spec, user, secret),
        world.vendor.revoke(user, secret),
        world.vendor.removeUser(spec, user),
      ];
      const errors = await Promise.all(calls.map(failureOf));

      expect(errors.map(({ code }) => code)).toEqual(Array(4).fill('unexpected-answer'));
      expect(errors.every(({ message }) => message.includes('sign-in'))).toBe(true);
    },
  );

  it('does not call access removed because some page was not found', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const rule = { method: 'DELETE', fault: fault.status(404) };
    world.sandbox.servers[0]?.faults.inject(rule);

    const error = await failureOf(world.vendor.removeAccess(spec, user));

    expect(error.code).toBe('unexpected-answer');
    expect(error.message).toContain('base_url');
  });

  it('takes access away quietly when the project is gone', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.projects.splice(0, 1);

    await world.vendor.removeAccess(spec, user);

    expect(world.sandbox.user(user.id).global).toBeNull();
  });

  it('says that a chosen project is no longer there', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.state.projects.splice(0, 1);

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('Platform (PLAT)');
  });

  it('says that no licence is free', async () => {
    const spec = world.spec();
    world.sandbox.state.licences = 0;
    const user = await makeUser(world, spec);

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain('licence');
  });

  it('says so when the account has more rights than our own', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).global = 'SYS_ADMIN';

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('more rights');
  });

  it.each([
    ['the address differs', { email: 'somebody@acme.example' }],
    ['the marker is missing', { displayName: 'Flow service account' }],
  ])('does not adopt an account of the same name when %s', async (_why, change) => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    Object.assign(world.sandbox.user(user.id), { password: 'theirs', ...change });

    const error = await failureOf(makeUser(world, spec));

    expect(error.code).toBe('name-taken');
    expect(await world.vendor.findUser(spec)).toBeUndefined();
    expect(world.sandbox.user(user.id).password).toBe('theirs');
  });

  it('says that the user directory may be read-only', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.state.writableDirectory = false;

    const [again, removal, other] = [
      await failureOf(makeUser(world, spec)),
      await failureOf(world.vendor.removeUser(spec, user)),
      await failureOf(makeUser(world, { ...spec, login: 'another' })),
    ];

    expect([again, removal, other].map(({ code }) => code)).toEqual(Array(3).fill('refused'));
    expect([again, removal, other].every(({ message }) => /read-only/.test(message))).toBe(true);
  });

  it('explains a token lifetime that this Bitbucket does not allow', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.longestTokenDays = 30;

    const error = await failureOf(minted(world.vendor).mint(spec, user, TOKEN, 104));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('longest lifetime');
  });

  it('leaves one token when the answer to its making was lost', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const rule = { method: 'PUT', path: '/access-tokens/', fault: fault.dropAfterEffect() };
    world.sandbox.servers[0]?.faults.inject(rule);

    const lost = await failureOf(minted(world.vendor).mint(spec, user, TOKEN, 104));
    await minted(world.vendor).revokeNamed(user, TOKEN, spec);
    const issued = await minted(world.vendor).mint(spec, user, TOKEN, 104);

    expect(lost.code).toBe('unreachable');
    expect(world.sandbox.state.tokens.map(({ id }) => id)).toEqual([issued.id]);
  });

  it('does not touch somebody who got the name later', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    await world.vendor.removeUser(spec, user);
    const colleague = addColleague(world.sandbox, spec.login);

    await world.vendor.removeAccess(spec, user);
    await minted(world.vendor).revokeNamed(user, TOKEN, spec);
    await world.vendor.removeUser(spec, user);

    expect(world.sandbox.state.users).toContain(colleague);
    expect(colleague.global).toBe('LICENSED_USER');
  });

  it('finds its account among more than a page of others', async () => {
    const spec = world.spec();
    for (let n = 0; n < 120; n += 1) {
      const name = `${spec.login}-${n}`;
      world.sandbox.state.users.push({ ...world.sandbox.admin, id: 1000 + n, name, slug: name });
    }
    const user = await makeUser(world, spec);

    const found = await world.vendor.findUser(spec);

    expect(found).toEqual(user);
  });

  it('finds a repository by the name under which it was offered', async () => {
    const [first] = await world.vendor.searchScopes('PLAT/api');

    expect(first).toEqual(world.sandbox.scopeItem('PLAT/api'));
  });

  it('does not verify a token that has run out by a day', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const issued = await minted(world.vendor).mint(spec, user, TOKEN, 1);
    world.clock.advance(DAY_MS);

    const error = await failureOf(world.vendor.verify(spec, user, issued.secret));

    expect(error.code).toBe('verification-failed');
  });
});
