import { afterEach, describe, expect, it } from 'vitest';

import { azurePipelines } from '../../src/automations/azure-pipelines/index.ts';
import { openSandbox } from '../../src/automations/azure-pipelines/sandbox.ts';
import type { AzurePipelinesSandbox } from '../../src/automations/azure-pipelines/sandbox.ts';
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
): Promise<AutomationWorld<AzurePipelinesSandbox>> {
  const sandbox = await openSandbox({ clock });
  const config = azurePipelines.schema.parse({ ...sandbox.config, timeout_ms: 400, ...overrides });
  const automation = azurePipelines.open(config, { clock, log: createLog('silent') });
  return { automation, sandbox };
}

for (const target of ['group:Web/release secrets', 'group:Data Platform/flow-automation']) {
  describeAutomation<AzurePipelinesSandbox>({
    name: `Azure Pipelines with ${target}`,
    open,
    target,
    foreignTargets: [
      'group:Finance/flow-automation',
      'group:Data Platform/other',
      'group:Web',
      'group:Web/*',
      'group:../flow-automation',
      'Web/flow',
    ],
    wrongNames: ['SECRET_TOKEN', '2FAST', 'FLOW-TOKEN', 'FLOW TOKEN', 'path.token', ''],
    values(sandbox, { secretName }) {
      const value = sandbox.group(target)?.variables[secretName]?.value;
      return value === undefined ? [] : [value];
    },
    setByHand: (sandbox, { secretName }, value) => sandbox.setByHand(target, secretName, value),
    deleteByHand: (sandbox) => sandbox.deleteByHand(target),
    keepsNeighbours: false,
    rewrites: [{ method: 'PUT', path: '/variablegroups/' }],
    writes: [{ method: 'POST', path: '/variablegroups' }],
  });
}

describe('Azure Pipelines', () => {
  const opened: AutomationWorld<AzurePipelinesSandbox>[] = [];
  const target = 'group:Web/flow-automation';
  const slot = aSlot(target);
  const credential = new Secret('azure-pat-for-the-nightly-release');

  async function openOne(overrides: Readonly<Record<string, unknown>> = {}) {
    const world = await open(overrides);
    opened.push(world);
    return world;
  }

  afterEach(async () => {
    for (const world of opened.splice(0)) await closeWorld(world);
  });

  it('makes a group of its own with one secret in it, and our mark', async () => {
    const world = await openOne();

    await place(world, slot, credential);

    expect(world.sandbox.state.groups).toMatchObject([
      {
        name: 'flow-automation',
        description: 'flow-sa-7k3f9q: nightly release',
        variables: { FLOW_TOKEN: { isSecret: true } },
      },
    ]);
  });

  it('keeps what people have added to the group when it replaces its own', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    world.sandbox.addByHand(target, 'REGION', { value: 'eu-west', isSecret: false });
    world.sandbox.addByHand(target, 'THEIRS', { value: 'somebody-elses', isSecret: true });
    const next = new Secret('azure-pat-for-the-next-quarter');

    await place(world, slot, next);

    expect(world.sandbox.group(target)?.variables).toEqual({
      REGION: { value: 'eu-west', isSecret: false },
      THEIRS: { value: 'somebody-elses', isSecret: true },
      FLOW_TOKEN: { value: next.reveal(), isSecret: true },
    });
  });

  it('leaves the group to the people who have added something to it', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    world.sandbox.addByHand(target, 'THEIRS', { value: 'somebody-elses', isSecret: true });

    await world.automation.remove(slot);
    await world.automation.remove(slot);

    expect(world.sandbox.group(target)).toMatchObject({
      description: '',
      variables: { THEIRS: { value: 'somebody-elses' } },
    });
    expect(world.sandbox.group(target)?.variables).not.toHaveProperty('FLOW_TOKEN');
  });

  it('deletes the group once nothing else is in it', async () => {
    const world = await openOne();
    await place(world, slot, credential);

    await world.automation.remove(slot);

    expect(world.sandbox.state.groups).toEqual([]);
  });

  it('knows its group by its name in other letters', async () => {
    const world = await openOne();
    await place(world, slot, credential);

    await place(world, aSlot('group:web/Flow-Automation'), credential);

    expect(world.sandbox.state.groups).toHaveLength(1);
  });

  it('suggests a name that is free', async () => {
    const world = await openOne();
    await place(world, slot, credential);

    const targets = await world.automation.searchTargets('web');

    expect(targets.map(({ id }) => id)).toEqual(['group:Web/flow-automation-2']);
  });

  it('suggests the groups that the policy spells out', async () => {
    const { automation } = await openOne({ targets: ['Web/release'] });

    const targets = await automation.searchTargets('');

    expect(targets.map(({ id }) => id)).toEqual(['group:Web/release']);
  });

  it('says when the project does not exist, and is quiet when it is to take away', async () => {
    const { automation } = await openOne({ targets: ['*'] });
    const nowhere = aSlot('group:Moon/flow-automation');

    const error = await failureOf(automation.ensure(nowhere, credential, STORE_URL, {}));
    const outcome = await automation.remove(nowhere);

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('Moon');
    expect(outcome.kind).toBe('done');
  });

  it('says which role is missing, and which is too much', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.state.library = 1;
    const tooFew = await automation.check();
    const error = await failureOf(automation.ensure(slot, credential, STORE_URL, {}));
    sandbox.state.library = 1 + 2 + 4;

    const tooMany = await automation.check();

    expect(tooFew.find(({ level }) => level === 'problem')?.advice).toContain('Creator');
    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('Creator');
    expect(tooMany.find(({ level }) => level === 'warning')?.message).toContain('administers');
  });

  it('says that a scope may be missing when the token is not accepted', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.token.scopes = ['vso.project'];

    const error = await failureOf(automation.ensure(slot, credential, STORE_URL, {}));

    sandbox.token.signInPage = true;
    const page = await failureOf(automation.verify(slot));

    expect([error.code, page.code]).toEqual(['unauthenticated', 'unauthenticated']);
    expect(error.message).toContain('Variable groups');
  });

  it('says when the policy allows no project that our token sees', async () => {
    const { automation } = await openOne({ targets: ['Moon/*'] });

    const findings = await automation.check();

    expect(findings).toMatchObject([{ level: 'problem' }]);
  });

  it('notices when somebody has made it readable, and when its mark is gone', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    world.sandbox.addByHand(target, 'FLOW_TOKEN', { value: 'shown', isSecret: false });
    const readable = await failureOf(world.automation.verify(slot));
    const [group] = world.sandbox.state.groups;
    world.sandbox.state.groups[0] = { ...group!, description: 'ours now' };

    const unmarked = await failureOf(world.automation.verify(slot));

    expect(readable.message).toContain('not secret');
    expect(unmarked.message).toContain('flow-sa-7k3f9q');
    expect([readable.code, unmarked.code]).toEqual(['verification-failed', 'verification-failed']);
  });

  it('links to the library of the project', async () => {
    const { automation } = await openOne({ url: 'https://dev.azure.com' });

    expect(automation.url(aSlot('group:Data Platform/flow-automation'))).toBe(
      'https://dev.azure.com/acme/Data%20Platform/_library?itemType=VariableGroups',
    );
    expect(automation.url(aSlot('nowhere'))).toBeNull();
  });
});
