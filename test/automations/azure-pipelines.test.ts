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

describeAutomation<AzurePipelinesSandbox>({
  name: 'Azure Pipelines with connection:Data Platform',
  open,
  target: 'connection:Data Platform',
  foreignTargets: ['connection:Finance', 'connection:', 'connection:Web/x', 'connection:..'],
  wrongNames: ['SECRET_TOKEN', 'FLOW TOKEN', 'FLOW,TOKEN'],
  values(sandbox, { target, secretName }) {
    const password = sandbox.connection(target, secretName)?.authorization.parameters['password'];
    return password === undefined ? [] : [password];
  },
  setByHand: (sandbox, { target, secretName }, value) =>
    sandbox.connectByHand(target, secretName, value),
  deleteByHand: (sandbox, { target, secretName }) => sandbox.disconnectByHand(target, secretName),
  keepsNeighbours: true,
  rewrites: [{ method: 'PUT', path: '/endpoints/' }],
  writes: [{ method: 'POST', path: '/endpoints' }],
});

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

    expect(targets.map(({ id }) => id)).toEqual(['group:Web/flow-automation-2', 'connection:Web']);
  });

  it('suggests the groups that the policy spells out', async () => {
    const { automation } = await openOne({
      targets: ['Web/release'],
      service_connections: undefined,
    });

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
    const { automation } = await openOne({
      targets: ['Moon/*'],
      service_connections: undefined,
    });

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

  describe('with a service connection', () => {
    const connected = aSlot('connection:Web');

    it('leads to the server of the configuration, with our mark', async () => {
      const world = await openOne();

      await place(world, connected, credential);

      expect(world.sandbox.connection('connection:Web', 'FLOW_TOKEN')).toMatchObject({
        type: 'generic',
        url: 'https://flow.acme.example/api',
        description: 'flow-sa-7k3f9q: nightly release',
        authorization: {
          scheme: 'UsernamePassword',
          parameters: { username: 'flow-automation', password: credential.reveal() },
        },
      });
    });

    it('can be one for an external Git server', async () => {
      const server = 'https://git.acme.example/team/web.git';
      const world = await openOne({
        service_connections: { projects: ['Web'], type: 'git', server },
      });

      await place(world, connected, credential);

      expect(world.sandbox.state.connections).toMatchObject([
        { type: 'git', url: server, data: { accessExternalGitServer: 'true' } },
      ]);
    });

    it('notices another server behind it, and leads back to ours with the next value', async () => {
      const world = await openOne();
      await place(world, connected, credential);
      world.sandbox.changeConnection('connection:Web', 'FLOW_TOKEN', {
        url: 'https://elsewhere.example',
      });

      const error = await failureOf(world.automation.verify(connected));
      await place(world, connected, credential);

      expect(error.code).toBe('verification-failed');
      expect(error.message).toContain('another server');
      expect(world.sandbox.connection('connection:Web', 'FLOW_TOKEN')?.url).toBe(
        'https://flow.acme.example/api',
      );
    });

    it('notices that its mark is gone, and that it is not ready', async () => {
      const world = await openOne();
      await place(world, connected, credential);
      world.sandbox.changeConnection('connection:Web', 'FLOW_TOKEN', { isReady: false });
      const notReady = await failureOf(world.automation.verify(connected));
      world.sandbox.changeConnection('connection:Web', 'FLOW_TOKEN', { description: 'ours now' });

      const unmarked = await failureOf(world.automation.verify(connected));

      expect(notReady.message).toContain('not ready');
      expect(unmarked.message).toContain('flow-sa-7k3f9q');
    });

    it('says that a name is taken by one that our account may not see', async () => {
      const world = await openOne();
      world.sandbox.connectByHand('connection:Web', 'FLOW_TOKEN', 'theirs');
      const [theirs] = world.sandbox.state.connections;
      world.sandbox.state.hidden.add(theirs!.id);

      const error = await failureOf(world.automation.ensure(connected, credential, STORE_URL, {}));

      expect(error.code).toBe('name-taken');
      expect(error.message).toContain('FLOW_TOKEN_2');
    });

    it('keeps the projects that people have shared it with, and leaves none of them behind', async () => {
      const world = await openOne();
      await place(world, connected, credential);
      const ours = world.sandbox.connection('connection:Web', 'FLOW_TOKEN');
      const finance = world.sandbox.state.projects.find(({ name }) => name === 'Finance');
      world.sandbox.changeConnection('connection:Web', 'FLOW_TOKEN', {
        isShared: true,
        serviceEndpointProjectReferences: [
          ...(ours?.serviceEndpointProjectReferences ?? []),
          { projectReference: { id: finance?.id ?? '' }, name: 'FLOW_TOKEN' },
        ],
      });

      await place(world, connected, new Secret('azure-pat-for-the-next-quarter'));
      const shared = world.sandbox.connection('connection:Finance', 'FLOW_TOKEN');
      await world.automation.remove(connected);

      expect(shared).toMatchObject({ isShared: true });
      expect(world.sandbox.state.connections).toEqual([]);
    });

    it('is refused where the configuration allows none', async () => {
      const { automation } = await openOne({ service_connections: undefined });

      const targets = await automation.searchTargets('');

      expect(automation.refuseTarget('connection:Web')).toContain('no service connections');
      expect(targets.filter(({ id }) => id.startsWith('connection:'))).toEqual([]);
    });

    it('says which role is missing, which is too much, and when the scope is missing', async () => {
      const { automation, sandbox } = await openOne();
      sandbox.state.endpoints = 16;
      const tooFew = await automation.check();
      const error = await failureOf(automation.ensure(connected, credential, STORE_URL, {}));
      sandbox.state.endpoints = 2 + 4 + 16;
      const tooMany = await automation.check();
      sandbox.token.scopes = ['vso.project', 'vso.variablegroups_manage'];

      const unknown = await automation.check();

      expect(tooFew.find(({ level }) => level === 'problem')?.advice).toContain('Creator');
      expect(error.code).toBe('missing-permission');
      expect(tooMany.find(({ level }) => level === 'warning')?.message).toContain('administers');
      expect(unknown.find(({ level }) => level === 'warning')?.advice).toContain(
        'the scope for service connections',
      );
    });

    it.each([
      ['http://flow.acme.example', 'an address without encryption'],
      ['https://user:secret@flow.acme.example', 'a password in the address'],
    ])('refuses the server %s: %s', (server) => {
      const parsed = azurePipelines.schema.safeParse({
        organization: 'acme',
        token: new Secret('token'),
        targets: ['Web/*'],
        service_connections: { projects: ['Web'], server },
      });

      expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([
        'service_connections.server',
      ]);
    });

    it('links to the service connections of the project', async () => {
      const { automation } = await openOne({ url: 'https://dev.azure.com' });

      expect(automation.url(aSlot('connection:Data Platform'))).toBe(
        'https://dev.azure.com/acme/Data%20Platform/_settings/adminservices',
      );
    });
  });
});
