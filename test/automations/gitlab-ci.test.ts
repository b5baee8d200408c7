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
    setByHand: (sandbox, { secretName }, value) => sandbox.setByHand(place, secretName, value),
    deleteByHand: (sandbox) => void sandbox.variables(place).splice(0),
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
