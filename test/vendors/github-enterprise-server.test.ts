import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { githubEnterpriseServer } from '../../src/vendors/github-enterprise-server/index.ts';
import { openSandbox } from '../../src/vendors/github-enterprise-server/sandbox.ts';
import type { EnterpriseServerSandbox } from '../../src/vendors/github-enterprise-server/sandbox.ts';
import type { AccountSpec, VendorUser } from '../../src/vendors/vendor.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  IMPATIENT,
  aSpec,
  closeWorld,
  codeOf,
  DAYS,
  driveUntilDone,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  minted,
  testClock,
  thrownBy,
  TOKEN,
} from '../contracts/vendor-world.ts';
import type { VendorCase, VendorWorld } from '../contracts/vendor-world.ts';

const WEB = { id: 'acme/web', name: 'acme/web', kind: 'repository' };
const ORG = { id: 'acme', name: 'acme', kind: 'organisation' };
const LATER = '2027-03-07T00:00:00.000Z';
const READING = ['read:org', 'read:user', 'repo'];

interface Options {
  readonly token?: 'by-hand';
  readonly external_auth?: boolean;
}

type World = VendorWorld<EnterpriseServerSandbox>;

async function openWorld(options: Options = {}): Promise<World> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  sandbox.server.state.externalAuth = options.external_auth === true;
  const config = githubEnterpriseServer.schema.parse({ ...sandbox.config, ...options });
  const deps = { clock, log: pino({ level: 'silent' }), connectionName: 'GitHub at Acme' };
  const vendor = githubEnterpriseServer.open(config, deps);
  const impatient = githubEnterpriseServer.open({ ...config, ...IMPATIENT }, deps);
  const spec = (overrides: Partial<AccountSpec> = {}) => aSpec({ scope: [WEB], ...overrides });
  return { vendor, impatient, definition: githubEnterpriseServer, sandbox, clock, spec };
}

type Wrong = VendorCase<EnterpriseServerSandbox>['wrongCredentials'];

/** Tokens of the account with other rights than were approved. */
const WRONG_BY_APP: Wrong = {
  'belongs to a colleague': ({ world, server }) => {
    const colleague = world.register('colleague');
    world.state.members.set(colleague.id, 'member');
    return server.impersonate(0, colleague, READING)?.value ?? '';
  },
  'may do too much': ({ world, server }, _spec, user) =>
    server.impersonate(0, world.findUser(user.login)!, [...READING, 'delete_repo'])?.value ?? '',
  'may do too little': ({ world, server }, _spec, user) =>
    server.impersonate(0, world.findUser(user.login)!, ['repo'])?.value ?? '',
  'is made up': () => 'gho_0123456789abcdef',
};

const WRONG_BY_HAND: Wrong = {
  'belongs to a colleague': ({ world }) => {
    const colleague = world.register('colleague');
    world.state.members.set(colleague.id, 'member');
    return world.makeToken('colleague', { name: TOKEN, expiresAt: LATER, scopes: READING }).value;
  },
  'is not a classic token': ({ world }, _spec, user) =>
    world.makeToken(user.login, { name: TOKEN, expiresAt: LATER }).value,
  'never expires': ({ world }, _spec, user) =>
    world.makeToken(user.login, { name: TOKEN, scopes: READING }).value,
  'has expired': ({ world }, _spec, user) =>
    world.makeToken(user.login, {
      name: TOKEN,
      scopes: READING,
      expiresAt: '2026-11-01T00:00:00.000Z',
    }).value,
  'may do too much': ({ world }, _spec, user) =>
    world.makeToken(user.login, {
      name: TOKEN,
      expiresAt: LATER,
      scopes: [...READING, 'admin:org'],
    }).value,
};

const idOf = (user: VendorUser): number => Number(user.id);

function caseFor(name: string, options: Options): VendorCase<EnterpriseServerSandbox> {
  const byHand = options.token === 'by-hand';
  const hasDirectory = options.external_auth === true;
  return {
    name,
    credential: byHand ? 'deposited' : 'minted',
    // Impersonation.
    oneToken: true,
    open: () => openWorld(options),
    users: ({ world }, spec) =>
      world.state.users.filter((user) => user.email === spec.address).length,
    memberships: ({ world }, _spec, user) =>
      Number(world.state.members.has(idOf(user))) +
      world.state.invitations.filter((one) => one.userId === idOf(user)).length +
      world.state.repositories.filter((one) => one.direct.has(idOf(user))).length,
    createsUser: hasDirectory ? null : { method: 'POST', path: '/admin/users' },
    grantsAccess: { method: 'PUT', path: '/orgs/acme/memberships' },
    takeName: hasDirectory
      ? null
      : ({ world }, spec) => void world.register(spec.login, { email: 'else@acme.example' }),
    weaken: hasDirectory
      ? null
      : ({ world }) => {
          keepScopes(world, ['admin:org', 'repo']);
          return 'site_admin';
        },
    strengthen: ({ world }) => {
      keepScopes(world, ['admin:org', 'repo', 'site_admin', 'delete_repo']);
      return 'delete_repo';
    },
    slowsDown: (until) => ({
      status: 403,
      headers: {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(until.getTime() / 1000),
      },
    }),
    seedScopes: ({ world }, count) => {
      for (let number = 0; number < count; number += 1) world.addRepository(`service-${number}`);
    },
    wrongCredentials: byHand ? WRONG_BY_HAND : WRONG_BY_APP,
    wrongStates: {
      'has been made an owner': ({ world }, _spec, user) => {
        world.state.members.set(idOf(user), 'admin');
      },
      'has been made a site administrator': ({ server }, _spec, user) => {
        server.state.siteAdmins.add(idOf(user));
      },
      'has been suspended': ({ server }, _spec, user) => {
        server.state.suspended.set(idOf(user), LATER);
      },
      'has left the organisation': ({ world }, _spec, user) => {
        world.state.members.delete(idOf(user));
      },
      'may write in a chosen repository': ({ world }, _spec, user) => {
        world.findRepository('acme/web')?.direct.set(idOf(user), 'write');
      },
      'sees a private repository that was not chosen': ({ world }, _spec, user) => {
        world.findRepository('acme/api')?.direct.set(idOf(user), 'read');
      },
    },
    killByHand: null,
  };
}

function keepScopes({ state }: EnterpriseServerSandbox['world'], scopes: string[]): void {
  const own = state.tokens.findIndex(({ name }) => name === 'service accounts');
  state.tokens[own] = { ...state.tokens[own]!, scopes };
}

describeVendor(caseFor('GitHub Enterprise Server', {}));
describeVendor(caseFor('GitHub Enterprise Server with tokens made by hand', { token: 'by-hand' }));
describeVendor(caseFor('GitHub Enterprise Server with a directory', { external_auth: true }));

describe('GitHub Enterprise Server', () => {
  async function open(options: Options = {}): Promise<World> {
    const world = await openWorld(options);
    onTestFinished(() => closeWorld(world));
    return world;
  }

  it('does everything without a person', async () => {
    const world = await open();
    const spec = world.spec();

    const user = await driveUntilDone(world, spec, () => world.vendor.ensureUser(spec, {}));
    const access = await driveUntilDone(world, spec, () =>
      world.vendor.ensureAccess(spec, user.value),
    );
    const secret = await makeCredential(world, spec, user.value);
    const verification = await world.vendor.verify(spec, user.value, secret);

    expect([user.tasks, access.tasks]).toEqual([0, 0]);
    expect(verification.isNot).toEqual([
      'is not an owner of the organisation',
      'has no other scope',
      'is not a site administrator',
    ]);
    expect(verification.expiresAt).toBeNull();
  });

  it('takes the username as the server makes it', async () => {
    const world = await open();
    const spec = world.spec({ login: 'flow.integrations_7k3f9q' });

    const first = await makeUser(world, spec);
    const second = await makeUser(world, spec);

    expect(first.login).toBe('flow-integrations-7k3f9q');
    expect(second).toEqual(first);
  });

  it('puts its mark and name on the account and leaves no impersonation behind', async () => {
    const world = await open();

    const user = await makeMember(world, world.spec());

    const { world: inside, server } = world.sandbox;
    expect(inside.findUser(user.login)).toMatchObject({
      bio: 'flow-sa-7k3f9q',
      name: 'Flow service account SA-7K3F9Q',
    });
    expect(server.state.impersonations).toEqual([]);
  });

  it('marks the account in a second run when the first ended after making it', async () => {
    const world = await open();
    const rule = { method: 'PATCH', path: '/user', fault: fault.drop() };
    world.sandbox.servers[0]?.faults.inject(rule);
    const error = await thrownBy(world.vendor.ensureUser(world.spec(), {}));

    const found = await world.vendor.findUser(world.spec());
    const user = await makeUser(world, world.spec());

    expect(error).toBeDefined();
    expect(found?.id).toBe(user.id);
    expect(world.sandbox.world.findUser(user.login)?.bio).toBe('flow-sa-7k3f9q');
    expect(world.sandbox.server.state.impersonations).toEqual([]);
  });

  it('never impersonates a site administrator to learn whose account it is', async () => {
    const world = await open();
    const { world: inside, server } = world.sandbox;
    const admin = inside.register(world.spec().login, { email: world.spec().address });
    server.state.siteAdmins.add(admin.id);

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('name-taken');
    const calls = world.sandbox.servers[0]!.exchanges.map(({ route }) => route);
    expect(calls).not.toContain('POST /admin/users/:login/authorizations');
  });

  it('says that the licence is used up when the server makes no more accounts', async () => {
    const world = await open();
    world.sandbox.server.state.seatsLeft = 0;

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('limit-reached');
  });

  it('says that the address is taken when another account has it', async () => {
    const world = await open();
    world.sandbox.world.register('colleague', { email: world.spec().address });

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('name-taken');
    expect(error.message).toContain('flow-integrations@acme.example');
  });

  it('asks for a suspended account of ours to be unsuspended', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    world.sandbox.server.state.suspended.set(idOf(user), LATER);

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('suspended');
  });

  it('refuses to choose repositories where members see all of them', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    world.sandbox.world.state.basePermission = 'read';

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));
    const whole = await world.vendor.ensureAccess(world.spec({ scope: [ORG] }), user);

    expect(error.code).toBe('refused');
    expect(error.message).toContain('Request the whole organisation');
    expect(whole.kind).toBe('done');
  });

  it('does not count internal repositories as ones that were not chosen', async () => {
    const world = await open();
    const { world: inside, server } = world.sandbox;
    const user = await makeMember(world, world.spec());
    const secret = await makeCredential(world, world.spec(), user);
    inside.addRepository('handbook').direct.set(idOf(user), 'read');
    server.state.internal.add('acme/handbook');

    const verification = await world.vendor.verify(world.spec(), user, secret);

    expect(verification.sees.sample.toSorted()).toEqual([
      'acme/handbook',
      'acme/web',
      'acme/website',
    ]);
  });

  it('sends the invitation anew when it waits with the wrong role', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    const lost = { method: 'PATCH', path: '/user/memberships', fault: fault.status(502) };
    world.sandbox.servers[0]?.faults.inject(lost);
    await thrownBy(world.vendor.ensureAccess(world.spec({ access: 'owner' }), user));

    const outcome = await world.vendor.ensureAccess(world.spec(), user);

    expect(outcome.kind).toBe('done');
    expect(world.sandbox.world.state.members.get(idOf(user))).toBe('member');
    expect(world.sandbox.world.state.invitations).toEqual([]);
  });

  it('is done when only the answer to the acceptance is lost', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    const lost = { method: 'PATCH', path: '/user/memberships', fault: fault.dropAfterEffect() };
    world.sandbox.servers[0]?.faults.inject(lost);

    const outcome = await world.vendor.ensureAccess(world.spec(), user);

    expect(outcome.kind).toBe('done');
    expect(world.sandbox.server.state.impersonations).toEqual([]);
  });

  it('keeps one living token, whatever name it is minted under', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const first = await makeCredential(world, world.spec(), user, 'flow-sa-7k3f9q-1');
    const second = await makeCredential(world, world.spec(), user, 'flow-sa-7k3f9q-2');

    const codes = [
      await codeOf(world.vendor.verify(world.spec(), user, first)),
      await codeOf(world.vendor.verify(world.spec(), user, second)),
    ];

    expect(codes).toEqual(['verification-failed', 'none']);
  });

  it('mints a token of which it knows the value also after a lost answer', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const lost = { path: '/authorizations', fault: fault.dropAfterEffect() };
    world.sandbox.servers[0]?.faults.inject(lost);
    await thrownBy(minted(world.vendor).mint(world.spec(), user, TOKEN, DAYS));

    await minted(world.vendor).revokeNamed(user, TOKEN, world.spec());
    const issued = await minted(world.vendor).mint(world.spec(), user, TOKEN, DAYS);

    expect(await codeOf(world.vendor.verify(world.spec(), user, issued.secret))).toBe('none');
    expect(issued.expiresAt).toBeNull();
    expect(world.sandbox.server.state.impersonations).toHaveLength(1);
  });

  it('does not end the present token when the one before it is revoked', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const old = await makeCredential(world, world.spec(), user);
    const present = await makeCredential(world, world.spec(), user);

    await world.vendor.revoke(user, old);

    expect(await codeOf(world.vendor.verify(world.spec(), user, present))).toBe('none');
  });

  it('deletes exactly the token that was made by hand', async () => {
    const world = await open({ token: 'by-hand' });
    const user = await makeMember(world, world.spec());
    const secret = await makeCredential(world, world.spec(), user);
    const other = await makeCredential(world, world.spec(), user, 'flow-sa-7k3f9q-2');

    await world.vendor.revoke(user, secret);

    expect(await codeOf(world.vendor.verify(world.spec(), user, secret))).toBe(
      'verification-failed',
    );
    expect(await codeOf(world.vendor.verify(world.spec(), user, other))).toBe('none');
  });

  it('says where a person deletes a token that our way does not reach', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const { value } = world.sandbox.world.makeToken(user.login, { name: 'old', scopes: READING });

    const error = await failureOf(world.vendor.revoke(user, new Secret(value)));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('Personal access tokens');
  });

  it('describes the token to be made by hand word for word', async () => {
    const world = await open({ token: 'by-hand' });
    const user = { id: '1', login: 'flow-integrations-7k3f9q', url: null };
    const { credential } = world.vendor;
    if (credential.how !== 'deposited') throw new Error('deposited is expected');

    const task = credential.task(world.spec(), user, TOKEN, DAYS);

    expect(task.instructions).toContain('Select scopes: exactly read:org, read:user, repo.');
    expect(task.instructions).toContain('Expiration: Custom, 2027-03-07 or earlier.');
    expect(task.links[0]?.url).toMatch(/\/settings\/tokens\/new$/);
    expect(task.instructions[0]).toContain('Forgot password');
  });

  it('gives the scopes of webhooks only to an owner, and of pushing only to an automation', async () => {
    const { vendor, spec } = await open();

    const scopes = [
      spec({ access: 'owner', services: ['webhooks'] }),
      spec({ access: 'contributor', services: ['webhooks'] }),
      spec({ kind: 'automation', services: [] }),
    ].map((each) => vendor.profile(each).tokenScopes);

    expect(scopes).toEqual([
      ['admin:org_hook', 'admin:repo_hook', 'read:org', 'read:user', 'repo'],
      READING,
      ['repo'],
    ]);
  });

  it('tells Flow the address of the server', async () => {
    const { vendor, spec, sandbox } = await open();

    const { flowFields } = vendor.profile(spec());

    expect(flowFields).toContainEqual({ label: 'Base URL', value: sandbox.config['base_url'] });
  });

  it('waits until the directory’s user has signed in, and takes only the right address', async () => {
    const world = await open({ external_auth: true });
    const { world: inside } = world.sandbox;
    const missing = await world.vendor.ensureUser(world.spec(), {});
    inside.register('somebody', { email: 'somebody@acme.example' });

    const foreign = await world.vendor.ensureUser(world.spec(), { login: 'somebody' });

    const task = { id: 'make-directory-user' };
    expect(missing).toMatchObject({ kind: 'human', task });
    expect(foreign).toMatchObject({
      kind: 'human',
      task: { ...task, finding: expect.stringContaining('does not have the address') as string },
    });
    expect(inside.findUser('somebody')?.bio).toBeNull();
  });

  it('has the directory’s administrator disable what the server may not suspend', async () => {
    const world = await open({ external_auth: true });
    const user = await makeMember(world, world.spec());
    world.sandbox.server.state.directorySuspends = true;

    const asked = await world.vendor.removeUser(world.spec(), user);
    const driven = await driveUntilDone(world, world.spec(), () =>
      world.vendor.removeUser(world.spec(), user),
    );

    expect(asked).toMatchObject({ kind: 'human', task: { id: 'disable-directory-user' } });
    expect(driven.tasks).toBe(1);
    expect(world.sandbox.world.state.members.has(idOf(user))).toBe(false);
  });

  it('names an owner of the organisation who is no site administrator, and the reverse', async () => {
    const world = await open();
    const { world: inside, server } = world.sandbox;
    const { id } = inside.findUser('acme-site-admin')!;
    server.state.siteAdmins.delete(id);
    inside.state.members.set(id, 'member');

    const findings = await world.vendor.check();

    const problems = findings.filter(({ level }) => level === 'problem').map((one) => one.subject);
    expect(problems).toEqual(['GitHub at Acme: site administrator', 'GitHub at Acme: role']);
  });
});
