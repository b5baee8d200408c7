import { afterAll, beforeAll, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { Measures } from '../../src/domain/measures.ts';
import { humanTask } from '../../src/domain/task.ts';
import type { AuditAction } from '../../src/domain/audit.ts';
import type { Request } from '../../src/domain/request.ts';
import { SWEPT_AT } from '../../src/records/measures.ts';
import { openRecords } from '../../src/records/open-records.ts';
import type { Records } from '../../src/records/records.ts';
import { anOrder, aRequest } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

const START = '2026-11-23T10:00:00.000Z';
const NOW = '2026-11-23T12:00:00.000Z';
const ahead = (days: number) => new Date(Date.parse(NOW) + days * 86_400_000).toISOString();

let database: FreshDatabase;
let records: Records;
let at = START;

beforeAll(async () => {
  database = await freshDatabase();
  records = await openRecords({ url: database.url, clock: { now: () => new Date(at) } });
});
afterAll(async () => {
  await records.close();
  await database.close();
});

async function keep(n: number, change: Partial<Request>): Promise<Request> {
  const id = `SA-00000${n}`;
  const order = anOrder({ address: `flow-${n}@svc.example.com`, connection: 'gitlab-main' });
  const request = aRequest({ id, order, ...change });
  return records.create({ request, events: [] }, `key-${n}`);
}

async function note(
  subject: string,
  action: AuditAction,
  details: Record<string, unknown>,
  when = NOW,
): Promise<void> {
  at = when;
  await records.audit.append({ action, actor: 'system', subject, details });
}

function approved(when: string): Partial<Request> {
  return { decisions: [{ by: 'U1', verdict: 'approve', reason: null, at: when }] };
}

it('counts nothing where nothing is', async () => {
  const measures = await records.measure(NOW);

  expect(measures).toEqual<Measures>({
    requests: [],
    timeToApprove: [],
    timeToProvision: [],
    stepFailures: [],
    tasks: [],
    credentials: [],
    rotationsDue: 0,
    dueLagSeconds: 0,
    messagesBehind: 0,
    sweptAt: null,
    buckets: [],
  });
});

it('counts requests, times, failures, tasks, credentials and what is behind', async () => {
  const task = {
    ...humanTask({ id: 'mail', title: 'Open it', role: 'mail-admin', instructions: [] }),
    assignee: 'U1',
    openedAt: '2026-11-23T11:00:00.000Z',
    checkedAt: null,
    answers: {},
  };
  await keep(1, {});
  await keep(2, { state: 'denied' });
  await keep(3, { state: 'done', ...approved('2026-11-23T10:02:00.000Z') });
  await note('SA-000003', 'completed', {}, '2026-11-23T10:32:00.000Z');
  await keep(4, { state: 'done' });
  await note('SA-000004', 'completed', {}, '2026-11-23T10:00:30.000Z');
  await keep(5, {
    state: 'waiting',
    ...approved('2026-12-23T10:00:00.000Z'),
    resumeAt: '2026-11-23T11:59:30.000Z',
    steps: [{ id: 'mailbox', state: 'human', attempts: 0, facts: null, task, at: START }],
  });
  const failure = { step: 'access', code: 'rate-limited', subject: 'GitLab', message: 'Slow.' };
  await note('SA-000005', 'step-failed', { ...failure, againAt: '2026-11-23T12:01:30.000Z' });
  await note('SA-000005', 'step-failed', { ...failure, againAt: '2026-11-23T12:00:30.000Z' });
  await note('SA-000005', 'failed', { ...failure, code: 'refused' });
  for (const [n, days] of [-1, 3, 20, 60, 200, null].entries()) await putAccount(n, days);
  await records.settings.set(SWEPT_AT, START);
  await records.reserveSlot('slack:chat.update', 1000, 5, NOW);
  await records.messages.rendered('SA-000001', 1);

  const measures = await records.measure(NOW);

  expect(measures.requests).toEqual(
    expect.arrayContaining([
      { state: 'done', kind: 'integration', count: 2 },
      { state: 'waiting', kind: 'integration', count: 1 },
    ]),
  );
  expect(measures.timeToApprove).toEqual([
    { kind: 'integration', counts: [0, 1, 0, 0, 0, 0, 0, 0, 0, 1], sum: 120 + 30 * 86_400 },
  ]);
  expect(measures.timeToProvision).toEqual([
    { kind: 'integration', counts: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], sum: 1830 },
  ]);
  const about = { kind: 'integration', connection: 'gitlab-main', step: 'access' };
  expect(measures.stepFailures).toEqual(
    expect.arrayContaining([
      { ...about, code: 'rate-limited', outcome: 'again', count: 2, waitSeconds: 120 },
      { ...about, code: 'refused', outcome: 'stopped', count: 1, waitSeconds: 0 },
    ]),
  );
  expect(measures.tasks).toEqual([
    { step: 'mailbox', role: 'mail-admin', count: 1, oldestSeconds: 3600 },
  ]);
  expect(Object.fromEntries(measures.credentials.map((one) => [one.left, one.count]))).toEqual({
    expired: 1,
    '0-7': 1,
    '7-30': 1,
    '30-90': 1,
    '90+': 1,
    never: 1,
  });
  expect(measures).toMatchObject({
    rotationsDue: 2,
    dueLagSeconds: 30,
    messagesBehind: 4,
    sweptAt: START,
    buckets: [{ bucket: 'slack:chat.update', emptyAtMs: Date.parse(NOW) + 1000 }],
  });
});

it('says that the database is away instead of counting nothing', async () => {
  const away = await openRecords({ url: database.url, clock: { now: () => new Date(NOW) } });
  await away.close();

  const measuring = away.measure(NOW);

  await expect(measuring).rejects.toBeInstanceOf(ProductError);
});

/** Only what is measured; the rest of an account is none of this test's business. */
async function putAccount(n: number, expiresInDays: number | null): Promise<void> {
  const expiresAt = expiresInDays === null ? null : ahead(expiresInDays);
  const rotateAt = ahead(expiresInDays === null ? 90 : expiresInDays - 7);
  await keep(20 + n, { state: 'cancelled' });
  const body = {
    kind: 'integration',
    owner: 'U1',
    verification: { expiresAt },
    rotateAt,
    createdAt: START,
  };
  await database.query('INSERT INTO account (id, state, body) VALUES ($1, $2, $3)', [
    `SA-00000${20 + n}`,
    'active',
    JSON.stringify(body),
  ]);
  await records.messages.rendered(`SA-00000${20 + n}`, 1);
}
