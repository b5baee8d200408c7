import { afterEach, describe, expect, it } from 'vitest';

import { bitbucketPipelines } from '../../src/automations/bitbucket-pipelines/index.ts';
import { openSandbox } from '../../src/automations/bitbucket-pipelines/sandbox.ts';
import type { BitbucketPipelinesSandbox } from '../../src/automations/bitbucket-pipelines/sandbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
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
): Promise<AutomationWorld<BitbucketPipelinesSandbox>> {
  const sandbox = await openSandbox({ clock });
  const config = bitbucketPipelines.schema.parse({
    ...sandbox.config,
    timeout_ms: 400,
    ...overrides,
  });
  const automation = bitbucketPipelines.open(config, { clock, log: createLog('silent') });
  return { automation, sandbox };
}

for (const target of ['workspace', 'repo:acme/web', 'deployment:acme/web/Production']) {
  describeAutomation<BitbucketPipelinesSandbox>({
    name: `Bitbucket Pipelines with ${target}`,
    open,
    target,
    foreignTargets: [
      'repo:acme/internal-tools',
      'repo:evil/web',
      'deployment:acme/handbook/Test',
      'web',
      'repo:acme/..',
    ],
    wrongNames: ['BITBUCKET_TOKEN', '2FAST', 'FLOW-TOKEN', 'FLOW TOKEN', ''],
    values: (sandbox, { secretName }) =>
      sandbox
        .variables(target)
        .filter(({ key }) => key === secretName)
        .map(({ value }) => value),
    setByHand: (sandbox, { secretName }, value) => sandbox.setByHand(target, secretName, value),
    deleteByHand(sandbox, { secretName }) {
      const list = sandbox.variables(target);
      list.splice(
        list.findIndex(({ key }) => key === secretName),
        1,
      );
    },
    keepsNeighbours: true,
    rewrites: [{ method: 'PUT', path: '/variables/' }],
    writes: [{ method: 'POST', path: '/variables' }],
  });
}

describe('Bitbucket Pipelines', () => {
  const opened: AutomationWorld<BitbucketPipelinesSandbox>[] = [];
  const target = 'repo:acme/web';
  const slot = aSlot(target);
  const credential = new Secret('ATATT3xFfGF0-for-the-nightly-release');

  async function openOne(overrides: Readonly<Record<string, unknown>> = {}) {
    const world = await open(overrides);
    opened.push(world);
    return world;
  }

  afterEach(async () => {
    for (const world of opened.splice(0)) await closeWorld(world);
  });

  it('secures the value and leaves the mark beside it readable', async () => {
    const world = await openOne();

    await place(world, slot, credential);

    expect(world.sandbox.variables(target)).toMatchObject([
      { key: 'FLOW_TOKEN_MANAGED_BY', value: 'flow-sa-7k3f9q', secured: false },
      { key: 'FLOW_TOKEN', value: credential.reveal(), secured: true },
    ]);
  });

  it('leaves no mark behind when it takes the secret away', async () => {
    const world = await openOne();
    await place(world, slot, credential);

    await world.automation.remove(slot);

    expect(world.sandbox.variables(target)).toEqual([]);
  });

  it('finishes a removal that ended between the secret and its mark', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    const [server] = world.sandbox.servers;
    server!.faults.inject({ method: 'DELETE', fault: fault.dropAfterEffect() });
    await failureOf(world.automation.remove(slot));

    await world.automation.remove(slot);

    expect(world.sandbox.variables(target)).toEqual([]);
  });

  it('finds its own among more variables than one page holds', async () => {
    const world = await openOne();
    for (let each = 0; each < 130; each += 1) {
      world.sandbox.setByHand(target, `OTHER_${each}`, 'somebody-elses');
    }
    await place(world, slot, credential);
    await place(world, slot, credential);

    const outcome = await world.automation.verify(slot);

    expect(outcome).toMatchObject({ kind: 'done' });
    expect(world.sandbox.variables(target)).toHaveLength(132);
  });

  it('does not allow the whole workspace unless the policy names it', async () => {
    const { automation } = await openOne({ targets: ['*'] });

    const refusal = automation.refuseTarget('workspace');

    expect(refusal).toContain('repo:acme/web');
  });

  it('offers deployments of a repository that is looked for', async () => {
    const { automation } = await openOne();

    const targets = await automation.searchTargets('acme/web');

    expect(targets.map(({ id }) => id)).toContain('deployment:acme/web/Production');
  });

  it('says when the deployment does not exist', async () => {
    const { automation } = await openOne();
    const nowhere = aSlot('deployment:acme/web/Moon');

    const error = await failureOf(automation.ensure(nowhere, credential, STORE_URL, {}));
    const outcome = await automation.remove(nowhere);

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('Moon');
    expect(outcome.kind).toBe('done');
  });

  it('says when our account is no administrator of the repository', async () => {
    const { automation } = await openOne({ targets: ['acme/handbook'] });
    const foreign = aSlot('repo:acme/handbook');

    const error = await failureOf(automation.ensure(foreign, credential, STORE_URL, {}));
    const findings = await automation.check();

    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('administrator');
    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('none of');
  });

  it('names the scope that our token lacks and the one it has too many', async () => {
    const { automation, sandbox } = await openOne();
    const { account } = sandbox;
    account.scopes = account.scopes
      .filter((scope) => scope !== 'admin:pipeline:bitbucket')
      .concat('write:repository:bitbucket');

    const findings = await automation.check();
    const error = await failureOf(automation.ensure(slot, credential, STORE_URL, {}));

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('admin:pipeline');
    expect(findings.find(({ level }) => level === 'warning')?.message).toContain('write:repo');
    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('admin:pipeline:bitbucket');
  });

  it('says when the policy allows the workspace and our account does not administer it', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.workspace.administrator = false;

    const findings = await automation.check();

    expect(findings.find(({ level }) => level === 'problem')?.advice).toContain('workspace');
  });

  it('notices when somebody has made it readable', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    const list = world.sandbox.variables(target);
    list[1] = { ...list[1]!, secured: false };

    const error = await failureOf(world.automation.verify(slot));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('not secured');
  });

  it('notices when its mark is gone', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    world.sandbox.variables(target).shift();

    const error = await failureOf(world.automation.verify(slot));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('FLOW_TOKEN_MANAGED_BY');
  });

  it('links to the page where people see it', async () => {
    const { automation } = await openOne({ web_url: 'https://bitbucket.org' });

    expect(automation.url(slot)).toBe(
      'https://bitbucket.org/acme/web/admin/pipelines/repository-variables',
    );
    expect(automation.url(aSlot('deployment:acme/web/Test'))).toBe(
      'https://bitbucket.org/acme/web/admin/pipelines/deployment-settings',
    );
    expect(automation.url(aSlot('workspace'))).toContain('/acme/workspace/settings/');
    expect(automation.url(aSlot('nowhere'))).toBeNull();
  });
});
