import { afterEach, describe, expect, it } from 'vitest';

import { gitlabCi } from '../../src/automations/gitlab-ci/index.ts';
import { openSandbox } from '../../src/automations/gitlab-ci/sandbox.ts';
import type { GitlabCiSandbox } from '../../src/automations/gitlab-ci/sandbox.ts';
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
): Promise<AutomationWorld<GitlabCiSandbox>> {
  const sandbox = await openSandbox({ clock });
  const config = gitlabCi.schema.parse({ ...sandbox.config, timeout_ms: 400, ...overrides });
  const automation = gitlabCi.open(config, { clock, log: createLog('silent') });
  return { automation, sandbox };
}

const PLACES: Readonly<Record<string, string>> = {
  'project:acme/web': 'projects acme/web',
  'group:acme/platform': 'groups acme/platform',
  'project:acme/web environment:production': 'projects acme/web',
};

for (const [target, place] of Object.entries(PLACES)) {
  describeAutomation<GitlabCiSandbox>({
    name: `GitLab CI/CD with ${target}`,
    open,
    target,
    foreignTargets: [
      'project:elsewhere/web',
      'group:other',
      'acme/web',
      'project:acme',
      'project:acme/../x',
    ],
    wrongNames: ['CI_TOKEN', 'GITLAB_TOKEN', 'FLOW-TOKEN', 'FLOW TOKEN', ''],
    values: (sandbox, { secretName }) =>
      sandbox
        .variables(place)
        .filter(({ key }) => key === secretName)
        .map(({ value }) => value),
    setByHand: (sandbox, { secretName }, value) =>
      sandbox.setByHand(place, secretName, value, target.split(' environment:')[1]),
    deleteByHand: (sandbox) => void sandbox.variables(place).splice(0),
    keepsNeighbours: true,
    rewrites: [{ method: 'PUT', path: '/variables/FLOW_TOKEN' }],
    writes: [{ method: 'POST', path: '/variables' }],
  });
}

describe('GitLab CI/CD', () => {
  const opened: AutomationWorld<GitlabCiSandbox>[] = [];
  const slot = aSlot('project:acme/web');
  const credential = new Secret('glpat-for-the-nightly-release');

  async function openOne(overrides: Readonly<Record<string, unknown>> = {}) {
    const world = await open(overrides);
    opened.push(world);
    return world;
  }

  afterEach(async () => {
    for (const world of opened.splice(0)) await closeWorld(world);
  });

  it('makes the variable masked, hidden, protected and raw, with our mark', async () => {
    const world = await openOne();

    await place(world, slot, credential);

    expect(world.sandbox.variables('projects acme/web')).toMatchObject([
      {
        masked: true,
        hidden: true,
        protected: true,
        raw: true,
        environment_scope: '*',
        description: 'flow-sa-7k3f9q: nightly release',
      },
    ]);
  });

  it('keeps one variable for each environment apart', async () => {
    const world = await openOne();
    const forProduction = aSlot('project:acme/web environment:production');
    const next = new Secret('glpat-for-production-only');
    await place(world, slot, credential);
    await place(world, forProduction, next);

    await world.automation.remove(slot);

    expect(world.sandbox.variables('projects acme/web')).toMatchObject([
      { environment_scope: 'production', value: next.reveal() },
    ]);
  });

  it('does not leave a variable for all environments where one was wanted', async () => {
    const { automation, sandbox } = await openOne();
    const limited = aSlot('group:acme/basic environment:production');

    const error = await failureOf(automation.ensure(limited, credential, STORE_URL, {}));

    expect(error.code).toBe('invalid-input');
    expect(error.message).toContain('Choose a project');
    expect(sandbox.variables('groups acme/basic')).toEqual([]);
  });

  it('allows only the environments of the policy', async () => {
    const { automation } = await openOne({ environments: ['production', 'review/*'] });

    const refusals = ['', ' environment:staging', ' environment:review/web'].map((rest) =>
      automation.refuseTarget(`project:acme/web${rest}`),
    );
    const targets = await automation.searchTargets('acme/web');

    expect(refusals[0]).toContain('project:acme/web environment:production');
    expect(refusals[1]).toContain('staging');
    expect(refusals[2]).toBeUndefined();
    expect(targets.map(({ id }) => id)).toEqual(['project:acme/web environment:production']);
  });

  it('makes a variable anew that was made before it was to be hidden', async () => {
    const shown = await openOne({ hidden: false });
    await place(shown, slot, credential);
    const config = gitlabCi.schema.parse({ ...shown.sandbox.config, hidden: true });
    const hiding = gitlabCi.open(config, { clock, log: createLog('silent') });
    const error = await failureOf(hiding.verify(slot));

    await hiding.ensure(slot, credential, STORE_URL, {});

    expect(error.message).toContain('not hidden');
    expect(shown.sandbox.variables('projects acme/web')).toMatchObject([{ hidden: true }]);
  });

  it('is content with masking where GitLab is too old to hide, and says so', async () => {
    const world = await openOne();
    world.sandbox.gitlab.version = '17.3.7-ee';
    await place(world, slot, credential);
    await place(world, slot, credential);

    const outcome = await world.automation.verify(slot);
    const findings = await world.automation.check();

    expect(outcome).toMatchObject({
      value: expect.stringMatching(/: masked, protected/) as string,
    });
    expect(findings.find(({ level }) => level === 'warning')?.message).toContain('17.4');
  });

  it('says when our token manages none of the places of the policy', async () => {
    const { automation } = await openOne({ targets: ['moon/*'] });

    const findings = await automation.check();

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('none of');
  });

  it('ends with one right value when the answer to a replacement is lost', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    const next = new Secret('glpat-for-the-next-quarter');
    world.sandbox.servers[0]!.faults.inject({
      method: 'PUT',
      fault: { kind: 'drop', afterEffect: true },
    });

    const error = await failureOf(world.automation.ensure(slot, next, STORE_URL, {}));
    await place(world, slot, next);

    expect(error.code).toBe('unreachable');
    expect(world.sandbox.variables('projects acme/web').map(({ value }) => value)).toEqual([
      next.reveal(),
    ]);
  });

  it.each(['short', 'has a space in it', 'two\nlines of it'])(
    'refuses a credential that GitLab cannot mask: %j',
    async (value) => {
      const { automation, sandbox } = await openOne();

      const error = await failureOf(automation.ensure(slot, new Secret(value), STORE_URL, {}));

      expect(error.code).toBe('invalid-input');
      expect(error.message).toContain('mask');
      expect(sandbox.variables('projects acme/web')).toEqual([]);
    },
  );

  it('says when the project does not exist instead of making it look empty', async () => {
    const { automation } = await openOne();

    const error = await failureOf(automation.verify(aSlot('project:acme/moon')));

    expect(error.code).toBe('not-found');
  });

  it.each(['masked', 'protected'] as const)(
    'notices when somebody has made it not %s',
    async (flag) => {
      const world = await openOne();
      await place(world, slot, credential);
      const list = world.sandbox.variables('projects acme/web');
      list[0] = { ...list[0]!, [flag]: false };

      const error = await failureOf(world.automation.verify(slot));

      expect(error.code).toBe('verification-failed');
      expect(error.message).toContain(flag);
    },
  );

  it('names the scope that our token lacks and the one it has too many', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.setOwnScopes('api', 'sudo');
    const tooMany = await automation.check();
    sandbox.setOwnScopes('read_api');

    const tooFew = await automation.check();
    const error = await failureOf(automation.ensure(slot, credential, STORE_URL, {}));

    expect(tooMany.find(({ level }) => level === 'warning')?.message).toContain('sudo');
    expect(tooFew.find(({ level }) => level === 'problem')?.message).toContain('api');
    expect(error.code).toBe('missing-permission');
  });

  it('links to the page where people see it', async () => {
    const { automation } = await openOne({ base_url: 'https://gitlab.acme.example/' });

    expect(automation.url(slot)).toBe('https://gitlab.acme.example/acme/web/-/settings/ci_cd');
    expect(automation.url(aSlot('group:acme'))).toBe(
      'https://gitlab.acme.example/groups/acme/-/settings/ci_cd',
    );
  });
});
