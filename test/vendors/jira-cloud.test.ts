import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { jiraCloud } from '../../src/vendors/jira-cloud/index.ts';
import { openSandbox } from '../../src/vendors/jira-cloud/sandbox.ts';
import type { JiraCloudSandbox } from '../../src/vendors/jira-cloud/sandbox.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  IMPATIENT,
  aSpec,
  closeWorld,
  driveUntilDone,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  testClock,
} from '../contracts/vendor-world.ts';
import type { VendorWorld } from '../contracts/vendor-world.ts';

async function open(
  accounts: 'invited' | 'managed' | 'service' = 'invited',
): Promise<VendorWorld<JiraCloudSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const more = {
    invited: {},
    managed: { ...sandbox.withServiceAccounts, accounts: 'invited' },
    service: sandbox.withServiceAccounts,
  };
  const config = jiraCloud.schema.parse({ ...sandbox.config, ...more[accounts] });
  const deps = { clock, log: createLog('silent'), connectionName: 'Jira acme' };
  return {
    vendor: jiraCloud.open(config, deps),
    impatient: jiraCloud.open({ ...config, ...IMPATIENT }, deps),
    definition: jiraCloud,
    sandbox,
    clock,
    spec: (changes) =>
      aSpec({ scope: [sandbox.scopeItem('PLAT')], services: ['tickets'], ...changes }),
  };
}

const READ = ['read:jira-user', 'read:jira-work'];

describeVendor<JiraCloudSandbox>({
  name: 'Jira Cloud',
  credential: 'deposited',
  open: () => open(),
  users: ({ state }, spec) =>
    state.users.filter((user) => user.email === spec.address && user.onSite).length,
  memberships: (sandbox, _spec, user) =>
    sandbox.user(user.id).groups.length +
    sandbox.state.projects
      .flatMap((project) => [...project.roles.values()])
      .filter((members) => members.has(user.id)).length,
  createsUser: { method: 'POST', path: '/rest/api/3/user' },
  grantsAccess: { method: 'POST', path: '/role/' },
  takeName: (sandbox, spec) => void sandbox.takeAddress(spec.address),
  weaken(sandbox) {
    sandbox.demoteAdmin();
    return 'Administer Jira';
  },
  // An API token has no scopes of its own, and our account must be an administrator anyway.
  strengthen: null,
  slowsDown: (until) => ({
    status: 429,
    headers: { 'x-ratelimit-reset': until.toISOString() },
  }),
  seedScopes(sandbox, count) {
    for (let n = 1; n <= count; n += 1) sandbox.seedProject(`PART${n}`, `Part ${n}`);
  },
  wrongCredentials: {
    'belongs to somebody else': (sandbox) => sandbox.makeToken(sandbox.admin.accountId),
    'was cut off': () => 'ATATT3xFfGF0-cut',
    'was made with scopes': (sandbox, _spec, user) => {
      sandbox.user(user.id).signedUp = true;
      return sandbox.makeToken(user.id, { scoped: true });
    },
    'has expired': (sandbox, _spec, user) => {
      sandbox.user(user.id).signedUp = true;
      return sandbox.makeToken(user.id, { expiresAt: '2026-11-22T00:00:00.000Z' });
    },
  },
  wrongStates: {
    'has been made a Jira administrator': (sandbox, _spec, user) => {
      sandbox.user(user.id).groups.push('site-admins');
    },
    'has been made a project administrator': (sandbox, _spec, user) => {
      sandbox.state.projects[0]?.roles.get('Administrators')?.add(user.id);
    },
    'may no longer create issues': (sandbox, _spec, user) => {
      sandbox.state.projects[0]?.roles.get('Member')?.delete(user.id);
      sandbox.state.projects[0]?.roles.get('Viewer')?.add(user.id);
    },
    'no longer sees the project': (sandbox, _spec, user) => {
      sandbox.state.projects[0]?.roles.get('Member')?.delete(user.id);
    },
    'has lost its access to Jira': (sandbox, _spec, user) => {
      sandbox.user(user.id).groups = [];
    },
  },
  killByHand({ state }, credential) {
    for (const token of state.tokens) if (token.value === credential) token.revoked = true;
  },
});

describeVendor<JiraCloudSandbox>({
  name: 'Jira Cloud with service accounts',
  credential: 'deposited',
  open: () => open('service'),
  users: ({ state }, spec) =>
    state.users.filter(({ service }) => service?.description === spec.marker).length,
  memberships: (sandbox, _spec, user) =>
    (sandbox.state.users.find(({ accountId }) => accountId === user.id)?.groups.length ?? 0) +
    sandbox.state.projects
      .flatMap((project) => [...project.roles.values()])
      .filter((members) => members.has(user.id)).length,
  // A person makes it, and nobody else can have its mark.
  createsUser: null,
  grantsAccess: { method: 'POST', path: '/role/' },
  takeName: null,
  weaken: null,
  strengthen: null,
  slowsDown: (until) => ({
    status: 429,
    headers: { 'x-ratelimit-reset': until.toISOString() },
  }),
  seedScopes(sandbox, count) {
    for (let n = 1; n <= count; n += 1) sandbox.seedProject(`PART${n}`, `Part ${n}`);
  },
  wrongCredentials: {
    'belongs to another service account': (sandbox) => {
      const other = sandbox.addServiceAccount('a nightly report');
      return sandbox.makeToken(other.accountId, { scoped: true, scopes: READ });
    },
    'was cut off': () => 'ATATT3xFfGF0-cut',
    'can write': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scoped: true, scopes: [...READ, 'write:jira-work'] }),
    'cannot read issues': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scoped: true, scopes: ['read:jira-user'] }),
    'cannot read people': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scoped: true, scopes: ['read:jira-work'] }),
    'has expired': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, {
        scoped: true,
        scopes: READ,
        expiresAt: '2026-11-22T00:00:00.000Z',
      }),
  },
  wrongStates: {
    'has been made a Jira administrator': (sandbox, _spec, user) => {
      sandbox.user(user.id).groups.push('site-admins');
    },
    'no longer sees the project': (sandbox, _spec, user) => {
      sandbox.state.projects[0]?.roles.get('Member')?.delete(user.id);
    },
  },
  killByHand({ state }, credential) {
    for (const token of state.tokens) if (token.value === credential) token.revoked = true;
  },
});

describe('Jira Cloud with an organisation', () => {
  let world: VendorWorld<JiraCloudSandbox>;

  afterEach(() => closeWorld(world));

  it('revokes the only token of an account that the organisation manages, and knows its end', async () => {
    world = await open('managed');
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).managed = true;
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);
    await world.vendor.revoke(user, secret);

    expect(verification.expiresAt).toBe('2027-03-03T10:00:00.000Z');
    const error = await failureOf(world.vendor.verify(spec, user, secret));
    expect(error.code).toBe('verification-failed');
  });

  it('revokes nothing by guess where the account has several tokens', async () => {
    world = await open('managed');
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).managed = true;
    const secret = await makeCredential(world, spec, user);
    world.sandbox.makeToken(user.id);

    const error = await failureOf(world.vendor.revoke(user, secret));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('Sign in as that account');
  });

  it('lets the doctor say that service accounts could be used, and with which id of the site', async () => {
    world = await open('managed');

    const findings = await world.vendor.check();

    expect(JSON.stringify(findings)).toContain(
      'organisation.cloud_id: 11223344-a1b2-4c3d-8e4f-5a6b7c8d9e0f',
    );
  });

  it('uses no service accounts where the key may not read them, and says what it lacks', async () => {
    world = await open('service');
    world.sandbox.state.keyScopes = [];

    const findings = await world.vendor.check();
    const error = await failureOf(makeUser(world, world.spec()));

    expect(findings.filter(({ level }) => level === 'problem')).toHaveLength(1);
    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('read:service-accounts:admin');
  });

  it('finds its service account on whatever page it is', async () => {
    world = await open('service');
    for (const purpose of ['reports', 'backups', 'flow-sa-7k3f9q1']) {
      world.sandbox.addServiceAccount(purpose);
    }

    const user = await makeUser(world, world.spec());
    const found = await world.vendor.findUser(world.spec());

    expect(found).toEqual(user);
    expect(user.login).toMatch(/@serviceaccount\.atlassian\.example$/);
  });

  it('tells Flow the address and the base URL that such a token works with', async () => {
    world = await open('service');
    const user = await makeUser(world, world.spec());

    const { flowFields, notes } = world.vendor.profile({ ...world.spec(), login: user.login });

    const base = String(world.sandbox.servers[0]?.url);
    expect(flowFields).toContainEqual({
      label: 'Base URL',
      value: `${base}/ex/jira/11223344-a1b2-4c3d-8e4f-5a6b7c8d9e0f`,
    });
    expect(flowFields).toContainEqual({ label: 'Email', value: user.login });
    expect(notes.join(' ')).toContain('If Flow does not take that base URL');
  });

  it('refuses a configuration of service accounts without the site’s id', async () => {
    world = await open('service');

    const parsed = jiraCloud.schema.safeParse({ ...world.sandbox.config, accounts: 'service' });

    expect(parsed.error?.issues).toMatchObject([{ path: ['organisation', 'cloud_id'] }]);
  });
});

describe('Jira Cloud', () => {
  let world: VendorWorld<JiraCloudSandbox>;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  it('invites without any product and keeps its mark at the user', async () => {
    const user = await makeUser(world, world.spec());

    const { groups, properties } = world.sandbox.user(user.id);
    expect(groups).toEqual([]);
    expect(properties.get('flow-service-account')).toEqual({ marker: 'flow-sa-7k3f9q' });
    const invitation = world.sandbox.servers[0]?.exchanges.find(
      ({ request }) => request.method === 'POST',
    );
    expect(invitation?.request.body).toEqual({
      emailAddress: 'flow-integrations@acme.example',
      products: [],
    });
  });

  it('claims the account again when it died between inviting and marking', async () => {
    const spec = world.spec();
    world.sandbox.servers[0]?.faults.inject({
      method: 'PUT',
      path: '/properties/',
      fault: fault.drop(),
    });

    const lost = await failureOf(world.vendor.ensureUser(spec, {}));
    const user = await makeUser(world, spec);

    expect(lost.code).toBe('unreachable');
    expect(world.sandbox.state.users.filter((one) => one.email === spec.address)).toHaveLength(1);
    expect(world.sandbox.user(user.id).properties.size).toBe(1);
  });

  it('does not adopt an account that another request of ours has marked', async () => {
    const first = await makeUser(world, world.spec());

    const error = await failureOf(makeUser(world, world.spec({ marker: 'flow-sa-aaaaaa' })));

    expect(error.code).toBe('name-taken');
    expect(world.sandbox.user(first.id).properties.get('flow-service-account')).toEqual({
      marker: 'flow-sa-7k3f9q',
    });
  });

  it('does not adopt a colleague whose address is hidden, although Jira answers with success', async () => {
    const spec = world.spec();
    const colleague = world.sandbox.takeAddress(spec.address);
    colleague.hidesAddress = true;

    const error = await failureOf(makeUser(world, spec));

    expect(error.code).toBe('name-taken');
    expect(colleague.properties.size).toBe(0);
  });

  it('takes no account for its own because somebody put our mark on theirs', async () => {
    const spec = world.spec();
    const [seen, hidden] = ['seen', 'hidden'].map((name) =>
      world.sandbox.takeAddress(`${name}@acme.example`),
    );
    for (const forger of [seen, hidden]) {
      forger?.properties.set('flow-service-account', { marker: spec.marker });
    }
    hidden!.hidesAddress = true;

    hidden!.onSite = false;
    const before = await world.vendor.findUser(spec);
    hidden!.onSite = true;
    const user = await makeUser(world, spec);

    expect(before).toBeUndefined();
    expect([seen?.accountId, hidden?.accountId]).not.toContain(user.id);
    expect(world.sandbox.user(user.id).email).toBe(spec.address);
  });

  it.each(['before', 'after'] as const)(
    'finds its own account again although the address is hidden, %s it got access',
    async (when) => {
      const spec = world.spec();
      const user = await makeUser(world, spec);
      world.sandbox.user(user.id).hidesAddress = true;
      if (when === 'after') await world.vendor.ensureAccess(spec, user);

      const again = await makeUser(world, spec);

      expect(again).toEqual(user);
      expect(world.sandbox.state.users.filter((one) => one.email === spec.address)).toHaveLength(1);
    },
  );

  it('refuses a Jira administrator also where project administration was approved', async () => {
    const spec = world.spec({ access: 'owner' });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.user(user.id).groups.push('site-admins');

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('is a Jira administrator');
  });

  it('says what to do when the address has an Atlassian account without access', async () => {
    const spec = world.spec();
    const stranger = world.sandbox.takeAddress(spec.address);
    stranger.onSite = false;

    const error = await failureOf(makeUser(world, spec));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('Choose another address');
  });

  it('asks for the sign-up where Jira shows invited people as inactive, and finds them again', async () => {
    const spec = world.spec();
    world.sandbox.state.invitedAreInactive = true;

    const first = await world.vendor.ensureUser(spec, {});
    const driven = await driveUntilDone(world, spec, (answers) =>
      world.vendor.ensureUser(spec, answers),
    );

    expect(first).toMatchObject({ kind: 'human', task: { id: 'finish-sign-up' } });
    expect(driven.tasks).toBe(1);
    expect(world.sandbox.state.users.filter((one) => one.email === spec.address)).toHaveLength(1);
  });

  it('tells the person exactly which token to make and until when', () => {
    const { credential } = world.vendor;
    const spec = world.spec();
    const user = { id: 'x', login: spec.address, url: null };

    const task = credential.how === 'deposited' ? credential.task(spec, user, 'flow-1', 104) : null;

    const text = task?.instructions.join('\n') ?? '';
    expect(text).toContain('Type flow-1 as the name and choose 2027-03-07 as the expiry date.');
    expect(text).toContain('Do not choose "Create API token with scopes"');
    expect(task?.links).toContainEqual({
      label: 'Password in the secret store',
      url: spec.passwordUrl,
    });
    expect(task?.deposit).toEqual({
      label: 'Atlassian API token',
      secretName: 'flow-sa-7k3f9q-token',
    });
  });

  it('takes the administrator role back when the access becomes contributor', async () => {
    const owner = world.spec({ access: 'owner' });
    const user = await makeMember(world, owner);

    await world.vendor.ensureAccess(world.spec(), user);

    const roles = world.sandbox.state.projects[0]?.roles;
    expect(roles?.get('Administrators')?.has(user.id)).toBe(false);
    expect(roles?.get('Member')?.has(user.id)).toBe(true);
  });

  it('says that no licence is free when Jira lets nobody more in', async () => {
    const spec = world.spec();
    world.sandbox.state.licences = 0;
    const user = await makeUser(world, spec);

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('limit-reached');
  });

  it('says that a project lacks the configured role', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.state.projects[0]?.roles.delete('Member');

    const error = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('has no role Member');
  });

  it('says where a living token is revoked, and never sends it to another place', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const error = await failureOf(world.vendor.revoke(user, secret));

    expect(error.message).toContain('id.atlassian.com, Security, API tokens');
  });

  it('does not take a broken answer for a dead token', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.servers[0]?.faults.inject({ path: '/myself', fault: fault.status(503) });

    const error = await failureOf(world.vendor.revoke(user, new Secret('ATATT3xFfGF0-dead')));

    expect(error.code).toBe('unavailable');
  });

  it('takes nothing for gone when Jira answers a dead token of ours as anybody’s', async () => {
    const spec = world.spec();
    await makeUser(world, spec);
    for (const token of world.sandbox.state.tokens) token.revoked = true;

    const found = await failureOf(world.vendor.findUser(spec));
    const searched = await failureOf(world.vendor.searchScopes(''));

    expect([found.code, searched.code]).toEqual(['unauthenticated', 'unauthenticated']);
  });

  it('takes no account for gone when our own may not look for people', async () => {
    const spec = world.spec();
    await makeUser(world, spec);
    const { admin, state } = world.sandbox;
    state.groups.push({ id: 'a2', name: 'half-admins', gives: ['USE', 'ADMINISTER'] });
    admin.groups = ['half-admins'];

    const error = await failureOf(world.vendor.findUser(spec));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('Browse users and groups');
  });

  it('tells the doctor about a group that does not exist', async () => {
    world.sandbox.state.groups.splice(0, 1);

    const findings = await world.vendor.check();

    expect(JSON.stringify(findings)).toContain('There is no group jira-users-acme.');
  });
});
