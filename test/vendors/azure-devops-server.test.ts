import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { azureDevopsServer } from '../../src/vendors/azure-devops-server/index.ts';
import { openSandbox } from '../../src/vendors/azure-devops-server/sandbox.ts';
import type { AzureDevopsServerSandbox } from '../../src/vendors/azure-devops-server/sandbox.ts';
import { describeVendor } from '../contracts/vendor-contract.ts';
import {
  DAYS,
  MARKER,
  TOKEN,
  IMPATIENT,
  aSpec,
  closeWorld,
  failureOf,
  makeCredential,
  makeMember,
  makeUser,
  testClock,
} from '../contracts/vendor-world.ts';
import type { VendorWorld } from '../contracts/vendor-world.ts';

const READ = 'vso.build vso.code vso.identity vso.project vso.work';
const ADMINISTRATORS = '[DefaultCollection]\\Project Collection Administrators';
const EXPIRED = '2026-11-22T00:00:00.000Z';

async function open(
  changes: Readonly<Record<string, unknown>> = {},
): Promise<VendorWorld<AzureDevopsServerSandbox>> {
  const clock = testClock();
  const sandbox = await openSandbox({ clock });
  const config = azureDevopsServer.schema.parse({ ...sandbox.config, ...changes });
  const deps = { clock, log: createLog('silent'), connectionName: 'Azure DevOps on-prem' };
  return {
    vendor: azureDevopsServer.open(config, deps),
    impatient: azureDevopsServer.open({ ...config, ...IMPATIENT }, deps),
    definition: azureDevopsServer,
    sandbox,
    clock,
    spec: (wishes) => aSpec({ scope: [sandbox.scopeItem('Platform')], ...wishes }),
  };
}

describeVendor<AzureDevopsServerSandbox>({
  name: 'Azure DevOps Server',
  credential: 'deposited',
  open: () => open(),
  users: ({ state }, spec) =>
    state.identities.filter(({ displayName }) => displayName.includes(spec.marker)).length,
  memberships: (sandbox, _spec, user) => sandbox.identity(user.id).groups.size,
  // People make the account and put it into its groups; nothing of ours can be lost on the way.
  createsUser: null,
  grantsAccess: null,
  takeName: null,
  weaken({ readerToken }) {
    readerToken.scope = 'vso.project';
    return 'Identity: Read';
  },
  strengthen({ readerToken }) {
    readerToken.scope = 'app_token';
    return 'full access';
  },
  slowsDown: null,
  seedScopes(sandbox, count) {
    for (let n = 1; n <= count; n += 1) sandbox.seedProject(`Part ${n}`);
  },
  wrongCredentials: {
    'belongs to somebody else': (sandbox) => sandbox.makeToken(sandbox.reader.id),
    'was cut off': () => 'no-such-token-anywhere',
    'has full access': (sandbox, _spec, user) => sandbox.makeToken(user.id, { scope: 'app_token' }),
    'cannot read code': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scope: READ.replace(' vso.code', '') }),
    'cannot read builds': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scope: READ.replace('vso.build ', '') }),
    'cannot read work items': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scope: READ.replace(' vso.work', '') }),
    'cannot read people': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scope: READ.replace(' vso.identity', '') }),
    'cannot read projects': (sandbox, _spec, user) =>
      sandbox.makeToken(user.id, { scope: READ.replace(' vso.project', '') }),
    'has expired': (sandbox, _spec, user) => sandbox.makeToken(user.id, { validTo: EXPIRED }),
  },
  wrongStates: {
    'has been made a Project Collection Administrator': (sandbox, _spec, user) =>
      void sandbox.identity(user.id).groups.add(ADMINISTRATORS),
    'has been made a contributor': (sandbox, _spec, user) =>
      void sandbox.identity(user.id).groups.add('[Platform]\\Contributors'),
    'is no longer a reader': (sandbox, _spec, user) => sandbox.identity(user.id).groups.clear(),
    'was switched off': (sandbox, _spec, user) => {
      sandbox.identity(user.id).active = false;
    },
  },
  killByHand({ state }, credential) {
    for (const token of state.tokens) if (token.value === credential) token.revoked = true;
  },
});

describe('Azure DevOps Server', () => {
  let world: VendorWorld<AzureDevopsServerSandbox>;

  beforeEach(async () => {
    world = await open();
  });

  afterEach(() => closeWorld(world));

  const findingFor = async (account: string): Promise<string> => {
    const outcome = await world.vendor.ensureUser(world.spec(), { account });
    return outcome.kind === 'human' ? (outcome.task.finding ?? '') : 'no task';
  };

  it('tells the person which account to make and which groups to put it into', async () => {
    const outcome = await world.vendor.ensureUser(world.spec({ access: 'owner' }), {});

    const text = outcome.kind === 'human' ? outcome.task.instructions.join('\n') : '';
    expect(text).toContain('Logon name: flow-integrations-7k\n');
    expect(text).toContain(`Display name: Flow service account SA-7K3F9Q (${MARKER})`);
    expect(text).toContain(`exactly these groups`);
    expect(text).toContain(`${ADMINISTRATORS}, [Platform]\\Readers`);
  });

  it('asks again for an account that it cannot read, does not know or must not take', async () => {
    world.sandbox.addColleague('colleague');

    const findings = [
      await findingFor('colleague@acme.example'),
      await findingFor('ACME\\nobody'),
      await findingFor('ACME\\colleague'),
    ];

    expect(findings[0]).toContain('is not a domain and a logon name');
    expect(findings[1]).toContain('does not know ACME\\nobody yet');
    expect(findings[2]).toContain(`does not contain ${MARKER}`);
  });

  it('names the groups that are missing and those that are too many', async () => {
    const spec = world.spec();
    const user = await makeUser(world, spec);
    const { groups } = world.sandbox.identity(user.id);
    groups.clear();
    groups.add('[Platform]\\Contributors');

    const outcome = await world.vendor.ensureAccess(spec, user);

    const finding = outcome.kind === 'human' ? outcome.task.finding : null;
    expect(finding).toBe(
      'ACME\\flow-integrations-7k is not yet in [Platform]\\Readers, and must not be in [Platform]\\Contributors.',
    );
  });

  it('verifies an automation by what it may do in its project', async () => {
    const spec = world.spec({ kind: 'automation' });
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);

    const verification = await world.vendor.verify(spec, user, secret);

    expect(verification.scopes).toEqual(['vso.code_write', 'vso.project']);
    expect(verification.isNot).toContain('is not a token with full access');
  });

  it('says where a person takes the groups away, and is done when they have', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);

    const before = await world.vendor.removeAccess(spec, user);
    world.sandbox.identity(user.id).groups.clear();
    const after = await world.vendor.removeAccess(spec, user);

    const task = before.kind === 'human' ? before.task : null;
    expect(task?.title).toBe('Take ACME\\flow-integrations-7k out of our groups');
    expect(task?.instructions.join('\n')).toContain(
      'Remove ACME\\flow-integrations-7k from [Platform]\\Readers',
    );
    expect(after.kind).toBe('done');
  });

  it('tells the person exactly which token to make and until when', () => {
    const { credential } = world.vendor;
    const user = { id: 'x', login: 'ACME\\flow', url: null };

    const task =
      credential.how === 'deposited' ? credential.task(world.spec(), user, TOKEN, DAYS) : null;

    const text = task?.instructions.join('\n') ?? '';
    expect(text).toContain('Expiration: "Custom defined", 2027-03-07.');
    expect(text).toContain('tick only: Build: Read; Code: Read; Identity: Read;');
    expect(task?.warnings.join(' ')).toContain('Never choose "Full access"');
  });

  it('takes a sign-in page for a token that is not accepted, if our own still is', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    world.sandbox.state.signInPage = true;

    const error = await failureOf(world.vendor.verify(spec, user, new Secret('not-a-token-here')));

    expect(error.code).toBe('verification-failed');
  });

  it('does not take a broken answer for a dead token', async () => {
    const spec = world.spec();
    const user = await makeMember(world, spec);
    const secret = await makeCredential(world, spec, user);
    world.sandbox.servers[0]?.faults.inject({ path: '/connectionData', fault: fault.status(503) });

    const error = await failureOf(world.vendor.revoke(user, secret));

    expect(error.code).toBe('unavailable');
  });

  it('tells the doctor when the server does not know the configured version', async () => {
    await closeWorld(world);
    world = await open({ api_version: '8.0' });

    const findings = await world.vendor.check();

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems).not.toHaveLength(0);
    expect(JSON.stringify(problems)).toContain('api_version');
  });
});
