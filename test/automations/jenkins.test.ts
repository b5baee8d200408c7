import { afterEach, describe, expect, it } from 'vitest';

import { jenkins } from '../../src/automations/jenkins/index.ts';
import { openSandbox } from '../../src/automations/jenkins/sandbox.ts';
import type { JenkinsSandbox } from '../../src/automations/jenkins/sandbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import {
  aSlot,
  closeWorld,
  describeAutomation,
  failureOf,
  place,
  STORE_URL,
} from '../contracts/automation-contract.ts';
import type { AutomationWorld } from '../contracts/automation-contract.ts';

const clock = { now: () => new Date('2026-11-23T10:00:00.000Z') };

async function open(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<AutomationWorld<JenkinsSandbox>> {
  const sandbox = await openSandbox({ clock });
  const config = jenkins.schema.parse({ ...sandbox.config, timeout_ms: 400, ...overrides });
  const automation = jenkins.open(config, { clock, log: createLog('silent') });
  return { automation, sandbox };
}

for (const target of ['folder:platform/release', 'domain:platform/release/nightly/flow']) {
  describeAutomation<JenkinsSandbox>({
    name: `Jenkins with ${target}`,
    open,
    target,
    foreignTargets: [
      'folder:finance',
      'domain:finance/flow',
      'folder:',
      'folder:platform/../finance',
      'platform/release',
      'domain:platform',
    ],
    wrongNames: ['FLOW TOKEN', '../x', 'FLOW/TOKEN', 'FLÖW', ''],
    values: (sandbox, { secretName }) =>
      sandbox
        .credentials(target)
        .filter(({ id }) => id === secretName)
        .map(({ value }) => value),
    setByHand: (sandbox, { secretName }, value) => sandbox.setByHand(target, secretName, value),
    deleteByHand: (sandbox) => void sandbox.credentials(target).splice(0),
    keepsNeighbours: true,
    rewrites: [{ method: 'POST', path: '/FLOW_TOKEN/config.xml' }],
    writes: [{ method: 'POST', path: '/createCredentials' }],
  });
}

describe('Jenkins', () => {
  const opened: AutomationWorld<JenkinsSandbox>[] = [];
  const target = 'folder:platform/release';
  const slot = aSlot(target);
  const credential = new Secret('token-for-the-nightly-release');

  async function openOne(overrides: Readonly<Record<string, unknown>> = {}) {
    const world = await open(overrides);
    opened.push(world);
    return world;
  }

  afterEach(async () => {
    for (const world of opened.splice(0)) await closeWorld(world);
  });

  it('makes a secret text with our mark in the description', async () => {
    const world = await openOne();

    await place(world, slot, credential);

    expect(world.sandbox.credentials(target)).toEqual([
      {
        id: 'FLOW_TOKEN',
        description: 'flow-sa-7k3f9q: nightly release',
        typeName: 'Secret text',
        value: credential.reveal(),
      },
    ]);
  });

  it.each(['<&>"\'', 'a\r\nb\tc', 'ünï→😀', ']]>&amp;'])(
    'carries a credential with %j in it unharmed, and a process of that name',
    async (odd) => {
      const world = await openOne();
      const strange = new Secret(`secret-${odd}-value`);

      await place(world, { ...slot, process: `<b>${odd}` }, strange);

      const [kept] = world.sandbox.credentials(target);
      expect(kept?.value).toBe(strange.reveal());
      expect(kept?.description).toContain('flow-sa-7k3f9q: <b>');
    },
  );

  it('refuses a credential that XML cannot carry', async () => {
    const { automation, sandbox } = await openOne();

    const error = await failureOf(
      automation.ensure(slot, new Secret('a bell \u0007 in it'), STORE_URL, {}),
    );

    expect(error.code).toBe('invalid-input');
    expect(sandbox.servers[0]?.exchanges).toEqual([]);
  });

  it.each(['demanded', 'off'] as const)('gets along where a crumb is %s', async (crumbs) => {
    const world = await openOne();
    world.sandbox.protection.crumbs = crumbs;
    await place(world, slot, credential);
    await place(world, slot, credential);

    await world.automation.remove(slot);

    expect(world.sandbox.credentials(target)).toEqual([]);
  });

  it('does not take a credential of another kind for its own', async () => {
    const world = await openOne();
    world.sandbox.credentials(target).push({
      id: 'FLOW_TOKEN',
      description: 'flow-sa-7k3f9q: nightly release',
      typeName: 'Username with password',
      value: 'somebody-elses',
    });

    const error = await failureOf(world.automation.ensure(slot, credential, STORE_URL, {}));

    expect(error.code).toBe('name-taken');
  });

  it('keeps a folder and its domain apart', async () => {
    const world = await openOne();
    const inDomain = aSlot('domain:platform/release/flow');

    await place(world, slot, credential);
    await place(world, inDomain, credential);
    await world.automation.remove(slot);

    expect(world.sandbox.credentials(target)).toEqual([]);
    expect(world.sandbox.credentials(inDomain.target)).toHaveLength(1);
  });

  it('offers folders, not jobs, and the domains of a folder that is looked for', async () => {
    const { automation } = await openOne();

    const all = await automation.searchTargets('');
    const some = await automation.searchTargets('nightly');

    expect(all.map(({ id }) => id)).toEqual([
      'folder:platform',
      'folder:platform/release',
      'folder:platform/release/nightly',
    ]);
    expect(some.map(({ id }) => id)).toEqual([
      'folder:platform/release/nightly',
      'domain:platform/release/nightly/flow',
    ]);
  });

  it('says when the folder does not exist, and is quiet when it is to take away', async () => {
    const { automation } = await openOne();
    const nowhere = aSlot('folder:platform/moon');

    const error = await failureOf(automation.ensure(nowhere, credential, STORE_URL, {}));
    const outcome = await automation.remove(nowhere);

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('platform/moon');
    expect(outcome.kind).toBe('done');
  });

  it('names the permission that is missing', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.state.rights = new Set(['View']);

    const error = await failureOf(automation.ensure(slot, credential, STORE_URL, {}));

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('the permission Create');
  });

  it('says in which folder it sees no credentials', async () => {
    const { automation, sandbox } = await openOne({ targets: ['platform/release'] });
    sandbox.state.rights = new Set();

    const findings = await automation.check();

    expect(findings.find(({ level }) => level === 'problem')).toMatchObject({
      subject: expect.stringContaining('platform/release') as string,
      advice: expect.stringContaining('Credentials/View') as string,
    });
  });

  it('says when it sees the credentials of the whole Jenkins', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.state.seesRoot = true;

    const findings = await automation.check();

    expect(findings.find(({ level }) => level === 'warning')?.message).toContain('whole Jenkins');
  });

  it('says when the policy allows no folder that our user sees', async () => {
    const { automation } = await openOne({ targets: ['moon/*'] });

    const findings = await automation.check();

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('none of');
  });

  it('notices when its mark is gone', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    const list = world.sandbox.credentials(target);
    list[0] = { ...list[0]!, description: 'ours now' };

    const error = await failureOf(world.automation.verify(slot));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('flow-sa-7k3f9q');
  });

  it('links to the page where people see it', async () => {
    const { automation } = await openOne({ base_url: 'https://ci.acme.example/jenkins/' });

    expect(automation.url(slot)).toBe(
      'https://ci.acme.example/jenkins/job/platform/job/release/credentials/store/folder/domain/_/credential/FLOW_TOKEN/',
    );
    expect(automation.url(aSlot('nowhere'))).toBeNull();
  });
});
