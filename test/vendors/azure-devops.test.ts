import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { azureDevops } from '../../src/vendors/azure-devops/index.ts';
import { openSandbox } from '../../src/vendors/azure-devops/sandbox.ts';
import type { AzureDevopsSandbox } from '../../src/vendors/azure-devops/sandbox.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  DAYS,
  MARKER,
  TOKEN,
  IMPATIENT,
  aSpec,
  closeWorld,
  codeOf,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  testClock,
} from '../contracts/vendor-world.ts';
import type { VendorWorld } from '../contracts/vendor-world.ts';

const READ = 'vso.build vso.code vso.graph vso.identity vso.project vso.work';
const EXPIRED = '2026-11-22T00:00:00.000Z';

async function open(
  login: 'token' | 'application' = 'token',
): Promise<VendorWorld<AzureDevopsSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const own = login === 'token' ? {} : { token: undefined, entra: sandbox.entra };
  const config = azureDevops.schema.parse({ ...sandbox.config, ...own });
  const deps = { clock, log: createLog('silent'), connectionName: 'Azure DevOps acme' };
  return {
    vendor: azureDevops.open(config, deps),
    impatient: azureDevops.open({ ...config, ...IMPATIENT }, deps),
    definition: azureDevops,
    sandbox,
    clock,
    spec: (changes) => aSpec({ scope: [sandbox.scopeItem('Platform')], ...changes }),
  };
}

for (const login of ['token', 'application'] as const) {
  describeVendor<AzureDevopsSandbox>({
    name: `Azure DevOps by our own ${login}`,
    credential: 'deposited',
    open: () => open(login),
    users: ({ state }, spec) =>
      state.members.filter((member) => member.principalName === spec.address).length,
    memberships: ({ state }, _spec, user) => {
      const member = state.members.find(({ id }) => id === user.id);
      return state.memberships.get(member?.descriptor ?? '')?.size ?? 0;
    },
    createsUser: { method: 'POST', path: '/userentitlements' },
    grantsAccess: { method: 'PUT', path: '/memberships/' },
    takeName: (sandbox, spec) => void sandbox.takeAddress(spec.address),
    weaken({ adminToken, application, state }) {
      if (login === 'application') {
        state.memberships.get(application.descriptor)?.clear();
        return 'Project Collection Administrator';
      }
      adminToken.scope = adminToken.scope.replace('vso.memberentitlementmanagement_write ', '');
      return 'Member Entitlement Management';
    },
    // An application has no scopes that could be too many.
    strengthen:
      login === 'application'
        ? null
        : ({ adminToken }) => {
            adminToken.scope += ' vso.code_write';
            return 'Code: Read & write';
          },
    slowsDown: (until) => ({
      status: 429,
      headers: { 'x-ratelimit-reset': String(until.getTime() / 1000) },
    }),
    seedScopes(sandbox, count) {
      for (let n = 1; n <= count; n += 1) sandbox.seedProject(`Part ${n}`);
    },
    wrongCredentials: {
      'belongs to somebody else': (sandbox) => sandbox.makeToken(sandbox.admin.id),
      'was cut off': () => 'no-such-token-anywhere',
      'has full access': (sandbox, _spec, user) =>
        sandbox.makeToken(user.id, { scope: 'app_token' }),
      'has a scope too many': (sandbox, _spec, user) =>
        sandbox.makeToken(user.id, { scope: `${READ} vso.code_write` }),
      'lacks a scope': (sandbox, _spec, user) =>
        sandbox.makeToken(user.id, { scope: READ.replace(' vso.graph', '') }),
      'is for all organisations': (sandbox, _spec, user) =>
        sandbox.makeToken(user.id, { oneOrganization: false }),
      'has expired': (sandbox, _spec, user) => sandbox.makeToken(user.id, { validTo: EXPIRED }),
    },
    wrongStates: {
      'has been made a Project Collection Administrator': (sandbox, _spec, user) =>
        sandbox.joinByHand(user.id, 'Project Collection Administrators', null),
      'has been made a contributor': (sandbox, _spec, user) =>
        sandbox.joinByHand(user.id, 'Contributors', 'Platform'),
      'is no longer a reader': (sandbox, _spec, user) =>
        sandbox.leaveByHand(user.id, 'Readers', 'Platform'),
      'has a second, wider token': (sandbox, _spec, user) => {
        sandbox.makeToken(user.id, { scope: 'app_token', name: 'spare' });
      },
      'was switched off': (sandbox, _spec, user) => {
        sandbox.member(user.id).status = 'disabled';
      },
    },
    killByHand: null,
  });
}

describe('Azure DevOps', () => {
  let world: VendorWorld<AzureDevopsSandbox>;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  const IDENTITY = { principal: 'flow-integrations@acme.example' };

  it('asks for the identity before it adds anybody, and then gives a licence and no project', async () => {
    const spec = world.spec();

    const first = await world.vendor.ensureUser(spec, {});
    const before = world.sandbox.state.members.length;
    const user = await makeUser(world, spec);

    expect(first).toMatchObject({
      kind: 'human',
      task: { id: 'make-identity', role: 'mail-admin' },
    });
    // The administrator and our application.
    expect(before).toBe(2);
    const posted = world.sandbox.servers[0]?.exchanges.find(
      ({ request }) => request.method === 'POST',
    );
    expect(posted?.request.body).toEqual({
      accessLevel: { licensingSource: 'account', accountLicenseType: 'express' },
      user: { principalName: spec.address, subjectKind: 'user' },
    });
    expect(user.login).toBe(spec.address);
  });

  it('asks again while the directory does not have the identity', async () => {
    const outcome = await world.vendor.ensureUser(world.spec(), IDENTITY);

    const finding = outcome.kind === 'human' ? outcome.task.finding : null;
    expect(finding).toContain('does not find flow-integrations@acme.example in its directory');
  });

  it('asks again when the person names another identity', async () => {
    const outcome = await world.vendor.ensureUser(world.spec(), { principal: 'me@acme.example' });

    const finding = outcome.kind === 'human' ? outcome.task.finding : null;
    expect(finding).toContain('"me@acme.example" is another one');
    expect(world.sandbox.state.members).toHaveLength(2);
  });

  it('does not keep an identity that does not carry the mark', async () => {
    const person = { principalName: IDENTITY.principal, displayName: 'A Colleague' };
    world.sandbox.state.directory.push(person);

    const outcome = await world.vendor.ensureUser(world.spec(), IDENTITY);

    const finding = outcome.kind === 'human' ? outcome.task.finding : null;
    expect(finding).toContain(`does not contain ${MARKER}`);
    expect(world.sandbox.state.members).toHaveLength(2);
  });

  it('keeps the spelling of the directory, because Flow compares it letter by letter', async () => {
    const spec = world.spec();
    const principalName = 'Flow-Integrations@acme.example';
    const displayName = `Flow service account (${MARKER})`;
    world.sandbox.state.directory.push({ principalName, displayName });

    const outcome = await world.vendor.ensureUser(spec, { principal: principalName });

    const login = outcome.kind === 'done' ? outcome.value.login : '';
    const profile = world.vendor.profile({ ...spec, login });
    expect(login).toBe(principalName);
    expect(profile.flowFields).toContainEqual({ label: 'Email', value: principalName });
  });

  it('says that no licence is free when the organisation has none left', async () => {
    world.sandbox.state.licenses = 0;

    const error = await failureOf(makeUser(world, world.spec()));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain('no free licence');
  });

  it('refuses to go on with a user that was switched off', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    world.sandbox.member(user.id).status = 'disabled';

    const error = await failureOf(world.vendor.ensureUser(spec, IDENTITY));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('is switched off');
  });

  it('takes what is too much away when the access becomes contributor', async () => {
    const user = await makeMember(world, world.spec({ access: 'owner' }));
    const before = await groupNames(user.id);

    await world.vendor.ensureAccess(world.spec(), user);

    expect(before).toEqual(['Project Collection Administrators', 'Readers']);
    expect(await groupNames(user.id)).toEqual(['Readers']);
  });

  it('gives an automation the groups and scopes of its project and never the organisation', async () => {
    const spec = world.spec({ kind: 'automation', access: 'owner' });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(await groupNames(user.id)).toEqual(['Project Administrators']);
    expect(verification.scopes).toEqual(['vso.build_execute', 'vso.code_manage', 'vso.project']);
    expect(verification.isNot).toContain('is not a Project Collection Administrator');
  });

  it('tells the doctor that our own token has full access, and not that it lacks anything', async () => {
    world.sandbox.adminToken.scope = 'app_token';

    const findings = await world.vendor.check();

    const others = findings.filter(({ level }) => level !== 'ok');
    expect(others).toEqual([expect.objectContaining({ level: 'warning' })]);
    expect(others[0]?.message).toContain('Full access');
  });

  it('notices an administrator through a group in a group', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    const { state } = world.sandbox;
    const readers = state.memberships.get(world.sandbox.member(user.id).descriptor);
    const administrators = state.groups[0]?.descriptor ?? '';
    for (const group of readers ?? []) state.memberships.get(group)?.add(administrators);

    const error = await failureOf(world.vendor.verify(spec, user, secret));

    expect(error.message).toContain('is a Project Collection Administrator');
  });

  it('tells the person exactly which token to make and until when', () => {
    const { credential } = world.vendor;
    const spec = world.spec();
    const user = { id: 'x', login: spec.address, url: null };

    const task = credential.how === 'deposited' ? credential.task(spec, user, TOKEN, DAYS) : null;

    const text = task?.instructions.join('\n') ?? '';
    expect(text).toContain(`Name: ${TOKEN}`);
    expect(text).toContain('Organization: acme, never "All accessible organizations".');
    expect(text).toContain('Expiration: "Custom defined", 2027-03-07.');
    expect(text).toContain('Code: Read; Graph: Read; Identity: Read; Project and Team: Read');
    expect(task?.links.map(({ label }) => label)).toContain('Password in the secret store');
  });

  it('says when the token ends, as Azure DevOps tells its administrators', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(verification.expiresAt).toBe('2027-03-03T10:00:00.000Z');
  });

  it('takes a sign-in page for a token that is not accepted, if our own still is', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.signInPage = true;

    const error = await failureOf(world.vendor.verify(spec, user, new Secret('not-a-token-here')));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('does not accept it');
  });

  it('revokes the older of two tokens and leaves the one that Flow uses', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const old = await makeCredential(world, spec, user, `${MARKER}-1`);
    const young = await makeCredential(world, spec, user, `${MARKER}-2`);

    await world.vendor.revoke(user, old);

    expect(await codeOf(world.vendor.verify(spec, user, old))).toBe('verification-failed');
    expect(await codeOf(world.vendor.verify(spec, user, young))).toBe('none');
  });

  it('revokes no token by guess where Azure DevOps does not say which one is meant', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const old = await makeCredential(world, spec, user, `${MARKER}-1`);
    const young = await makeCredential(world, spec, user, `${MARKER}-2`);
    world.sandbox.state.hidesCorrelatingIds = true;

    const error = await failureOf(world.vendor.revoke(user, old));

    expect(error.code).toBe('refused');
    expect(error.message).toContain('revoke the older one');
    expect(await codeOf(world.vendor.verify(spec, user, young))).toBe('none');
  });

  it('does not take a broken answer for a dead token', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.servers[0]?.faults.inject({
      path: '/connectionData',
      fault: fault.status(503),
    });

    const error = await failureOf(world.vendor.revoke(user, secret));

    expect(error.code).toBe('unavailable');
    expect(await codeOf(world.vendor.verify(spec, user, secret))).toBe('none');
  });

  it('warns the doctor of our own token that ends soon', async () => {
    world.clock.advance(80 * 24 * 60 * 60_000);

    const findings = await world.vendor.check();

    expect(JSON.stringify(findings)).toContain('It expires on 2027-03-03.');
  });

  it('asks Microsoft for one token for many calls, and for a new one after an hour', async () => {
    const application = await open('application');
    const issued = () =>
      application.sandbox.servers[0]?.exchanges.filter(({ request }) =>
        request.path.endsWith('/oauth2/v2.0/token'),
      ).length;

    await Promise.all([application.vendor.searchScopes(''), application.vendor.searchScopes('P')]);
    await application.vendor.check();
    const before = issued();
    application.clock.advance(60 * 60_000);
    await application.vendor.searchScopes('');

    expect([before, issued()]).toEqual([1, 2]);
    await closeWorld(application);
  });

  it('says that Microsoft does not accept our application', async () => {
    const application = await open('application');
    application.sandbox.state.applications = [];

    const error = await failureOf(application.vendor.searchScopes(''));

    expect(error.code).toBe('unauthenticated');
    expect(error.message).toContain('Check "entra", and that its client secret has not expired');
    await closeWorld(application);
  });

  it('takes a token or an application as its own login, and not both', () => {
    const { config, entra } = world.sandbox;

    const both = azureDevops.schema.safeParse({ ...config, entra });
    const none = azureDevops.schema.safeParse({ ...config, token: undefined });

    const paths = [both, none].map(({ error }) => error?.issues[0]?.path);
    expect(paths).toEqual([['token'], ['token']]);
  });

  async function groupNames(userId: string): Promise<string[]> {
    const { state } = world.sandbox;
    const groups = state.memberships.get(world.sandbox.member(userId).descriptor) ?? new Set();
    return state.groups
      .filter(({ descriptor }) => groups.has(descriptor))
      .map(({ name }) => name)
      .toSorted();
  }
});
