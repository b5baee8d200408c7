import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { blankJournal } from '../../src/domain/plan.ts';
import type { OpenTask, Request, StepRecord } from '../../src/domain/request.ts';
import { humanTask } from '../../src/domain/task.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openRecords } from '../../src/records/open-records.ts';
import type { Records } from '../../src/records/records.ts';
import type { UseCaseDeps } from '../../src/requests/deps.ts';
import { expire, remind } from '../../src/requests/expire.ts';
import { createRequests } from '../../src/requests/index.ts';
import type { Directory, Requests } from '../../src/requests/requests.ts';
import type { Ports } from '../../src/steps/ports.ts';
import { aMember, anOrder, aRequest, aRule } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

const TASK: OpenTask = {
  ...humanTask({ id: 'connect', title: 'Connect it', role: 'flow-admin', instructions: [] }),
  assignee: 'UOWNER',
  openedAt: '2026-11-23T10:00:00.000Z',
  checkedAt: '2026-11-23T10:00:00.000Z',
  answers: {},
};

let database: FreshDatabase;
let records: Records;
let requests: Requests;
let deps: UseCaseDeps;
let wished: string[] = [];

const directory: Directory = {
  teamId: 'T1',
  member: async (id) => aMember({ id }),
};

beforeAll(async () => {
  database = await freshDatabase();
  records = await openRecords({ url: database.url, clock: systemClock });
  // Only what taking in an order for a Flow user asks of the adapters.
  const ports = {
    connections: new Map(),
    automations: new Map(),
    mailboxes: { address: (localPart: string) => `${localPart}@example.com` },
  } as unknown as Ports;
  deps = {
    records,
    ports,
    policy: { requesters: { users: [], groups: [] }, rules: [aRule()] },
    clock: systemClock,
    depositUrl: null,
    wish: async ({ id }, what) => void wished.push(`${what} ${id}`),
  };
  requests = createRequests(deps, directory);
});
beforeEach(() => {
  wished = [];
});
afterAll(async () => {
  await records.close();
  await database.close();
});

let count = 0;

async function recorded(change: Partial<Request> = {}): Promise<Request> {
  count += 1;
  const id = `SA-00000${count.toString(32).toUpperCase()}`.slice(0, 9);
  const order = anOrder({ address: `${id}@example.com`, localPart: id.toLowerCase() });
  const expiresAt = '2126-01-01T00:00:00.000Z';
  return records.create(
    { request: aRequest({ id, order, expiresAt, ...change }), events: [] },
    randomUUID(),
  );
}

function stepsWith(change: Partial<StepRecord>): StepRecord[] {
  return blankJournal('integration').map((step) =>
    step.id === 'flow-integration' ? { ...step, ...change, at: '2026-11-23T10:00:00.000Z' } : step,
  );
}

const failure = {
  step: 'flow-integration',
  code: 'refused',
  message: 'It was refused.',
  at: '2026-11-23T10:00:00.000Z',
} as const;
const approver = aMember({ id: 'UAPP' });

describe('Whoever changes a request, Slack is told to show it once', () => {
  it('when it is sent', async () => {
    const submitted = await requests.submit({
      by: aMember({ id: 'UREQ' }),
      dedupeKey: 'V1',
      order: {
        kind: 'flow-user',
        localPart: 'flow-api',
        purpose: 'A script reads who uses Flow.',
        owner: 'UOWNER',
        rotationDays: '90',
        role: 'admin',
      },
    });

    expect(submitted.kind).toBe('created');
    expect(wished).toEqual([expect.stringMatching(/^render SA-/)]);
  });

  it('when it is approved, and the work begins', async () => {
    const { id } = await recorded();

    await requests.decide(id, approver, 'approve', null);

    expect(wished).toEqual([`render ${id}`, `provision ${id}`]);
  });

  it('when it is denied or cancelled', async () => {
    const [denied, cancelled] = [await recorded(), await recorded()];

    await requests.decide(denied.id, approver, 'deny', 'There is one already.');
    await requests.cancel(cancelled.id, aMember({ id: 'UREQ' }));

    expect(wished).toEqual([`render ${denied.id}`, `render ${cancelled.id}`]);
  });

  it('when a task is reported as done', async () => {
    const steps = stepsWith({ state: 'human', task: TASK });
    const { id } = await recorded({ state: 'waiting', steps });

    await requests.completeTask(id, 'flow-integration', aMember({ id: 'UOWNER' }), {});

    expect(wished).toEqual([`render ${id}`, `provision ${id}`]);
  });

  it('when it is tried again or undone', async () => {
    const steps = stepsWith({ state: 'failed' });
    const first = await recorded({ state: 'failed', steps, failure });
    const second = await recorded({ state: 'failed', steps, failure });

    await requests.retry(first.id, approver);
    await requests.undo(second.id, approver);

    expect(wished).toEqual([
      `render ${first.id}`,
      `provision ${first.id}`,
      `render ${second.id}`,
      `provision ${second.id}`,
    ]);
  });

  it('when it expires or its approvers are reminded', async () => {
    const past = '2026-11-01T00:00:00.000Z';
    const [overdue, due] = [
      await recorded({ expiresAt: past }),
      await recorded({ remindAt: past }),
    ];

    await expire(overdue.id, deps);
    await remind(due.id, deps);

    expect(wished).toEqual([`render ${overdue.id}`, `render ${due.id}`]);
  });

  it('and not at all when nothing was changed', async () => {
    const { id } = await recorded();

    await requests.decide(id, aMember({ id: 'UNOBODY' }), 'approve', null);
    await requests.cancel(id, approver);
    await requests.retry(id, approver);
    await expire(id, deps);

    expect(wished).toEqual([]);
  });
});

describe('Trying again after a failure', () => {
  it('goes on with undoing what was being undone, and never builds it up again', async () => {
    const steps = stepsWith({ state: 'failed' });
    const { id } = await recorded({
      state: 'failed',
      steps,
      failure: { ...failure, undoing: true },
    });

    const answer = await requests.retry(id, approver);

    expect(answer).toMatchObject({ kind: 'done', value: { state: 'undoing', failure: null } });
    expect(await records.audit.list({ subject: id })).toMatchObject([{ action: 'retried' }]);
  });
});

describe('Words that look like a credential', () => {
  it('are not kept as a reason', async () => {
    const { id } = await recorded();

    const denied = requests.decide(id, approver, 'deny', 'Use ghp_abcdefghij0123456789.');

    await expect(denied).rejects.toMatchObject({ code: 'invalid-input', subject: 'reason' });
    expect((await records.get(id)).state).toBe('pending');
  });

  it('are not kept as an answer to a task', async () => {
    const steps = stepsWith({ state: 'human', task: TASK });
    const { id } = await recorded({ state: 'waiting', steps });
    const by = aMember({ id: 'UOWNER' });

    const answered = requests.completeTask(id, 'flow-integration', by, { login: 'glpat-abcdefgh' });

    await expect(answered).rejects.toMatchObject({ code: 'invalid-input', subject: 'login' });
    expect(wished).toEqual([]);
  });
});
