import { describe, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { Request, StepRecord } from '../../src/domain/request.ts';
import { createLog } from '../../src/lib/log.ts';
import { credential } from '../../src/steps/credential.ts';
import { flowKey } from '../../src/steps/flow-user-steps.ts';
import type { Ports } from '../../src/steps/ports.ts';
import type { StepContext } from '../../src/steps/step.ts';
import { gitlab } from '../../src/vendors/gitlab/index.ts';
import { openSandbox as openGitlab } from '../../src/vendors/gitlab/sandbox.ts';
import { aRequest } from '../support/builders.ts';

const NOW = new Date('2026-11-23T10:00:00.000Z');
const clock = { now: () => NOW };

function refusedByStore(): Promise<never> {
  return Promise.reject(
    new ProductError('unauthenticated', {
      subject: 'Vault',
      message: 'Vault no longer accepts our token. Give the app a new one.',
    }),
  );
}

/** A store that has the value by name and does not let us in to read it. */
const closedStore: Ports['store'] = {
  check: async () => [],
  find: async (name) => ({ store: 'vault', name, version: '1', url: '' }),
  create: refusedByStore,
  read: refusedByStore,
  rotate: refusedByStore,
  setMeta: refusedByStore,
  remove: async () => undefined,
  url: () => '',
};

function contextOf(request: Request, ports: Partial<Ports>): StepContext {
  return {
    request,
    ports: { clock, store: closedStore, storeName: 'Vault', depositPage: true, ...ports } as Ports,
    answers: {},
    kept: null,
    keep: async () => undefined,
    now: NOW,
  };
}

function withFacts(request: Request, step: string, facts: StepRecord['facts']): Request {
  const steps = request.steps.map((record) => (record.id === step ? { ...record, facts } : record));
  return { ...request, steps };
}

describe('A stored credential that the store does not let us read', () => {
  it('is no bad credential: no other token is made for it', async () => {
    const sandbox = await openGitlab({ clock });
    const deps = { clock, log: createLog('silent'), connectionName: 'GitLab' };
    const vendor = gitlab.open(gitlab.schema.parse(sandbox.config), deps);
    const connection = { id: 'gitlab', name: 'GitLab', vendor, definition: gitlab };
    const user = { id: '7', login: 'flow-integrations-7k3f9q', url: null };
    const request = withFacts(aRequest(), 'vendor-user', user);
    const ports = { connections: new Map([['gitlab', connection]]) };

    const run = credential.run(contextOf(request, ports));

    await expect(run).rejects.toMatchObject({ code: 'unauthenticated', subject: 'Vault' });
    expect(sandbox.servers.flatMap(({ exchanges }) => exchanges)).toEqual([]);
    await sandbox.close();
  });

  it('is no bad API key: nobody is asked for another one', async () => {
    const request = aRequest({
      order: {
        kind: 'flow-user',
        role: 'admin',
        permissions: [],
        localPart: 'flow-api',
        address: 'flow-api@svc.example.com',
        purpose: 'Keeps the teams in step.',
        owner: 'UOWNER',
        secondOwner: null,
        rotationDays: 90,
      },
    });

    const run = flowKey.run(contextOf(request, {}));

    await expect(run).rejects.toMatchObject({ code: 'unauthenticated', subject: 'Vault' });
  });
});
