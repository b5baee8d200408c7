import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hasCode, ProductError } from '../../src/domain/errors.ts';
import { carriesSecret, Secret } from '../../src/domain/secret.ts';
import { FLOW_OBJECTS } from '../../src/flow/flow.ts';
import type { Flow, FlowRole } from '../../src/flow/flow.ts';
import { createFlow, flowSchema } from '../../src/flow/index.ts';
import { openSandbox } from '../../src/flow/sandbox.ts';
import type { FlowSandbox } from '../../src/flow/sandbox.ts';
import { createLog, describeError } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';

const clock = { now: () => new Date('2026-11-23T10:00:00.000Z') };
const log = createLog('silent');
const ABOUT = { address: 'flow-api@acme.example', marker: 'flow-sa-7k3f9q' };
const ADMIN: FlowRole = { kind: 'admin', permissions: [] };
const READER: FlowRole = { kind: 'permissions', permissions: ['users', 'repos'] };
const PASSWORD_URL = 'https://vault.acme.example/ui/flow-sa-7k3f9q-password';
const DETAILS = {
  tile: 'GitLab Cloud',
  name: 'GitLab acme (SA-7K3F9Q)',
  credentialUrl: 'https://vault.acme.example/ui/flow-sa-7k3f9q-token',
  fields: [{ label: 'Base URL', value: 'https://gitlab.com' }],
  services: ['repositories', 'pull-requests', 'webhooks'],
  notes: ['The token expires on 2027-03-01.'],
};
const API_INVITE = { mode: 'api', body: { emails: ['{email}'], roles: ['{role}'] } };

let sandbox: FlowSandbox;
let works = true;

function open(extra: Record<string, unknown> = {}): Flow {
  const config = flowSchema.parse({ ...sandbox.config, timeout_ms: 300, ...extra });
  return createFlow(config, { clock, log });
}

async function failureOf(call: Promise<unknown>): Promise<ProductError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProductError);
  expect(carriesSecret(JSON.stringify(describeError(error)))).toBe(false);
  return error as ProductError;
}

/** Invited, signed up, with a key: as far as `flow-key` gets. */
async function userWithKey(flow: Flow, role: FlowRole): Promise<Secret> {
  const invited = await flow.invite(ABOUT.address, role);
  if (invited.kind === 'human') await sandbox.perform(invited.task, ABOUT);
  await sandbox.perform(flow.tasks.signUp(ABOUT.address, PASSWORD_URL, null), ABOUT);
  const task = flow.tasks.createKey(ABOUT.address, PASSWORD_URL, 'flow-sa-7k3f9q-api-key');
  const { deposit } = await sandbox.perform(task, ABOUT);
  return new Secret(deposit ?? '');
}

beforeEach(async () => {
  works = true;
  sandbox = await openSandbox({ clock }, { credentialWorks: () => works });
});

afterEach(closeCleanly);

async function closeCleanly(): Promise<void> {
  await sandbox.close();
  expect(sandbox.server.unexpected).toEqual([]);
  const urls = sandbox.server.exchanges.map(({ request }) => request.path + String(request.query));
  expect(urls.filter(carriesSecret)).toEqual([]);
}

describe('Users of Flow', () => {
  it('finds a user whatever the case of the address, and nobody else', async () => {
    const flow = open();
    sandbox.workspace.addUser(`x${ABOUT.address}`);
    const before = await flow.findUser(ABOUT.address);
    sandbox.workspace.addUser('Flow-API@acme.example').hiddenFromReports = true;

    const found = await flow.findUser(ABOUT.address);

    expect(before).toBeUndefined();
    expect(found).toMatchObject({ email: 'Flow-API@acme.example', hiddenFromReports: true });
  });

  it('prefers the user who can sign in over one that only commits made', async () => {
    const flow = open();
    sandbox.workspace.addUser(ABOUT.address);
    const login = sandbox.workspace.addUser(ABOUT.address.toUpperCase());
    login.hasLogin = true;

    const found = await flow.findUser(ABOUT.address);

    expect(found?.id).toBe(String(login.id));
  });

  it('reads every page of a long list', async () => {
    const flow = open();
    for (let index = 0; index < 1001; index += 1) {
      sandbox.workspace.addUser(`a${index}${ABOUT.address}`);
    }
    sandbox.workspace.addUser(ABOUT.address);

    const found = await flow.findUser(ABOUT.address);

    expect(found?.email).toBe(ABOUT.address);
    expect(sandbox.server.exchanges).toHaveLength(2);
  });

  it('leads a user by tasks from the invitation to a key that reads what was chosen', async () => {
    const flow = open();

    const key = await userWithKey(flow, READER);

    const user = await flow.findUser(ABOUT.address);
    const reach = await flow.probeKey(key, FLOW_OBJECTS);
    expect(user).toMatchObject({ hasLogin: true, pendingInvitation: false });
    expect(reach.objects).toEqual(['users', 'repos']);
    expect(reach.refused).toEqual(['teams', 'team_membership', 'integrations']);
  });

  it('shows a pending invitation until it is accepted', async () => {
    const flow = open();
    const invited = await flow.invite(ABOUT.address, ADMIN);
    if (invited.kind === 'human') await sandbox.perform(invited.task, ABOUT);

    const user = await flow.findUser(ABOUT.address);
    const again = await flow.invite(ABOUT.address, ADMIN);

    expect(user).toMatchObject({ hasLogin: false, pendingInvitation: true });
    expect(again.kind).toBe('done');
  });

  it('mends a wrong role by its task, so that the key reads more afterwards', async () => {
    const flow = open();
    const key = await userWithKey(flow, READER);

    await sandbox.perform(
      flow.tasks.giveRole(ABOUT.address, ADMIN, 'It cannot read teams.'),
      ABOUT,
    );

    const reach = await flow.probeKey(key, FLOW_OBJECTS);
    expect(reach.objects).toEqual([...FLOW_OBJECTS]);
    expect(sandbox.workspace.user(ABOUT.address)?.roles).toEqual(['Admin']);
  });

  it('hides a user, deletes its key and deletes the user by tasks', async () => {
    const flow = open();
    const key = await userWithKey(flow, READER);

    await sandbox.perform(flow.tasks.hideFromReports(ABOUT.address, null), ABOUT);
    const hidden = await flow.findUser(ABOUT.address);
    await sandbox.perform(flow.tasks.deleteKey(ABOUT.address), ABOUT);
    const error = await failureOf(flow.probeKey(key, []));
    await sandbox.perform(flow.tasks.deleteUser(ABOUT.address), ABOUT);

    expect(hidden?.hiddenFromReports).toBe(true);
    expect(error.code).toBe('unauthenticated');
    expect(await flow.findUser(ABOUT.address)).toBeUndefined();
  });

  it('replaces a key: the new one works and the old one is dead', async () => {
    const flow = open();
    const old = await userWithKey(flow, READER);

    const task = flow.tasks.createKey(ABOUT.address, PASSWORD_URL, 'flow-sa-7k3f9q-api-key');
    const { deposit } = await sandbox.perform(task, ABOUT);

    const reach = await flow.probeKey(new Secret(deposit ?? ''), ['users']);
    expect(reach.objects).toEqual(['users']);
    expect((await failureOf(flow.probeKey(old, ['users']))).code).toBe('unauthenticated');
  });
});

describe('Keys of Flow', () => {
  it('takes a key without any permission for a key', async () => {
    const flow = open();
    const key = await userWithKey(flow, READER);
    sandbox.workspace.setRoles(ABOUT.address, ['Team member']);

    const reach = await flow.probeKey(key, []);

    expect(reach).toEqual({ objects: [], refused: [] });
  });

  it.each(['no-such-key', 'key\nwith a line break', 'Schlüssel'])(
    'says unauthenticated to %j, without giving it away',
    async (text) => {
      const error = await failureOf(open().probeKey(new Secret(text), ['users']));

      expect(error.code).toBe('unauthenticated');
    },
  );
});

describe('Invitations by the opt-in call', () => {
  it('invites an Admin with the body of the configuration', async () => {
    const flow = open({ invite: API_INVITE });
    sandbox.setInviteCall(true);
    sandbox.setAppAccess(['users', 'integrations', 'repos'], ['Manage User Invites']);

    const outcome = await flow.invite(ABOUT.address, ADMIN);

    expect(outcome.kind).toBe('done');
    expect(sandbox.workspace.user(ABOUT.address)?.roles).toContain('Admin');
  });

  it('puts hostile text into the body as text', async () => {
    const flow = open({ invite: { mode: 'api', body: { emails: '{email}","x":"{role}' } } });
    sandbox.setInviteCall(true);
    sandbox.setAppAccess(['users'], ['Manage User Invites']);

    await flow.invite('a"b@acme.example', ADMIN);

    const post = sandbox.server.exchanges.find(({ request }) => request.method === 'POST');
    expect(post?.request.body).toEqual({ emails: 'a"b@acme.example","x":"Admin' });
  });

  it.each([400, 403, 404, 405])('asks a person when Flow answers %i', async (status) => {
    const flow = open({ invite: API_INVITE });
    sandbox.server.faults.inject({ method: 'POST', fault: fault.status(status) });

    const outcome = await flow.invite(ABOUT.address, ADMIN);

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'flow-invite', finding: expect.stringContaining('a person') },
    });
  });

  it('invites once when the answer is lost', async () => {
    const flow = open({ invite: API_INVITE });
    sandbox.setInviteCall(true);
    sandbox.setAppAccess(['users'], ['Manage User Invites']);
    sandbox.server.faults.inject({ method: 'POST', fault: fault.dropAfterEffect() });

    const first = await flow.invite(ABOUT.address, ADMIN);
    const second = await flow.invite(ABOUT.address, ADMIN);

    expect([first.kind, second.kind]).toEqual(['done', 'done']);
    const posts = sandbox.server.exchanges.filter(({ request }) => request.method === 'POST');
    expect(posts).toHaveLength(1);
  });

  it('fails when the call was lost before it took effect', async () => {
    const flow = open({ invite: API_INVITE });
    sandbox.server.faults.inject({ method: 'POST', fault: fault.drop() });

    const error = await failureOf(flow.invite(ABOUT.address, ADMIN));

    expect(error.code).toBe('unreachable');
  });

  it('leaves a role of single permissions to a person', async () => {
    const flow = open({ invite: API_INVITE });

    const outcome = await flow.invite(ABOUT.address, READER);

    expect(outcome).toMatchObject({ kind: 'human', task: { id: 'flow-invite', finding: null } });
  });
});

describe('Integrations of Flow', () => {
  async function connect(flow: Flow) {
    await sandbox.perform(flow.tasks.createIntegration(DETAILS, null), ABOUT);
    const found = await flow.findIntegration('gitlab', ['some-login', ABOUT.address.toUpperCase()]);
    if (found === undefined) throw new Error('There is no integration.');
    return found;
  }

  it('finds what the task made by the name it signs in with, not by another vendor', async () => {
    const flow = open();

    const found = await connect(flow);

    expect(found).toMatchObject({ name: DETAILS.name, sourceTypes: ['Repos', 'PRs'] });
    expect(await flow.findIntegration('github', [ABOUT.address])).toBeUndefined();
    expect(await flow.findIntegration('gitlab', ['other@acme.example'])).toBeUndefined();
  });

  it("finds an integration under Flow's own word for a vendor when the operator gives it", async () => {
    const flow = open({ vendor_types: { 'azure-devops': ['gitlab_cloud'] } });
    await connect(flow);

    const found = await flow.findIntegration('azure-devops', [ABOUT.address]);

    expect(found?.username).toBe(ABOUT.address);
  });

  it('takes the newest of two and never an integration without a name', async () => {
    const flow = open();
    const first = await connect(flow);
    const second = await connect(flow);
    const nobody = await flow.findIntegration('gitlab', ['']);

    expect(Number(second.id)).toBeGreaterThan(Number(first.id));
    expect(nobody).toBeUndefined();
  });

  it('sees a new integration go from processing to healthy', async () => {
    const flow = open();
    const { id } = await connect(flow);

    const first = await flow.health(id);
    const second = await flow.health(id);

    expect([first.status, second.status]).toEqual(['processing', 'healthy']);
  });

  it('names the repositories of this integration that Flow cannot read', async () => {
    const flow = open();
    const { id } = await connect(flow);
    sandbox.addRepo(Number(id), 'fine');
    sandbox.addRepo(Number(id), 'broken', '2026-11-20T00:00:00Z');
    sandbox.addRepo(1, 'somebody-elses', '2026-11-20T00:00:00Z');

    const health = await flow.health(id);

    expect(health.failingRepositories).toEqual(['broken']);
  });

  it('reports a credential the vendor refuses, and health again after the repair task', async () => {
    works = false;
    const flow = open();
    const { id } = await connect(flow);
    const failed = await flow.health(id);
    works = true;

    const repair = flow.tasks.createIntegration(DETAILS, 'Flow says: Failed integration.');
    await sandbox.perform(repair, ABOUT);

    const mended = await flow.health(id);
    expect(failed).toMatchObject({ status: 'failed', words: 'Failed integration' });
    expect(repair.id).toBe('flow-replace-credential');
    expect(mended.status).toBe('processing');
    expect(sandbox.workspace.integrations).toHaveLength(1);
  });

  it('is gone after the task to disconnect it, and its health is then an error', async () => {
    const flow = open();
    const { id, name } = await connect(flow);

    await sandbox.perform(flow.tasks.disconnect(name), ABOUT);

    expect(await flow.findIntegration('gitlab', [ABOUT.address])).toBeUndefined();
    expect((await failureOf(flow.health(id))).code).toBe('not-found');
  });
});

describe('Failures of Flow', () => {
  it.each([
    ['rate-limited', () => fault.rateLimited(7)],
    ['unavailable', () => fault.status(503)],
    ['timeout', () => fault.hang()],
    ['unreachable', () => fault.drop()],
    ['unauthenticated', () => fault.status(401)],
    ['unexpected-answer', () => fault.status(301, { location: '/login' })],
  ] as const)('says %s in every call', async (code, make) => {
    const flow = open();
    const calls = [
      () => flow.findUser(ABOUT.address),
      () => flow.findIntegration('gitlab', [ABOUT.address]),
      () => flow.health('101'),
      () => flow.probeKey(new Secret('some-key-or-other'), ['users']),
      () => flow.invite(ABOUT.address, ADMIN),
    ];

    const errors: ProductError[] = [];
    for (const call of calls) {
      sandbox.server.faults.inject({ fault: make() });
      errors.push(await failureOf(call()));
    }

    expect(errors.map((error) => error.code)).toEqual(calls.map(() => code));
    const waits = code === 'rate-limited' ? 7000 : undefined;
    expect(errors.map((error) => error.retryAfterMs)).toEqual(calls.map(() => waits));
  });

  it('fails on half an answer instead of finding nobody', async () => {
    const flow = open();
    sandbox.server.faults.inject({ fault: fault.half() });

    const error = await failureOf(flow.findUser(ABOUT.address));

    expect(hasCode(error, 'unreachable', 'unexpected-answer')).toBe(true);
  });

  it('names the object that our own key may not read', async () => {
    const flow = open();
    sandbox.setAppAccess(['integrations']);

    const error = await failureOf(flow.findUser(ABOUT.address));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('users');
  });
});

describe('The doctor on Flow', () => {
  it('finds nothing to complain about when the key reads exactly what we need', async () => {
    const findings = await open().check();

    expect(findings.map((finding) => finding.level)).toEqual(['ok', 'ok', 'ok']);
  });

  it('names what the key lacks, and what it has too much', async () => {
    const flow = open();
    sandbox.setAppAccess(['users', 'repos']);
    const lacking = await flow.check();
    sandbox.setAppAccess(['users', 'repos', 'integrations', 'teams']);
    const excessive = await flow.check();

    expect(lacking).toContainEqual(
      expect.objectContaining({ level: 'problem', message: 'The key cannot read integrations.' }),
    );
    expect(excessive).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('teams') }),
    );
  });

  it('reports a dead key and a throttled Flow as problems instead of throwing', async () => {
    const flow = open();
    sandbox.setThrottled(true);
    const throttled = await flow.check();
    sandbox.setThrottled(false);
    sandbox.revokeAppKey();
    const dead = await flow.check();

    expect(throttled.map((finding) => finding.level)).toEqual(['problem']);
    expect(dead.map((finding) => finding.level)).toEqual(['problem']);
    expect(dead[0]?.advice).toContain('flow.api_key');
  });
});
