import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { gitlab } from '../../src/vendors/gitlab/index.ts';
import { openSandbox } from '../../src/vendors/gitlab/sandbox.ts';
import type { GitlabSandbox } from '../../src/vendors/gitlab/sandbox.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
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

async function open(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<VendorWorld<GitlabSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const config = gitlab.schema.parse({ ...sandbox.config, ...overrides });
  const deps = { clock, log: createLog('silent'), connectionName: 'GitLab acme' };
  return {
    vendor: gitlab.open(config, deps),
    impatient: gitlab.open({ ...config, ...IMPATIENT }, deps),
    definition: gitlab,
    sandbox,
    clock,
    spec: (changes) => aSpec({ scope: [sandbox.scopeItem('acme/platform')], ...changes }),
  };
}

const SCOPES = ['read_api', 'read_user', 'read_repository'];

for (const ownership of ['group', 'instance'] as const) {
  describeVendor<GitlabSandbox>({
    name: `GitLab with accounts of a ${ownership}`,
    credential: 'minted',
    open: () => open({ ownership }),
    users: ({ state }, spec) =>
      state.users.filter((user) => user.username === spec.login && user.serviceOf !== null).length,
    memberships: ({ state }, _spec, user) =>
      state.memberships.filter((one) => String(one.userId) === user.id).length,
    createsUser: { method: 'POST', path: '/service_accounts' },
    grantsAccess: { method: 'POST', path: '/members' },
    takeName: (sandbox, spec) => void sandbox.takeUsername(spec.login),
    weaken(sandbox) {
      sandbox.setOwnScopes('read_api');
      return 'api';
    },
    strengthen(sandbox) {
      sandbox.setOwnScopes('api', 'sudo');
      return 'sudo';
    },
    slowsDown: (until) => ({
      status: 429,
      headers: { 'ratelimit-reset': String(until.getTime() / 1000) },
    }),
    seedScopes(sandbox, count) {
      for (let n = 1; n <= count; n += 1) sandbox.seedProject(`acme/shop/part-${n}`);
    },
    wrongCredentials: {
      'belongs to somebody else': (sandbox) =>
        sandbox.makeToken(sandbox.owner.id, { scopes: SCOPES }),
      'was cut off': () => 'glpat-cut',
      'can do too much': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { scopes: [...SCOPES, 'api'] }),
      'can do too little': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { scopes: ['read_api'] }),
      'has expired': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { scopes: SCOPES, expiresAt: '2026-11-23' }),
      'never expires': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { scopes: SCOPES, expiresAt: null }),
      'lives longer than a year': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { scopes: SCOPES, expiresAt: '2028-01-01' }),
      'was revoked': (sandbox, _spec, user) =>
        sandbox.makeToken(Number(user.id), { scopes: SCOPES, revoked: true }),
    },
    wrongStates: {
      'has been made Maintainer': (sandbox, spec, user) => {
        sandbox.setLevel(placeNamed(sandbox, spec.scope[0]?.name), Number(user.id), 40);
      },
      'has been made Owner of a project below': (sandbox, _spec, user) => {
        sandbox.setLevel(placeNamed(sandbox, 'acme/platform/api'), Number(user.id), 50);
      },
      'has been let into another group': (sandbox, _spec, user) => {
        sandbox.setLevel(placeNamed(sandbox, 'acme/shop'), Number(user.id), 20);
      },
      'is an administrator': (sandbox, _spec, user) => {
        for (const one of sandbox.state.users) if (String(one.id) === user.id) one.isAdmin = true;
      },
      'has lost its membership': (sandbox, spec, user) => {
        sandbox.setLevel(placeNamed(sandbox, spec.scope[0]?.name), Number(user.id), 0);
      },
    },
    killByHand: null,
  });
}

function placeNamed(sandbox: GitlabSandbox, fullPath: string | undefined) {
  const place = sandbox.state.places.find((one) => one.fullPath === fullPath);
  if (place === undefined) throw new Error(`There is no ${fullPath}.`);
  return place;
}

describe('GitLab', () => {
  let world: VendorWorld<GitlabSandbox>;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  it('sees the projects of the chosen group and nothing else', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(verification).toMatchObject({
      identity: spec.login,
      role: 'Reporter',
      scopes: SCOPES,
      sees: { count: 2, noun: 'projects', sample: ['acme/platform/api', 'acme/platform/web'] },
      expiresAt: '2027-03-07T00:00:00.000Z',
    });
    expect(verification.isNot).toContain('is not an administrator of GitLab');
  });

  it.each([
    ['integration', 'contributor', ['webhooks'], SCOPES, 'Reporter'],
    ['integration', 'owner', ['repositories'], SCOPES, 'Maintainer'],
    ['integration', 'owner', ['webhooks'], ['api', 'read_user', 'read_repository'], 'Maintainer'],
    ['automation', 'contributor', [], ['write_repository'], 'Developer'],
    ['automation', 'owner', [], ['api'], 'Maintainer'],
  ] as const)(
    'gives an %s with %s access and %j exactly %j',
    async (kind, access, services, scopes, role) => {
      const spec = world.spec({ kind, access, services });
      const user = await makeMember(world, spec);
      const secret = await makeCredential(world, spec, user);

      const verification = await world.vendor.verify(spec, user, secret);

      expect(world.vendor.profile(spec).tokenScopes).toEqual(scopes);
      expect(verification.scopes).toEqual(scopes);
      expect(verification.role).toBe(role);
    },
  );

  it('lowers a role that is too high instead of leaving it', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const place = placeNamed(world.sandbox, 'acme/platform');
    world.sandbox.setLevel(place, Number(user.id), 50);
    world.sandbox.setLevel(place, world.sandbox.owner.id, 50);

    await world.vendor.ensureAccess(spec, user);

    const membership = world.sandbox.state.memberships.find(
      (one) => String(one.userId) === user.id,
    );
    expect(membership?.level).toBe(20);
  });

  it('says so when a group above gives a higher role than was approved', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.setLevel(placeNamed(world.sandbox, 'acme'), Number(user.id), 30);

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('higher role in a group above');
  });

  it('asks a person to confirm the address where GitLab demands it, and goes on after that', async () => {
    const spec = world.spec();
    world.sandbox.state.confirmsAddresses = true;

    const first = await world.vendor.ensureUser(spec, {});
    const user = await makeUser(world, spec);

    expect(first).toMatchObject({ kind: 'human', task: { id: 'confirm-address' } });
    const account = world.sandbox.state.users.find((one) => String(one.id) === user.id);
    expect(account).toMatchObject({ email: spec.address, unconfirmedEmail: null });
  });

  it('keeps the address to itself when told to', async () => {
    await world.sandbox.close();
    world = await open({ send_address: false });
    world.sandbox.state.confirmsAddresses = true;

    const user = await makeUser(world, world.spec());

    const account = world.sandbox.state.users.find((one) => String(one.id) === user.id);
    expect(account?.email).toMatch(/@noreply/);
  });

  it('refuses an address that another user has', async () => {
    const spec = world.spec();
    world.sandbox.takeUsername('colleague').email = spec.address;

    const error = await failureOf(makeUser(world, spec));

    expect(error.code).toBe('name-taken');
    expect(error.message).toContain(spec.address);
  });

  it('does not adopt a service account of the same name that lacks our marker', async () => {
    const spec = world.spec();
    const group = placeNamed(world.sandbox, 'acme');
    world.sandbox.takeUsername(spec.login).serviceOf = group.id;

    const error = await failureOf(makeUser(world, spec));

    expect(error.code).toBe('name-taken');
    expect(await world.vendor.findUser(spec)).toBeUndefined();
  });

  it.each(['group', 'instance'])(
    'says that the plan is used up when GitLab makes no more service accounts of a %s',
    async (ownership) => {
      await closeWorld(world);
      world = await open({ ownership });
      world.sandbox.state.accountLimit = 0;

      const error = await failureOf(makeUser(world, world.spec()));

      expect(error.code).toBe('limit-reached');
    },
  );

  it('finds its account among more than a page of others', async () => {
    const spec = world.spec();
    const group = placeNamed(world.sandbox, 'acme');
    world.sandbox.state.accountLimit = 1000;
    for (let n = 0; n < 120; n += 1) {
      world.sandbox.takeUsername(`other-${n}`).serviceOf = group.id;
    }
    const user = await makeUser(world, spec);

    const found = await world.vendor.findUser(spec);

    expect(found).toEqual(user);
  });

  it('explains a token lifetime that this GitLab does not allow', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.longestTokenDays = 30;

    const error = await failureOf(minted(world.vendor).mint(spec, user, 'flow-sa-7k3f9q-1', 104));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('shorter rotation period');
  });

  it('mints again after a lost answer, and the orphan can be revoked by its name', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const server = world.sandbox.servers[0];
    const name = 'flow-sa-7k3f9q-1';
    server?.faults.inject({ method: 'POST', path: 'tokens', fault: fault.dropAfterEffect() });

    const lost = await failureOf(minted(world.vendor).mint(spec, user, name, 104));
    await minted(world.vendor).revokeNamed(user, name, spec);
    const issued = await minted(world.vendor).mint(spec, user, name, 104);

    expect(lost.code).toBe('unreachable');
    const alive = world.sandbox.state.tokens.filter((one) => one.name === name && !one.revoked);
    expect(alive.map((one) => String(one.id))).toEqual([issued.id]);
  });

  it('does not take an invisible project for a membership that is not there', async () => {
    const spec = world.spec({
      scope: [{ id: 'project:4711', name: 'acme/gone', kind: 'project' }],
    });
    const user = await makeUser(world, spec);

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('acme/gone');
  });

  it('does not call access removed when it can no longer see its own group', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.servers[0]?.faults.inject({
      method: 'GET',
      path: '/groups/',
      fault: fault.status(404),
      times: 2,
    });

    const error = await failureOf(world.vendor.removeAccess(spec, user));

    expect(error.code).toBe('not-found');
  });

  it('tells the doctor about a group that is not at the top and a role that is too low', async () => {
    const { owner } = world.sandbox;
    world.sandbox.setLevel(placeNamed(world.sandbox, 'acme'), owner.id, 40);

    const findings = await world.vendor.check();

    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'problem', subject: 'GitLab acme: our role' }),
    );
    expect(JSON.stringify(findings)).toContain('is only Maintainer of acme');
  });

  it('tells the doctor that the version is too old', async () => {
    world.sandbox.state.version = '17.10.4-ee';

    const findings = await world.vendor.check();

    expect(findings[0]).toMatchObject({ level: 'problem', subject: 'GitLab acme: version' });
  });

  it('never puts the minted token into what it says about itself', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);

    const issued = await minted(world.vendor).mint(spec, user, 'flow-sa-7k3f9q-1', 104);

    expect(issued.secret).toBeInstanceOf(Secret);
    expect(JSON.stringify(issued)).not.toContain(issued.secret.reveal());
  });
});
