import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { github } from '../../src/vendors/github/index.ts';
import { openSandbox } from '../../src/vendors/github/sandbox.ts';
import type { GitHubSandbox } from '../../src/vendors/github/sandbox.ts';
import type { TokenWish } from '../../src/vendors/github/sandbox-world.ts';
import type { AccountSpec, VendorUser } from '../../src/vendors/vendor.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  IMPATIENT,
  aSpec,
  closeWorld,
  DAYS,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  testClock,
  TOKEN,
} from '../contracts/vendor-world.ts';
import type { VendorCase, VendorWorld } from '../contracts/vendor-world.ts';

const LATER = '2027-03-07T00:00:00.000Z';
const WEB = { id: 'acme/web', name: 'acme/web', kind: 'repository' };
const API = { id: 'acme/api', name: 'acme/api', kind: 'repository' };
const ORG = { id: 'acme', name: 'acme', kind: 'organisation' };

type Auth = 'app' | 'token';

async function openWorld(auth: Auth): Promise<VendorWorld<GitHubSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock, auth });
  const config = github.schema.parse(sandbox.config);
  const deps = { clock, log: pino({ level: 'silent' }), connectionName: 'GitHub acme' };
  const vendor = github.open(config, deps);
  const impatient = github.open({ ...config, ...IMPATIENT }, deps);
  const spec = (overrides: Partial<AccountSpec> = {}) => aSpec({ scope: [WEB], ...overrides });
  return { vendor, impatient, definition: github, sandbox, clock, spec };
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
  return ({ world }: GitHubSandbox, _spec: AccountSpec, user: VendorUser) =>
    world.makeToken(user.login, { ...EXACT, ...wish }).value;
}

function permissions(repository: Record<string, string>): Pick<TokenWish, 'permissions'> {
  const { organization } = EXACT.permissions ?? { organization: {} };
  return { permissions: { repository, organization } };
}

/** Credentials that are told apart whoever we are at GitHub. */
const ALWAYS_WRONG: VendorCase<GitHubSandbox>['wrongCredentials'] = {
  'belongs to a colleague': ({ world }) => {
    const colleague = world.register('colleague');
    world.state.members.set(colleague.id, 'member');
    return world.makeToken('colleague', { ...EXACT, repositories: [] }).value;
  },
  'is a classic token': make({ scopes: ['repo'] }),
  'is made up': () => 'github_pat_0123456789abcdef',
  'lives for two years': make({ expiresAt: '2028-11-23T00:00:00.000Z' }),
  'has expired': make({ expiresAt: '2026-11-01T00:00:00.000Z' }),
  'lacks a permission': make(permissions({ issues: 'read', metadata: 'read' })),
  'was made for the account itself instead of the organisation': make({ owner: 'somebody' }),
  'cannot see the chosen repository': make({ repositories: [] }),
  'sees a private repository that was not chosen': ({ world }, _spec, user) => {
    world.findRepository('acme/api')?.direct.set(Number(user.id), 'read');
    return world.makeToken(user.login, { ...EXACT, repositories: ['acme/web', 'acme/api'] }).value;
  },
};

/** What only a GitHub App can tell. */
const WRONG_FOR_AN_APP: VendorCase<GitHubSandbox>['wrongCredentials'] = {
  'may write': make(
    permissions({ contents: 'write', issues: 'read', metadata: 'read', pull_requests: 'read' }),
  ),
  'has another name': make({ name: 'my token' }),
  'reaches all repositories': make({ selection: 'all' }),
};

function caseFor(auth: Auth): VendorCase<GitHubSandbox> {
  return {
    name: auth === 'app' ? 'GitHub through a GitHub App' : 'GitHub through an owner’s token',
    credential: 'deposited',
    open: () => openWorld(auth),
    users: ({ world }, spec) =>
      world.state.users.filter((user) => user.email === spec.address).length,
    memberships: ({ world }, _spec, user) => {
      const id = Number(user.id);
      return (
        Number(world.state.members.has(id)) +
        world.state.invitations.filter((one) => one.userId === id).length +
        world.state.repositories.filter((one) => one.direct.has(id)).length
      );
    },
    createsUser: null,
    grantsAccess: { method: 'POST', path: '/orgs/acme/invitations' },
    takeName: null,
    weaken: ({ world }) => {
      if (auth === 'app') world.state.appPermissions['members'] = 'read';
      else keepScopes(world, ['repo', 'read:org']);
      return auth === 'app' ? 'members: write' : 'admin:org';
    },
    strengthen: ({ world }) => {
      if (auth === 'app') world.state.appPermissions['secrets'] = 'write';
      else keepScopes(world, ['repo', 'admin:org', 'delete_repo']);
      return auth === 'app' ? 'secrets: write' : 'delete_repo';
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
    wrongCredentials: auth === 'app' ? { ...ALWAYS_WRONG, ...WRONG_FOR_AN_APP } : ALWAYS_WRONG,
    wrongStates: {
      'has been made an owner': ({ world }, _spec, user) => {
        world.state.members.set(Number(user.id), 'admin');
      },
      'has left the organisation': ({ world }, _spec, user) => {
        world.state.members.delete(Number(user.id));
      },
      'may write to a chosen repository': ({ world }, _spec, user) => {
        world.findRepository('acme/web')?.direct.set(Number(user.id), 'write');
      },
    },
    killByHand: null,
  };
}

function keepScopes(world: GitHubSandbox['world'], scopes: readonly string[]): void {
  world.state.tokens = world.state.tokens.map((token) => ({ ...token, scopes }));
}

describeVendor(caseFor('app'));
describeVendor(caseFor('token'));

describe('GitHub', () => {
  const opened: VendorWorld<GitHubSandbox>[] = [];

  async function open(auth: Auth = 'app') {
    const world = await openWorld(auth);
    opened.push(world);
    return world;
  }

  afterEach(async () => {
    for (const world of opened.splice(0)) await closeWorld(world);
  });

  it('asks a person to register, with the address, the password’s place and the marker', async () => {
    const place = await open();
    const { vendor } = place;
    const order = place.spec();

    const outcome = await vendor.ensureUser(order, {});

    expect(outcome).toMatchObject({ kind: 'human', task: { fields: [{ id: 'login' }] } });
    const text = JSON.stringify(outcome);
    for (const part of [order.address, order.login, order.marker, order.passwordUrl ?? '-']) {
      expect(text).toContain(part);
    }
  });

  it.each([
    ['is nobody', 'no-such-login', /no public account/],
    ['is not a login', 'acme owner', /is not a GitHub login/],
    ['belongs to a colleague', 'colleague', /does not contain flow-sa-7k3f9q/],
    ['belongs to an organisation', 'acme-inc', /is not a user account/],
    ['is a member who put the marker there', 'insider', /already a member/],
  ])('grants nothing to a login that %s', async (_what, login, finding) => {
    const place = await open();
    const { vendor, sandbox } = place;
    const { world } = sandbox;
    world.state.members.set(world.register('colleague', { bio: 'I like tea' }).id, 'member');
    world.register('acme-inc', { type: 'Organization', bio: 'flow-sa-7k3f9q' });
    world.state.members.set(world.register('insider', { bio: 'flow-sa-7k3f9q' }).id, 'member');

    const outcome = await vendor.ensureUser(place.spec(), { login });

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'register-account', finding: expect.stringMatching(finding) as string },
    });
    expect(world.state.invitations).toEqual([]);
  });

  it('does not take a marker for ours that only begins like it', async () => {
    const place = await open();
    const { vendor, sandbox } = place;
    sandbox.world.register('other', { bio: 'flow-sa-7k3f9q-old' });

    const outcome = await vendor.ensureUser(place.spec(), { login: 'other' });

    expect(outcome.kind).toBe('human');
  });

  it('accepts another login than the proposed one when that was taken', async () => {
    const world = await open();
    world.sandbox.world.register('flow-integrations-7k3f9q');

    const user = await makeUser(world, world.spec());

    expect(user.login).toBe('flow-integrations-7k3f9q-flow');
  });

  it('waits for the invitation to be accepted and says so', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());

    const outcome = await world.vendor.ensureAccess(world.spec(), user);
    const again = await world.vendor.ensureAccess(world.spec(), user);

    expect(outcome).toMatchObject({ kind: 'human', task: { id: 'accept-invitation' } });
    expect(again).toEqual(outcome);
    expect(world.sandbox.world.state.invitations).toHaveLength(1);
  });

  it('sends a new invitation when the old one has expired', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    await world.vendor.ensureAccess(world.spec(), user);
    world.clock.advance(8 * 24 * 60 * 60 * 1000);

    const outcome = await world.vendor.ensureAccess(world.spec(), user);

    expect(outcome.kind).toBe('human');
    expect(world.sandbox.world.state.failed).toHaveLength(1);
    expect(world.sandbox.world.state.invitations).toHaveLength(1);
  });

  it('does not repeat an invitation that could not be delivered today', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    await world.vendor.ensureAccess(world.spec(), user);
    const { state, failInvitation } = world.sandbox.world;
    failInvitation(state.invitations[0]!, 'Spam');

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));

    expect(error).toMatchObject({ code: 'refused' });
    expect(error.message).toContain('could not deliver');
    expect(state.invitations).toEqual([]);
  });

  it('says what to look at when GitHub refuses the invitation', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    world.sandbox.world.state.invitationsLeft = 0;

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('People > Invitations');
  });

  it('says that no seat is free when GitHub tells our owner’s token so', async () => {
    const world = await open('token');
    const user = await makeUser(world, world.spec());
    world.sandbox.world.state.seats = 1;

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain('no free seat');
  });

  it('takes an open invitation back when it has the wrong role', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    await world.vendor.ensureAccess(world.spec({ access: 'owner' }), user);

    await world.vendor.ensureAccess(world.spec(), user);

    expect(world.sandbox.world.state.invitations.map((one) => one.role)).toEqual(['direct_member']);
  });

  it('lowers a member that was made an owner and a grant that allows too much', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const id = Number(user.id);
    const { state, findRepository } = world.sandbox.world;
    state.members.set(id, 'admin');
    findRepository('acme/web')?.direct.set(id, 'maintain');

    const outcome = await world.vendor.ensureAccess(world.spec(), user);

    expect(outcome.kind).toBe('done');
    expect(state.members.get(id)).toBe('member');
    expect(findRepository('acme/web')?.direct.get(id)).toBe('read');
  });

  it('gives an automation write on the chosen repositories and nothing on others', async () => {
    const world = await open();
    const spec = world.spec({ kind: 'automation', services: [], scope: [WEB, API] });
    world.sandbox.world.addRepository('secret-plans');

    const user = await makeMember(world, spec);
    const verification = await world.vendor.verify(
      spec,
      user,
      await makeCredential(world, spec, user),
    );

    const roles = world.sandbox.world.state.repositories.map((one) =>
      one.direct.get(Number(user.id)),
    );
    expect(roles).toEqual(['write', 'write', undefined, undefined]);
    expect(verification.scopes).toContain('Repository permission Contents: read and write');
    expect(verification.sees.sample.toSorted()).toEqual(['acme/api', 'acme/web', 'acme/website']);
  });

  it('reports a role that the organisation’s base permission raises', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    world.sandbox.world.state.basePermission = 'write';

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('base permission');
  });

  it('adds a member of the whole organisation to no repository', async () => {
    const world = await open();
    world.sandbox.world.state.basePermission = 'read';
    const spec = world.spec({ scope: [ORG] });

    const user = await makeMember(world, spec);
    const verification = await world.vendor.verify(
      spec,
      user,
      await makeCredential(world, spec, user),
    );

    expect(world.sandbox.world.state.repositories.every((one) => one.direct.size === 0)).toBe(true);
    expect(verification.sees.count).toBe(3);
  });

  it('refuses a repository of another organisation before it does anything', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    const scope = [{ id: 'evil/web', name: 'evil/web', kind: 'repository' }];

    const error = await failureOf(world.vendor.ensureAccess(world.spec({ scope }), user));

    expect(error.code).toBe('invalid-input');
    expect(world.sandbox.world.state.invitations).toEqual([]);
  });

  it('asks for a classic token with exact scopes when an owner account sets up webhooks', async () => {
    const world = await open();
    const spec = world.spec({ access: 'owner', services: ['repositories', 'webhooks'] });
    const user = await makeMember(world, spec);
    const right = await makeCredential(world, spec, user);
    const tooMuch = world.sandbox.world.makeToken(user.login, {
      name: TOKEN,
      expiresAt: LATER,
      scopes: ['repo', 'read:org', 'admin:repo_hook', 'admin:org_hook', 'read:user', 'delete_repo'],
    });

    const verification = await world.vendor.verify(spec, user, right);
    const error = await failureOf(world.vendor.verify(spec, user, new Secret(tooMuch.value)));

    expect(verification.scopes).toEqual(world.vendor.profile(spec).tokenScopes);
    expect(error.message).toContain('delete_repo too many');
  });

  it('says what an owner’s token cannot prove', async () => {
    const byApp = await open('app');
    const byToken = await open('token');

    const notes = [byApp, byToken].map((world) =>
      world.vendor.profile(world.spec()).notes.join(' '),
    );

    expect(notes[0]).not.toContain('GitHub App can prove');
    expect(notes[1]).toContain('GitHub App can prove');
  });

  it('names the day on which the token must end', async () => {
    const place = await open();
    const { vendor } = place;
    const user = { id: '1', login: 'flow-integrations-7k3f9q', url: null };
    if (vendor.credential.how !== 'deposited') throw new Error('deposited is expected');

    const task = vendor.credential.task(place.spec(), user, TOKEN, DAYS);

    expect(task.instructions).toContain('Expiration: Custom, 2027-03-07 or earlier.');
    expect(task.deposit).not.toBeNull();
  });

  it('approves exactly the right token where the organisation approves tokens', async () => {
    const world = await open();
    world.sandbox.world.state.approvalNeeded = true;
    const user = await makeMember(world, world.spec());
    const secret = await makeCredential(world, world.spec(), user);

    const verification = await world.vendor.verify(world.spec(), user, secret);

    expect(verification.isNot).toContain('has no other permission');
    expect(world.sandbox.world.state.tokens.map((token) => token.state)).toEqual(['active']);
  });

  it('denies a pending token that asks for more, and says why', async () => {
    const world = await open();
    const { state, makeToken } = world.sandbox.world;
    state.approvalNeeded = true;
    const user = await makeMember(world, world.spec());
    const wish = permissions({
      contents: 'write',
      issues: 'read',
      metadata: 'read',
      pull_requests: 'read',
    });
    const { value } = makeToken(user.login, { ...EXACT, ...wish });

    const error = await failureOf(world.vendor.verify(world.spec(), user, new Secret(value)));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('repository contents: write too many');
    expect(state.tokens.map((token) => token.state)).toEqual(['denied']);
  });

  it('leaves the login alone that somebody else took over after a rename', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const { findUser, register, state } = world.sandbox.world;
    findUser(user.login)!.login = 'renamed-7k3f9q';
    const stranger = register(user.login);
    state.members.set(stranger.id, 'member');

    await world.vendor.removeAccess(world.spec(), user);

    expect(state.members.has(stranger.id)).toBe(true);
    expect(state.members.has(Number(user.id))).toBe(false);
  });

  it.each([403, 429])(
    'waits a minute when a secondary limit comes as %i without a time, whatever is left of the hour',
    async (status) => {
      const world = await open('token');
      const body = { message: 'You have exceeded a secondary rate limit. Please wait.' };
      const headers = { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': '1795428000' };
      world.sandbox.servers[0]?.faults.inject({
        fault: { kind: 'status', answer: { status, body, headers }, afterEffect: false },
      });

      const error = await failureOf(world.vendor.findUser(world.spec()));

      expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 60_000 });
    },
  );

  it('tells a 403 without a limit apart as a missing permission', async () => {
    const world = await open('token');
    world.sandbox.servers[0]?.faults.inject({
      fault: fault.status(403, { 'x-accepted-github-permissions': 'members=read' }),
    });

    const error = await failureOf(world.vendor.findUser(world.spec()));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('members: read');
  });

  it('gets a new installation token after its own was refused', async () => {
    const world = await open();
    await world.vendor.findUser(world.spec());
    world.sandbox.forgetInstallationTokens();

    const refused = await failureOf(world.vendor.findUser(world.spec()));
    const found = await world.vendor.findUser(world.spec());

    expect(refused.code).toBe('unauthenticated');
    expect(found).toBeUndefined();
  });

  it('explains a private key that is none', async () => {
    const world = await open();
    const config = github.schema.parse({
      ...world.sandbox.config,
      auth: { app_id: 1, private_key: new Secret('not a key'), installation_id: 1 },
    });
    const deps = { clock: world.clock, log: pino({ level: 'silent' }), connectionName: 'GitHub' };

    const error = await failureOf(github.open(config, deps).searchScopes(''));

    expect(error.code).toBe('invalid-config');
    expect(error.message).toContain('private key');
  });

  it('never invites twice when the answer to the invitation is lost or cut', async () => {
    for (const lost of [fault.dropAfterEffect(), fault.half()]) {
      const world = await open();
      const user = await makeUser(world, world.spec());
      world.sandbox.servers[0]?.faults.inject({
        method: 'POST',
        path: '/invitations',
        fault: lost,
      });

      const outcome = await world.vendor.ensureAccess(world.spec(), user);

      expect(outcome.kind).toBe('human');
      expect(world.sandbox.world.state.invitationsLeft).toBe(49);
    }
  });

  it('never takes a cut-off list for an empty one', async () => {
    const world = await open();
    const user = await makeUser(world, world.spec());
    const rule = { path: '/failed_invitations', fault: fault.half() };
    world.sandbox.servers[0]?.faults.inject(rule);

    const error = await failureOf(world.vendor.ensureAccess(world.spec(), user));

    expect(error.code).toBe('unexpected-answer');
    expect(world.sandbox.world.state.invitations).toEqual([]);
  });

  it('revokes without any authorisation, as GitHub demands', async () => {
    const world = await open();
    const user = await makeMember(world, world.spec());
    const secret = await makeCredential(world, world.spec(), user);

    await world.vendor.revoke(user, secret);

    const [call] = world.sandbox.servers[0]!.exchanges.filter(
      ({ route }) => route === 'POST /credentials/revoke',
    );
    expect(call?.request.headers['authorization']).toBeUndefined();
    expect(world.sandbox.world.state.tokens).toEqual([]);
  });
});
