import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { jiraDataCenter } from '../../src/vendors/jira-data-center/index.ts';
import { openSandbox } from '../../src/vendors/jira-data-center/sandbox.ts';
import type { JiraDataCenterSandbox } from '../../src/vendors/jira-data-center/sandbox.ts';
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

async function open(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<VendorWorld<JiraDataCenterSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const config = jiraDataCenter.schema.parse({ ...sandbox.config, ...overrides });
  const deps = { clock, log: createLog('silent'), connectionName: 'Jira acme' };
  return {
    vendor: jiraDataCenter.open(config, deps),
    impatient: jiraDataCenter.open({ ...config, ...IMPATIENT }, deps),
    definition: jiraDataCenter,
    sandbox,
    clock,
    spec: (changes) =>
      aSpec({
        scope: [sandbox.scopeItem('PLAT')],
        services: ['tickets'],
        password: () => Promise.resolve(STORED),
        ...changes,
      }),
  };
}

for (const token of ['automatic', 'by-hand'] as const) {
  describeVendor<JiraDataCenterSandbox>({
    name: `Jira Data Center with tokens made ${token}`,
    credential: token === 'automatic' ? 'minted' : 'deposited',
    open: () => open({ token }),
    users: ({ state }, spec) => state.users.filter((user) => user.email === spec.address).length,
    memberships: ({ state }, _spec, user) =>
      (state.users.find((one) => one.key === user.id)?.groups.length ?? 0) +
      state.projects
        .flatMap((project) => [...project.roles.values()])
        .filter((members) => members.has(user.login)).length,
    createsUser: { method: 'POST', path: '/rest/api/2/user' },
    grantsAccess: { method: 'POST', path: '/role/' },
    takeName: (sandbox, spec) => void addColleague(sandbox, spec.login),
    weaken(sandbox) {
      sandbox.admin.groups = ['jira-software-users'];
      return 'Administer Jira';
    },
    strengthen({ state }) {
      for (const group of state.groups) {
        if (group.name === 'jira-administrators') group.gives = [...group.gives, 'SYSTEM_ADMIN'];
      }
      return 'Jira System administrators';
    },
    slowsDown: null,
    seedScopes(sandbox, count) {
      for (let n = 1; n <= count; n += 1) sandbox.seedProject(`PART${n}`, `Part ${n}`);
    },
    wrongCredentials: {
      'belongs to somebody else': (sandbox) => sandbox.makeToken(sandbox.admin),
      'was cut off': () => 'NjY5NDI0',
      'has expired': (sandbox, _spec, user) =>
        sandbox.makeToken(sandbox.user(user.id), { expiringAt: '2026-11-22T00:00:00.000Z' }),
      'never expires': (sandbox, _spec, user) =>
        sandbox.makeToken(sandbox.user(user.id), { name: TOKEN, expiringAt: null }),
      'lives longer than a year': (sandbox, _spec, user) =>
        sandbox.makeToken(sandbox.user(user.id), { name: TOKEN, expiringAt: '2028-01-01' }),
      'has another name than the one we gave': (sandbox, _spec, user) =>
        sandbox.makeToken(sandbox.user(user.id), { name: `${MARKER}-extra` }),
    },
    wrongStates: {
      'has a second token that we do not know': (sandbox, _spec, user) => {
        sandbox.makeToken(sandbox.user(user.id));
      },
      'has been made a Jira administrator': (sandbox, _spec, user) => {
        sandbox.user(user.id).groups.push('jira-administrators');
      },
      'has been made a project administrator': (sandbox, _spec, user) => {
        sandbox.state.projects[0]?.roles.get('Administrators')?.add(user.login);
      },
      'may no longer create issues': (sandbox, _spec, user) => {
        sandbox.state.projects[0]?.roles.get('Developers')?.delete(user.login);
        sandbox.state.projects[0]?.roles.get('Viewers')?.add(user.login);
      },
      'no longer sees the project': (sandbox, _spec, user) => {
        sandbox.state.projects[0]?.roles.get('Developers')?.delete(user.login);
      },
      'may no longer browse users': ({ state }) => {
        for (const group of state.groups) group.gives = ['USE'];
      },
      'has lost its access to Jira': (sandbox, _spec, user) => {
        sandbox.user(user.id).groups = [];
      },
      'has been deactivated': (sandbox, _spec, user) => {
        sandbox.user(user.id).active = false;
      },
    },
    killByHand: null,
  });
}

function addColleague(sandbox: JiraDataCenterSandbox, name: string) {
  const colleague = { ...sandbox.admin, key: 'JIRAUSER1', name, displayName: 'A colleague' };
  sandbox.state.users.push({ ...colleague, groups: ['jira-software-users'] });
  return sandbox.user(colleague.key);
}

describe('Jira Data Center', () => {
  let world: VendorWorld<JiraDataCenterSandbox>;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  function reopen(overrides: Readonly<Record<string, unknown>>): Promise<void> {
    return world.sandbox.close().then(async () => {
      world = await open(overrides);
    });
  }

  it('makes the account with the stored password and without any application', async () => {
    const user = await makeUser(world, world.spec());

    const { groups, password, displayName } = world.sandbox.user(user.id);
    expect(groups).toEqual([]);
    expect(password).toBe(STORED.reveal());
    expect(displayName).toBe(`Flow service account SA-7K3F9Q (${MARKER})`);
  });

  it('puts the stored password in force again on every run', async () => {
    const user = await makeUser(world, world.spec());
    world.sandbox.user(user.id).password = 'changed by somebody';

    await makeUser(world, world.spec());

    expect(world.sandbox.user(user.id).password).toBe(STORED.reveal());
  });

  it('makes the token also when somebody changed the password in between', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).password = 'changed by somebody';

    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);
    expect(verification).toMatchObject({
      identity: spec.login,
      role: 'Developers of the chosen projects, no Jira administrator',
      sees: { count: 1, noun: 'projects', sample: ['Platform'] },
      expiresAt: '2027-03-07T10:00:00.000Z',
    });
    expect(world.sandbox.user(user.id).failedSignIns).toBe(0);
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

  it('says that a CAPTCHA is in the way, and who can end that', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).failedSignIns = 3;

    const error = await failureOf(makeCredential(world, spec, user));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('Reset failed login count');
  });

  it('says what to set when Jira takes no passwords over its REST API', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.basicAuth = false;

    const error = await failureOf(makeCredential(world, spec, user));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('token: by-hand');
  });

  it('gets its token by hand where Jira takes no passwords', async () => {
    await reopen({ token: 'by-hand' });
    world.sandbox.state.basicAuth = false;
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const { credential } = world.vendor;

    const task = credential.how === 'deposited' ? credential.task(spec, user, TOKEN, 104) : null;
    const verification = await world.vendor.verify(
      spec,
      user,
      await makeCredential(world, spec, user),
    );

    const text = task?.instructions.join('\n') ?? '';
    expect(text).toContain(`Type ${TOKEN} as the token name`);
    expect(text).toContain('choose 104 days');
    expect(task?.links).toContainEqual({
      label: 'Password in the secret store',
      url: spec.passwordUrl,
    });
    expect(task?.deposit?.secretName).toBe(`${MARKER}-token`);
    expect(verification.identity).toBe(spec.login);
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

  it('does not take a wrong base address for an account that is not there', async () => {
    const answer = { status: 404, body: '<html>dead link</html>' };
    const rule = { fault: { kind: 'status', answer, afterEffect: false } } as const;
    world.sandbox.servers[0]?.faults.inject(rule);

    const error = await failureOf(world.vendor.findUser(world.spec()));

    expect(error.code).toBe('unexpected-answer');
    expect(error.message).toContain('base_url');
  });

  it('says that no licence is free when Jira lets nobody more in', async () => {
    const spec = world.spec();
    world.sandbox.state.licences = 0;
    const user = await makeUser(world, spec);

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('limit-reached');
  });

  it('says that the user directory may be read-only', async () => {
    world.sandbox.state.writableDirectory = false;

    const error = await failureOf(makeUser(world, world.spec()));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('read-only');
  });

  it('explains a token lifetime that this Jira does not allow', async () => {
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
    const rule = { method: 'POST', path: '/tokens', fault: fault.dropAfterEffect() };
    world.sandbox.servers[0]?.faults.inject(rule);

    const lost = await failureOf(minted(world.vendor).mint(spec, user, TOKEN, 104));
    await minted(world.vendor).revokeNamed(user, TOKEN, spec);
    const issued = await minted(world.vendor).mint(spec, user, TOKEN, 104);

    expect(lost.code).toBe('unreachable');
    const alive = world.sandbox.state.tokens.filter((token) => token.userKey === user.id);
    expect(alive.map((token) => String(token.id))).toEqual([issued.id]);
  });

  it('does not guess which of two tokens it is to revoke', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const first = await makeCredential(world, spec, user, `${MARKER}-1`);
    await makeCredential(world, spec, user, `${MARKER}-2`);

    const error = await failureOf(world.vendor.revoke(user, first));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('Administering personal access tokens');
    expect(world.sandbox.state.tokens.filter((one) => one.userKey === user.id)).toHaveLength(2);
  });

  it('does not take a broken answer for a dead token', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.servers[0]?.faults.inject({ path: '/tokens', fault: fault.status(503) });

    const error = await failureOf(world.vendor.revoke(user, new Secret('dead')));

    expect(error.code).toBe('unavailable');
  });

  it('deactivates an account that Jira does not delete, and wakes it when it is asked for again', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).hasHistory = true;

    const outcome = await world.vendor.removeUser(spec, user);
    const gone = await world.vendor.findUser(spec);
    const again = await makeUser(world, spec);

    expect(outcome.kind).toBe('done');
    expect(gone).toBeUndefined();
    expect(again).toEqual(user);
    expect(world.sandbox.user(user.id).active).toBe(true);
  });

  it('takes the administrator role back when the access becomes contributor', async () => {
    const user = await makeMember(world, world.spec({ access: 'owner' }));

    await world.vendor.ensureAccess(world.spec(), user);

    const roles = world.sandbox.state.projects[0]?.roles;
    expect(roles?.get('Administrators')?.has(user.login)).toBe(false);
    expect(roles?.get('Developers')?.has(user.login)).toBe(true);
  });

  it('says that a project lacks the configured role', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.state.projects[0]?.roles.delete('Developers');

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('has no role Developers');
  });

  it('does not touch the access of somebody who got the name later', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    await world.vendor.removeUser(spec, user);
    const colleague = addColleague(world.sandbox, spec.login);

    await world.vendor.removeAccess(spec, user);
    await world.vendor.removeUser(spec, user);

    expect(world.sandbox.state.users).toContain(colleague);
    expect(colleague.groups).toEqual(['jira-software-users']);
  });

  it('offers no service desks, because Flow does not process them', async () => {
    const found = await world.vendor.searchScopes('help');

    expect(found).toEqual([]);
  });

  it.each([
    ['8.13.2', 'automatic', 'problem'],
    ['11.0.1', 'automatic', 'warning'],
    ['11.0.1', 'by-hand', 'ok'],
  ] as const)(
    'tells the doctor about Jira %s with tokens made %s: %s',
    async (version, token, level) => {
      await reopen({ token });
      world.sandbox.state.version = version;

      const [first] = await world.vendor.check();

      expect(first).toMatchObject({ level, subject: 'Jira acme: version' });
    },
  );

  it('tells the doctor about a group and a role that do not exist', async () => {
    const none = { contributor: ['nobody'], owner: ['nobody'] };
    await reopen({ groups: none, project_roles: { contributor: 'Guests', owner: 'Guests' } });

    const text = JSON.stringify(await world.vendor.check());

    expect(text).toContain('There is no group nobody.');
    expect(text).toContain('There is no project role Guests.');
  });
});
