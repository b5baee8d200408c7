import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { bitbucketCloud } from '../../src/vendors/bitbucket-cloud/index.ts';
import { openSandbox } from '../../src/vendors/bitbucket-cloud/sandbox.ts';
import type { BitbucketCloudSandbox } from '../../src/vendors/bitbucket-cloud/sandbox.ts';
import type { AccountSpec, VendorUser } from '../../src/vendors/vendor.ts';
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

type World = VendorWorld<BitbucketCloudSandbox>;

async function open(change: Record<string, unknown> = {}): Promise<World> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const config = bitbucketCloud.schema.parse({ ...sandbox.config, ...change });
  const deps = { clock, log: createLog('silent'), connectionName: 'Bitbucket acme' };
  return {
    vendor: bitbucketCloud.open(config, deps),
    impatient: bitbucketCloud.open({ ...config, ...IMPATIENT }, deps),
    definition: bitbucketCloud,
    sandbox,
    clock,
    spec: (changes) => aSpec({ scope: [sandbox.scopeItem('PLAT')], ...changes }),
  };
}

const READING = ['read:user', 'read:workspace', 'read:repository', 'read:pullrequest'].map(
  (name) => `${name}:bitbucket`,
);

function grants({ state }: BitbucketCloudSandbox, { id }: VendorUser): string[] {
  return [...state.projects, ...state.repositories].flatMap((place) => place.grants.get(id) ?? []);
}

function givenAsWorkspace(sandbox: BitbucketCloudSandbox, user: VendorUser): void {
  sandbox.user(user.id).administrator = true;
}

function tokenWith(sandbox: BitbucketCloudSandbox, user: VendorUser, scopes: string[]): string {
  return sandbox.makeToken(user.id, { scopes });
}

function cases(credential: { readonly organisation: boolean }) {
  return {
    credential: 'deposited' as const,
    open: () => open(credential.organisation ? {} : { organisation: undefined }),
    users: ({ state }: BitbucketCloudSandbox, spec: AccountSpec) =>
      state.users.filter((user) => user.email === spec.address && user.member).length,
    memberships: (sandbox: BitbucketCloudSandbox, _spec: AccountSpec, user: VendorUser) =>
      grants(sandbox, user).length,
    createsUser: credential.organisation ? { method: 'POST', path: '/users/invite' } : null,
    grantsAccess: { method: 'PUT', path: '/permissions-config/users/' },
    takeName: (sandbox: BitbucketCloudSandbox, spec: AccountSpec) =>
      void sandbox.takeAddress(spec.address),
    weaken({ ownToken }: BitbucketCloudSandbox) {
      ownToken.scopes = ownToken.scopes.filter((scope) => scope !== 'write:permission:bitbucket');
      return 'write:permission:bitbucket';
    },
    strengthen({ ownToken }: BitbucketCloudSandbox) {
      ownToken.scopes.push('admin:workspace:bitbucket');
      return 'admin:workspace:bitbucket';
    },
    slowsDown: null,
    seedScopes({ state }: BitbucketCloudSandbox, count: number) {
      const [project] = state.projects;
      for (let n = 1; n <= count; n += 1) {
        state.projects.push({ key: `PART${n}`, name: `Part ${n}`, grants: new Map() });
        state.repositories.push({
          uuid: `{part-${n}}`,
          slug: `part-${n}`,
          project: project!,
          grants: new Map(),
        });
      }
    },
    killByHand({ state }: BitbucketCloudSandbox, value: string) {
      for (const token of state.tokens) if (token.value === value) token.revoked = true;
    },
  };
}

describeVendor<BitbucketCloudSandbox>({
  name: 'Bitbucket Cloud with an organisation',
  ...cases({ organisation: true }),
  wrongCredentials: {
    'belongs to somebody else': (sandbox) =>
      sandbox.makeToken(sandbox.admin.accountId, { scopes: READING }),
    'was cut off': () => 'ATATT3xFfGF0-cut',
    'was made without scopes': (sandbox, _spec, user) => tokenWith(sandbox, user, []),
    'has expired': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scopes: READING, expiresAt: '2026-11-22T00:00:00.000Z' }),
    'lacks a scope': (sandbox, _spec, user) => tokenWith(sandbox, user, READING.slice(0, -1)),
    'may not even say whose it is': (sandbox, _spec, user) =>
      tokenWith(sandbox, user, READING.slice(1)),
    'has a scope too many': (sandbox, _spec, user) =>
      tokenWith(sandbox, user, [...READING, 'write:repository:bitbucket']),
    'does not tell its scopes': (sandbox, _spec, user) => {
      sandbox.state.tellsScopes = false;
      return tokenWith(sandbox, user, READING);
    },
  },
  wrongStates: {
    'administers the workspace': (sandbox, _spec, user) => givenAsWorkspace(sandbox, user),
    'is no longer in the workspace': (sandbox, _spec, user) => {
      sandbox.user(user.id).member = false;
    },
    'may write in the chosen project': (sandbox, _spec, user) => {
      sandbox.state.projects[0]?.grants.set(user.id, 'write');
    },
    'may write to one repository in it': (sandbox, _spec, user) => {
      sandbox.repository('api').grants.set(user.id, 'write');
    },
    'has lost the chosen project': (sandbox, _spec, user) => {
      sandbox.state.projects[0]?.grants.delete(user.id);
    },
    'reaches a repository that was not chosen': (sandbox, _spec, user) => {
      sandbox.repository('storefront').grants.set(user.id, 'read');
    },
  },
});

describeVendor<BitbucketCloudSandbox>({
  name: 'Bitbucket Cloud without an organisation',
  ...cases({ organisation: false }),
  wrongCredentials: {},
  wrongStates: {},
});

describe('Bitbucket Cloud', () => {
  let world: World;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  const requests = (part: string) =>
    (world.sandbox.servers[0]?.exchanges ?? [])
      .map(({ request }) => request)
      .filter(({ path }) => path.includes(part));

  async function memberWithToken(spec = world.spec()) {
    const user = await makeMember(world, spec);
    return { spec, user, secret: await makeCredential(world, spec, user) };
  }

  it('invites once, as an ordinary user of the workspace, however often it looks', async () => {
    const spec = world.spec();

    const first = await world.vendor.ensureUser(spec, {});
    const second = await world.vendor.ensureUser(spec, {});

    expect([first, second]).toMatchObject([
      { kind: 'human', task: { id: 'finish-sign-up', role: 'mail-admin' } },
      { kind: 'human', task: { id: 'finish-sign-up' } },
    ]);
    const invitations = requests('/users/invite').map(({ body }) => body);
    expect(invitations).toEqual([
      {
        emails: ['flow-integrations@acme.example'],
        permissionRules: [
          {
            resource: `ari:cloud:bitbucket::${world.sandbox.state.workspace.uuid.slice(1, -1)}`,
            role: 'atlassian/user',
          },
        ],
        sendNotification: true,
        notificationText:
          'Sign up with this address and the full name Flow service account SA-7K3F9Q.',
      },
    ]);
  });

  it('waits for the name where invited people are members before they have signed up', async () => {
    const spec = world.spec();
    world.sandbox.state.invitedAreMembers = true;
    await world.vendor.ensureUser(spec, {});

    const early = await world.vendor.ensureUser(spec, {});
    const driven = await driveUntilDone(world, spec, () => world.vendor.ensureUser(spec, {}));

    expect(early).toMatchObject({ kind: 'human', task: { id: 'finish-sign-up' } });
    expect(driven.tasks).toBe(1);
  });

  it('does not invite somebody who has signed up elsewhere in the organisation', async () => {
    const spec = world.spec();
    world.sandbox.takeAddress(spec.address).member = false;

    const error = await failureOf(world.vendor.ensureUser(spec, {}));

    expect(error.code).toBe('name-taken');
    expect(requests('/users/invite')).toEqual([]);
  });

  it('does not adopt the account of another request with the same address', async () => {
    await makeUser(world, world.spec());

    const other = { marker: 'flow-sa-aaaaaa', displayName: 'Flow service account SA-AAAAAA' };
    const error = await failureOf(makeUser(world, world.spec(other)));

    expect(error.code).toBe('name-taken');
    expect(error.message).toContain('"Flow service account SA-AAAAAA"');
  });

  it('says what to do when Atlassian refuses to invite', async () => {
    world.sandbox.servers[0]?.faults.inject({ path: '/users/invite', fault: fault.status(400) });

    const error = await failureOf(world.vendor.ensureUser(world.spec(), {}));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('remove "organisation" from this connection');
  });

  it('gives read to one chosen repository and to nothing else', async () => {
    const { user, spec, secret } = await memberWithToken(
      world.spec({ scope: [world.sandbox.scopeItem('api')] }),
    );

    const verification = await world.vendor.verify(spec, user, secret);

    expect(grants(world.sandbox, user)).toEqual(['read']);
    expect(verification.sees).toEqual({ count: 1, noun: 'repositories', sample: ['acme/api'] });
    expect(verification.isNot).toContain('does not administer the workspace');
  });

  it('gives write to automations, with a token for Git and pull requests', async () => {
    const spec = world.spec({ kind: 'automation', services: [] });
    const { user, secret } = await memberWithToken(spec);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(grants(world.sandbox, user)).toEqual(['write']);
    expect(verification.scopes).toContain('write:repository:bitbucket');
    expect(verification.isNot).toContain('administers no repository');
  });

  it('refuses an automation that administers a repository', async () => {
    const spec = world.spec({ kind: 'automation', services: [] });
    const { user, secret } = await memberWithToken(spec);
    world.sandbox.repository('worker').grants.set(user.id, 'admin');

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.message).toContain('may do more than write in acme/worker');
  });

  it('refuses more than was approved in a project that has no repository yet', async () => {
    world.sandbox.state.projects.push({ key: 'NEW', name: 'New', grants: new Map() });
    const scope = [world.sandbox.scopeItem('PLAT'), world.sandbox.scopeItem('NEW')];
    const { spec, user, secret } = await memberWithToken(world.spec({ scope }));
    world.sandbox.state.projects.find(({ key }) => key === 'NEW')?.grants.set(user.id, 'admin');

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.message).toContain('has admin in New (NEW) and should have read');
  });

  it('refuses an administrator of the workspace also where Admin was approved', async () => {
    const spec = world.spec({ access: 'owner' });
    const { user, secret } = await memberWithToken(spec);
    givenAsWorkspace(world.sandbox, user);

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.message).toContain('administers the workspace');
  });

  it.each([
    { services: ['repositories'] as const, access: 'contributor', extra: [] },
    { services: ['tickets'] as const, access: 'contributor', extra: ['read:issue'] },
    { services: ['webhooks'] as const, access: 'contributor', extra: [] },
    {
      services: ['webhooks'] as const,
      access: 'owner',
      extra: ['read:webhook', 'write:webhook'],
    },
  ] as const)('asks a token of $access for $services for $extra', ({ services, access, extra }) => {
    const profile = world.vendor.profile(world.spec({ services, access }));

    expect(profile.tokenScopes).toEqual([...READING, ...extra.map((name) => `${name}:bitbucket`)]);
  });

  it('says that Flow prefers OAuth and that app passwords have ended', () => {
    const profile = world.vendor.profile(world.spec());

    const fields = JSON.stringify(profile.flowFields);
    expect(fields).toContain('OAuth');
    expect(profile.notes.join(' ')).toContain('app password: those stopped working on 9 June 2026');
  });

  it('tells the person exactly which token to make, until when, and with which scopes', () => {
    const { credential } = world.vendor;
    const spec = world.spec();
    const user = { id: 'x', login: spec.address, url: null };

    const task = credential.how === 'deposited' ? credential.task(spec, user, 'flow-1', 104) : null;

    const text = task?.instructions.join('\n') ?? '';
    expect(text).toContain('Type flow-1 as the name, choose 2027-03-07 as the expiry date');
    expect(text).toContain('Click "Create API token with scopes"');
    expect(text).toContain(`Tick exactly these scopes and no others: ${READING.join(', ')}.`);
    expect(task?.deposit).toEqual({
      label: 'Bitbucket API token',
      secretName: 'flow-sa-7k3f9q-token',
    });
  });

  it('takes Admin back when the access becomes contributor', async () => {
    const user = await makeMember(world, world.spec({ access: 'owner' }));

    await world.vendor.ensureAccess(world.spec(), user);

    expect(grants(world.sandbox, user)).toEqual(['read']);
  });

  it('says that no seat is free', async () => {
    world.sandbox.state.seats = 0;
    const user = await makeUser(world, world.spec());

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain('no free seat');
  });

  it('tells a repository that is gone from an account that is gone', async () => {
    const spec = world.spec({ scope: [world.sandbox.scopeItem('api')] });
    const user = await makeUser(world, spec);
    const { state } = world.sandbox;

    state.repositories = state.repositories.filter(({ slug }) => slug !== 'api');
    const place = await failureOf(world.vendor.ensureAccess(spec, user));
    world.sandbox.user(user.id).member = false;
    const person = await failureOf(world.vendor.ensureAccess(spec, user));

    expect(place.message).toContain('has no repository acme/api');
    expect(person.message).toContain('is no longer a member of the workspace');
  });

  it('does not take "not found" for gone when it lost the right to see', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.user(user.id).member = false;
    world.sandbox.admin.administrator = false;

    const error = await failureOf(world.vendor.removeAccess(spec, user));

    expect(error.code).toBe('missing-permission');
  });

  it('revokes the token of a managed account, but only when it is the only one', async () => {
    const { user, secret } = await memberWithToken();
    world.sandbox.user(user.id).managed = true;
    const other = world.sandbox.makeToken(user.id, { scopes: READING });

    const error = await failureOf(world.vendor.revoke(user, secret));
    for (const token of world.sandbox.state.tokens) if (token.value === other) token.revoked = true;
    await world.vendor.revoke(user, secret);

    expect(error.code).toBe('refused');
    const token = world.sandbox.state.tokens.find(({ value }) => value === secret.reveal());
    expect(token?.revoked).toBe(true);
  });

  it('never calls what ends every token of the organisation', async () => {
    const { user, secret } = await memberWithToken();
    world.sandbox.user(user.id).managed = true;

    await world.vendor.revoke(user, secret);

    const deletions = requests('').filter(({ method }) => method === 'DELETE');
    expect(deletions.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/users\/[^/]+\/manage\/api-tokens\/[^/]+$/),
    ]);
  });

  it('knows the expiry of a managed account’s token, and admits not to know it otherwise', async () => {
    const { spec, user, secret } = await memberWithToken();

    const unmanaged = await world.vendor.verify(spec, user, secret);
    world.sandbox.user(user.id).managed = true;
    const managed = await world.vendor.verify(spec, user, secret);

    expect(unmanaged.expiresAt).toBeNull();
    expect(managed.expiresAt).toBe('2027-03-03T10:00:00.000Z');
  });

  it('does not take a broken answer for a dead token', async () => {
    const user = await makeMember(world, world.spec());
    world.sandbox.servers[0]?.faults.inject({ path: '/2.0/user', fault: fault.status(503) });

    const error = await failureOf(world.vendor.revoke(user, new Secret('ATATT3xFfGF0-dead')));

    expect(error.code).toBe('unavailable');
  });

  it('asks a person to remove an account that is in no directory of the organisation', async () => {
    const user = await makeUser(world, world.spec());
    world.sandbox.user(user.id).inDirectory = false;

    const outcome = await world.vendor.removeUser(world.spec(), user);

    expect(outcome).toMatchObject({ kind: 'human', task: { id: 'remove-member' } });
    expect(world.sandbox.user(user.id).member).toBe(true);
  });

  it('reads every page of what the account sees', async () => {
    const { spec, user, secret } = await memberWithToken();
    const { state } = world.sandbox;
    for (let n = 0; n < 150; n += 1) {
      const uuid = `{more-${n}}`;
      const slug = `more-${n}`;
      state.repositories.push({ uuid, slug, project: state.projects[0]!, grants: new Map() });
    }

    const verification = await world.vendor.verify(spec, user, secret);

    expect(verification.sees.count).toBe(152);
  });

  it('tells the doctor that our account no longer administers the workspace', async () => {
    world.sandbox.admin.administrator = false;

    const findings = await world.vendor.check();

    expect(JSON.stringify(findings)).toContain('does not administer the workspace acme');
  });

  it('tells the doctor that the organisation’s key is dead', async () => {
    world.sandbox.servers[0]?.faults.inject({ path: '/admin/', fault: fault.status(401) });

    const findings = await world.vendor.check();

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems).toMatchObject([{ subject: 'Bitbucket acme: the organisation' }]);
    expect(problems[0]?.message).toContain('API key');
  });
});
