import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { TokenWish } from '../../src/vendors/github/sandbox-world.ts';
import { githubManagedUsers } from '../../src/vendors/github-managed-users/index.ts';
import { openSandbox } from '../../src/vendors/github-managed-users/sandbox.ts';
import type { ManagedUsersSandbox } from '../../src/vendors/github-managed-users/sandbox.ts';
import type { AccountSpec, VendorUser } from '../../src/vendors/vendor.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  IMPATIENT,
  aSpec,
  closeWorld,
  codeOf,
  driveUntilDone,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  testClock,
  thrownBy,
  TOKEN,
} from '../contracts/vendor-world.ts';
import type { VendorCase, VendorWorld } from '../contracts/vendor-world.ts';

const WEB = { id: 'acme/web', name: 'acme/web', kind: 'repository' };
const LATER = '2027-03-07T00:00:00.000Z';

interface Options {
  readonly auth?: 'app' | 'token';
  readonly scim?: 'token' | 'idp';
  readonly short_code?: string;
}

type World = VendorWorld<ManagedUsersSandbox>;

async function openWorld({ short_code = 'acme', ...options }: Options = {}): Promise<World> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock, ...options });
  const config = githubManagedUsers.schema.parse({ ...sandbox.config, short_code });
  const deps = { clock, log: pino({ level: 'silent' }), connectionName: 'GitHub acme' };
  const vendor = githubManagedUsers.open(config, deps);
  const impatient = githubManagedUsers.open({ ...config, ...IMPATIENT }, deps);
  const spec = (overrides: Partial<AccountSpec> = {}) => aSpec({ scope: [WEB], ...overrides });
  return { vendor, impatient, definition: githubManagedUsers, sandbox, clock, spec };
}

const EXACT: TokenWish = {
  name: TOKEN,
  expiresAt: LATER,
  repositories: ['acme/web'],
  permissions: {
    repository: { contents: 'read', issues: 'read', metadata: 'read', pull_requests: 'read' },
    organization: { members: 'read' },
  },
};

function make(wish: Partial<TokenWish>) {
  return ({ world }: ManagedUsersSandbox, _spec: AccountSpec, user: VendorUser) =>
    world.makeToken(user.login, { ...EXACT, ...wish }).value;
}

const idOf = (user: VendorUser): number => Number(user.id);

function caseFor(name: string, options: Options): VendorCase<ManagedUsersSandbox> {
  const byIdp = options.scim === 'idp';
  const own = options.auth === 'token';
  return {
    name,
    credential: 'deposited',
    open: () => openWorld(options),
    users: ({ provisioning }, spec) =>
      provisioning.records.filter(({ address }) => address === spec.address).length,
    memberships: ({ world }, _spec, user) =>
      Number(world.state.members.has(idOf(user))) +
      world.state.repositories.filter((one) => one.direct.has(idOf(user))).length,
    createsUser: byIdp ? null : { method: 'POST', path: '/scim/v2/enterprises/acme/Users' },
    grantsAccess: { method: 'PUT', path: '/orgs/acme/memberships' },
    takeName: byIdp
      ? null
      : ({ provisioning }, spec) =>
          void provisioning.provision({
            externalId: 'E012345',
            userName: spec.login,
            displayName: 'Somebody else',
            address: 'else@acme.example',
          }),
    weaken: ({ world }) => {
      if (own) keepScopes(world, ['repo', 'read:org']);
      else world.state.appPermissions['members'] = 'read';
      return own ? 'admin:org' : 'members: write';
    },
    strengthen: ({ world }) => {
      if (own) keepScopes(world, ['repo', 'admin:org', 'delete_repo']);
      else world.state.appPermissions['secrets'] = 'write';
      return own ? 'delete_repo' : 'secrets: write';
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
    wrongCredentials: {
      'belongs to a colleague': ({ world }) => {
        const colleague = world.register('colleague_acme');
        world.state.members.set(colleague.id, 'member');
        return world.makeToken(colleague.login, { ...EXACT, repositories: [] }).value;
      },
      'is a classic token': make({ scopes: ['repo'] }),
      'has expired': make({ expiresAt: '2026-11-01T00:00:00.000Z' }),
      'was made for the account itself instead of the organisation': make({ owner: 'somebody' }),
      ...(own ? {} : { 'reaches all repositories': make({ selection: 'all' }) }),
    },
    wrongStates: {
      'has been made an owner': ({ world }, _spec, user) => {
        world.state.members.set(idOf(user), 'admin');
      },
      'has left the organisation': ({ world }, _spec, user) => {
        world.state.members.delete(idOf(user));
      },
    },
    killByHand: null,
  };
}

function keepScopes({ state }: ManagedUsersSandbox['world'], scopes: string[]): void {
  const owner = state.users.find(({ login }) => login === 'owner_acme');
  const at = state.tokens.findIndex(({ userId }) => userId === owner?.id);
  state.tokens[at] = { ...state.tokens[at]!, scopes };
}

describeVendor(caseFor('GitHub Enterprise Managed Users', {}));
describeVendor(
  caseFor('GitHub Enterprise Managed Users with an identity provider and an owner’s token', {
    auth: 'token',
    scim: 'idp',
  }),
);

describe('GitHub Enterprise Managed Users', () => {
  async function open(options: Options = {}): Promise<World> {
    const world = await openWorld(options);
    onTestFinished(() => closeWorld(world));
    return world;
  }

  it('leaves only the token to a person', async () => {
    const world = await open();
    const spec = world.spec();

    const user = await driveUntilDone(world, spec, () => world.vendor.ensureUser(spec, {}));
    const access = await driveUntilDone(world, spec, () =>
      world.vendor.ensureAccess(spec, user.value),
    );

    expect([user.tasks, access.tasks]).toEqual([0, 0]);
    expect(user.value.login).toBe('flow-integrations-7k3f9q_acme');
  });

  it('provisions under the mark, with the mark in the name and the role of a plain user', async () => {
    const world = await open();

    await makeUser(world, world.spec());

    const [call] = world.sandbox.servers[0]!.exchanges.filter(({ route }) =>
      route?.startsWith('POST /scim/'),
    );
    expect(call?.request.body).toMatchObject({
      externalId: 'flow-sa-7k3f9q',
      userName: 'flow-integrations-7k3f9q',
      displayName: 'Flow service account SA-7K3F9Q (flow-sa-7k3f9q)',
      roles: [{ value: 'user' }],
    });
  });

  it('shortens a username so that the enterprise’s ending and the mark both fit', async () => {
    const world = await open();
    const spec = world.spec({ login: 'a-very-long-name-of-a-service-7k3f9q1-7k3f9q' });

    const user = await makeUser(world, spec);

    expect(user.login.length).toBeLessThanOrEqual(39);
    expect(user.login).toMatch(/^a-very-long-name.*-7k3f9q_acme$/);
  });

  it('waits when GitHub does not show the new user yet', async () => {
    const world = await open();
    const rule = { path: '/users/flow-integrations-7k3f9q_acme', fault: fault.status(404) };
    world.sandbox.servers[0]?.faults.inject(rule);

    const outcome = await world.vendor.ensureUser(world.spec(), {});

    expect(outcome.kind).toBe('later');
  });

  it('says that the address is taken when another user has it', async () => {
    const world = await open();
    world.sandbox.provisioning.provision({
      externalId: 'E1',
      userName: 'colleague',
      displayName: 'A colleague',
      address: world.spec().address,
    });

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('name-taken');
    expect(error.message).toContain('flow-integrations@acme.example');
  });

  it('does not bring back a user that was suspended', async () => {
    const world = await open();
    await makeUser(world, world.spec());
    world.sandbox.provisioning.deactivate(world.sandbox.provisioning.records[0]!);

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('refused');
    expect(world.sandbox.provisioning.records).toHaveLength(1);
  });

  it('lowers a member that was made an owner', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    world.sandbox.world.state.members.set(idOf(user), 'admin');

    await world.vendor.ensureAccess(world.spec(), user);

    expect(world.sandbox.world.state.members.get(idOf(user))).toBe('member');
  });

  it('names the scope that the provisioning token lacks', async () => {
    const world = await open();
    const { state, findUser } = world.sandbox.world;
    const setup = findUser('acme_admin');
    const at = state.tokens.findIndex(({ userId }) => userId === setup?.id);
    state.tokens[at] = { ...state.tokens[at]!, scopes: ['read:user'] };

    const findings = await world.vendor.check();
    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(JSON.stringify(problems)).toContain('scim:enterprise');
    expect(error).toMatchObject({ code: 'missing-permission' });
    expect(error.message).toContain('scim:enterprise');
  });

  it('never writes to the provisioning of an identity provider', async () => {
    const world = await open({ scim: 'idp' });
    const user = await makeMember(world, world.spec());

    const asked = await world.vendor.removeUser(world.spec(), user);
    await driveUntilDone(world, world.spec(), () => world.vendor.removeUser(world.spec(), user));

    expect(asked).toMatchObject({ kind: 'human', task: { id: 'deprovision-user' } });
    const routes = world.sandbox.servers[0]!.exchanges.map(({ route }) => route ?? '');
    expect(routes.filter((route) => route.includes('/scim/'))).toEqual([]);
  });

  it('grants nothing to a username whose name does not carry the mark', async () => {
    const world = await open({ scim: 'idp' });
    world.sandbox.world.register('colleague_acme', { name: 'A colleague' });

    const outcome = await world.vendor.ensureUser(world.spec(), { login: 'colleague_acme' });

    expect(outcome).toMatchObject({
      kind: 'human',
      task: {
        id: 'provision-user',
        finding: expect.stringContaining('does not contain flow-sa-7k3f9q') as string,
      },
    });
  });

  it('sends the person through the identity provider to make the token', async () => {
    const { vendor, spec } = await open();
    const user = { id: '1', login: 'flow-integrations-7k3f9q_acme', url: null };
    if (vendor.credential.how !== 'deposited') throw new Error('deposited is expected');

    const task = vendor.credential.task(spec(), user, TOKEN, 104);

    expect(task.links[0]?.url).toMatch(/\/enterprises\/acme\/sso$/);
    expect(task.instructions[0]).toContain('through the identity provider');
    expect(task.instructions).toContain('Resource owner: acme. Not the account itself.');
  });

  it('provisions once when the answer is cut off', async () => {
    const world = await open();
    const rule = { method: 'POST', path: '/scim/', fault: fault.half() };
    world.sandbox.servers[0]?.faults.inject(rule);

    const error = await thrownBy(world.vendor.ensureUser(world.spec(), {}));
    await makeUser(world, world.spec());

    expect(error).toBeUndefined();
    expect(world.sandbox.provisioning.records).toHaveLength(1);
  });

  it('revokes a token that works no more without complaint', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const secret = await makeCredential(world, world.spec(), user);

    const codes = [
      await codeOf(world.vendor.revoke(user, secret)),
      await codeOf(world.vendor.revoke(user, secret)),
      await codeOf(world.vendor.verify(world.spec(), user, new Secret(secret.reveal()))),
    ];

    expect(codes).toEqual(['none', 'none', 'verification-failed']);
  });
});
