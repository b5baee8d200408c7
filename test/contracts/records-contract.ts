import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { newCare } from '../../src/domain/account.ts';
import type { Account } from '../../src/domain/account.ts';
import { requestId } from '../../src/domain/naming.ts';
import type { Request } from '../../src/domain/request.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Change, Records } from '../../src/records/records.ts';
import { anOrder, aRequest as buildRequest } from '../support/builders.ts';

const NOW = '2026-11-23T10:00:00.000Z';
const clock: Clock = { now: () => new Date(NOW) };

/** With an id and an address of its own, and nothing to remind of. */
export function aRequest(over: Partial<Request> = {}): Request {
  const id = over.id ?? requestId(randomBytes(6));
  const order = anOrder({ address: `${id.toLowerCase()}@example.com`, purpose: `Flow for ${id}` });
  const request = buildRequest({ id, order, ...over });
  return over.policy === undefined
    ? { ...request, policy: { ...request.policy, escalateAfterMs: null } }
    : request;
}

function anAccount(request: Request, over: Partial<Account> = {}): Account {
  return {
    id: request.id,
    version: 1,
    state: 'active',
    kind: request.order.kind,
    connection: 'gitlab',
    address: request.order.address,
    login: 'flow-integrations',
    vendorUserId: '42',
    purpose: request.order.purpose,
    owner: 'U2',
    secondOwner: null,
    access: 'contributor',
    secret: { store: 'local', name: 'a-token', version: '1', url: '' },
    page: { id: '1', url: 'https://wiki.example.com/1' },
    verification: {
      identity: 'flow-integrations',
      role: 'Developer',
      scopes: ['read_api'],
      sees: { count: 1, noun: 'projects', sample: ['acme/app'] },
      expiresAt: null,
      isNot: ['is not an administrator'],
      at: NOW,
    },
    generation: 1,
    facts: {},
    care: newCare(NOW),
    rotationDays: 90,
    rotateAt: '2027-02-21T10:00:00.000Z',
    createdAt: NOW,
    ...over,
  };
}

function change(request: Request, over: Partial<Change> = {}): Change {
  const event = { action: 'requested', actor: 'U1', subject: request.id, details: {} } as const;
  return { request, events: [event], ...over };
}

function dedupeKey(): string {
  return randomBytes(6).toString('hex');
}

/** What every kind of records must hold; `open` gives one more handle on the same data. */
export function describeRecords(open: (clock: Clock) => Promise<Records>): void {
  let records: Records;
  let other: Records;

  beforeAll(async () => {
    records = await open(clock);
    other = await open(clock);
  });
  afterAll(async () => {
    await records.close();
    await other.close();
  });

  async function create(over: Partial<Request> = {}): Promise<Request> {
    return records.create(change(aRequest(over)), dedupeKey());
  }

  describe('requests', () => {
    it('gives back exactly what was recorded', async () => {
      const request = aRequest({ id: requestId(randomBytes(6)) });

      await records.create(change(request), dedupeKey());

      expect(await records.get(request.id)).toEqual(request);
    });

    it('keeps texts with characters that PostgreSQL does not take, without them', async () => {
      const request = aRequest();
      const order = { ...request.order, purpose: 'a\0b \uD83D' };

      await records.create(
        change(
          { ...request, order },
          {
            events: [
              { action: 'requested', actor: 'U1', subject: request.id, details: { a: '\0\uDE00' } },
            ],
          },
        ),
        dedupeKey(),
      );

      expect((await records.get(request.id)).order.purpose).toBe('ab \uFFFD');
      expect(await records.audit.list({ subject: request.id })).toMatchObject([
        { details: { a: '\uFFFD' } },
      ]);
      expect(await records.audit.verify()).toBeUndefined();
    });

    it('knows nothing of a request that was never made', async () => {
      const found = await records.find('SA-000000');
      const got = records.get('SA-000000');

      expect(found).toBeUndefined();
      await expect(got).rejects.toMatchObject({ code: 'not-found', subject: 'SA-000000' });
    });

    it('records a submission that arrives twice at the same time once', async () => {
      const key = dedupeKey();
      const requests = Array.from({ length: 8 }, () => aRequest());

      const results = await Promise.allSettled(
        requests.map((request, turn) =>
          (turn % 2 === 0 ? records : other).create(change(request), key),
        ),
      );

      const won = results.filter((result) => result.status === 'fulfilled');
      const lost = results.filter((result) => result.status === 'rejected');
      expect(won).toHaveLength(1);
      for (const { reason } of lost) {
        expect(reason).toMatchObject({ code: 'exists', subject: won[0]!.value.id });
      }
    });

    it('says conflict when only the id is taken, and keeps the first request', async () => {
      const first = await create();

      const second = records.create(change(aRequest({ id: first.id })), dedupeKey());

      await expect(second).rejects.toMatchObject({ code: 'conflict' });
      expect(await records.get(first.id)).toEqual(first);
    });

    it('loses no change when two processes write the same request many times at once', async () => {
      const { id } = await create();

      await Promise.all(
        Array.from({ length: 30 }, (_, turn) =>
          (turn % 2 === 0 ? records : other).update(id, (current) =>
            change({
              ...current,
              decisions: [
                ...current.decisions,
                { by: `U${turn}`, verdict: 'approve', reason: null, at: NOW },
              ],
            }),
          ),
        ),
      );

      const request = await records.get(id);
      expect(request.version).toBe(31);
      expect(new Set(request.decisions.map((decision) => decision.by)).size).toBe(30);
      expect(await records.audit.list({ subject: id })).toHaveLength(31);
    });

    it('writes nothing when the change decides against it or throws', async () => {
      const request = await create();

      const same = await records.update(request.id, () => undefined);
      const thrown = records.update(request.id, () => {
        throw new Error('not allowed');
      });

      await expect(thrown).rejects.toThrow('not allowed');
      expect(same).toEqual(request);
      expect(await records.get(request.id)).toEqual(request);
      expect(await records.audit.list({ subject: request.id })).toHaveLength(1);
    });

    it('notices that what the caller knows is out of date, and reads it again', async () => {
      const known = await create();
      await records.update(known.id, (current) => change({ ...current, escalated: true }));

      const seen: number[] = [];
      const updated = await records.update(
        known.id,
        (current) => {
          seen.push(current.version);
          return change({ ...current, state: 'denied' });
        },
        known,
      );

      expect(seen).toEqual([1, 2]);
      expect(updated).toMatchObject({ version: 3, state: 'denied', escalated: true });
      expect(await records.get(known.id)).toEqual(updated);
    });

    it('writes request, account and audit together or not at all', async () => {
      const { id } = await create();
      const broken = { ...anAccount(aRequest()), id: 'SA-NOSUCH' };

      const half = records.update(id, (current) =>
        change({ ...current, state: 'done' }, { account: broken }),
      );
      await expect(half).rejects.toMatchObject({ code: 'internal' });
      const after = await records.get(id);
      const done = await records.update(id, (current) =>
        change({ ...current, state: 'done' }, { account: anAccount(current) }),
      );

      expect(after).toMatchObject({ state: 'pending', version: 1 });
      expect(done).toMatchObject({ state: 'done', version: 2 });
      expect(await records.findAccount(id)).toEqual(anAccount(done));
      expect(await records.audit.list({ subject: id })).toHaveLength(2);
    });
  });

  describe('addresses', () => {
    it('has at most one request that is not over, also when two arrive in the same instant', async () => {
      const { order } = aRequest();
      const [one, two] = [aRequest({ order }), aRequest({ order })];

      const outcomes = await Promise.allSettled([
        records.create(change(one), dedupeKey()),
        other.create(change(two), dedupeKey()),
      ]);

      const [kept] = await records.list({ address: order.address });
      expect(await records.list({ address: order.address })).toHaveLength(1);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'name-taken', subject: kept?.id },
      });
    });

    it('is free again once its request is over', async () => {
      const { order } = aRequest();
      const first = await create({ order });
      await records.update(first.id, (current) => change({ ...current, state: 'cancelled' }));

      const second = await create({ order });

      expect(second.order.address).toBe(first.order.address);
    });
  });

  describe('looking for requests', () => {
    it('lists newest first and pages without gaps, also within one millisecond', async () => {
      const connection = dedupeKey();
      for (const day of ['01', '02', '03', '03', '03']) {
        const order = { ...aRequest().order, connection } as Request['order'];
        await create({ order, createdAt: `2026-11-${day}T00:00:00.000Z` });
      }

      const all = await records.list({ connection });
      const first = await records.list({ connection, limit: 3 });
      const second = await records.list({ connection, limit: 3, before: first[2]!.id });

      expect([...first, ...second]).toEqual(all);
      expect(all.map((request) => request.createdAt.slice(8, 10))).toEqual([
        '03',
        '03',
        '03',
        '02',
        '01',
      ]);
    });

    it('finds what concerns a person as requester, owner or second owner', async () => {
      const person = `U${dedupeKey()}`;
      const asked = await create({ requester: person });
      const owned = await create({ order: { ...aRequest().order, owner: person } });
      const second = await create({ order: { ...aRequest().order, secondOwner: person } });
      await create();

      const found = await records.list({ person });

      expect(found.map((request) => request.id).toSorted()).toEqual(
        [asked.id, owned.id, second.id].toSorted(),
      );
    });

    it('finds by state, kind and address together', async () => {
      const request = await create({ state: 'waiting' });

      const { address } = request.order;
      const found = await records.list({ states: ['waiting'], kind: 'integration', address });
      const otherState = await records.list({ states: ['done'], address });
      const none = await records.list({ states: [], address });

      expect(found).toEqual([request]);
      expect(otherState).toEqual([]);
      expect(none).toEqual([]);
    });

    it('knows what is due, overdue, or to be reminded or escalated', async () => {
      const past = '2026-11-22T00:00:00.000Z';
      const policy = { ...aRequest().policy, escalateAfterMs: 60_000 };
      const due = await create({ state: 'waiting', resumeAt: NOW });
      const later = await create({ state: 'waiting', resumeAt: '2026-11-23T10:00:00.001Z' });
      const overdue = await create({ expiresAt: NOW, remindAt: past });
      const toRemind = await create({ remindAt: past });
      const toEscalate = await create({ policy, createdAt: past });
      const escalated = await create({ policy, createdAt: past, escalated: true });
      const decided = await create({ state: 'denied', expiresAt: past });

      const ids = {
        due: await records.due(NOW, 1000),
        overdue: await records.overdue(NOW, 1000),
        toRemind: await records.toRemind(NOW, 1000),
      };

      expect(ids.due).toContain(due.id);
      expect(ids.due).not.toContain(later.id);
      expect(ids.overdue).toContain(overdue.id);
      expect(ids.overdue).not.toContain(decided.id);
      expect(ids.toRemind).toEqual(expect.arrayContaining([toRemind.id, toEscalate.id]));
      expect(ids.toRemind).not.toContain(escalated.id);
      expect(ids.toRemind).not.toContain(overdue.id);
      expect(await records.due(NOW, 0)).toEqual([]);
    });

    it('finds similar ones by address, and by purpose in any case, while they are in use', async () => {
      const address = `${dedupeKey()}@example.com`;
      const purpose = `Größe of ${dedupeKey()}`;
      const orderWith = (over: Partial<Request['order']>) =>
        ({ ...aRequest().order, ...over }) as Request['order'];
      const failed = await create({ state: 'failed', order: orderWith({ purpose }) });
      const inUse = await create({ order: orderWith({ purpose: ` ${purpose.toUpperCase()}` }) });
      const closed = await create({ order: orderWith({ address }) });
      for (const [{ id }, state] of [[inUse, 'active'] as const, [closed, 'closed'] as const]) {
        await records.update(id, (current) =>
          change({ ...current, state: 'done' }, { account: anAccount(current, { state }) }),
        );
      }
      await create({ state: 'denied', order: orderWith({ address }) });
      const open = await create({ order: orderWith({ address }) });

      const found = await records.similar(address, purpose.toLowerCase());

      expect(found.map((request) => request.id).toSorted()).toEqual(
        [open.id, failed.id, inUse.id].toSorted(),
      );
    });
  });

  describe('running exclusively', () => {
    it('lets one run at a time per request, and the next one after it', async () => {
      const order: string[] = [];
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      let begun = (): void => undefined;
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));

      const first = records.exclusively('SA-AAAAAA', async () => {
        begun();
        await finished;
        order.push('first');
        return 1;
      });
      await hasBegun;
      const inOther = await other.exclusively('SA-AAAAAA', async () => 2);
      const inSame = await records.exclusively('SA-AAAAAA', async () => 3);
      const elsewhere = await other.exclusively('SA-BBBBBB', async () => 4);
      finish();
      const result = await first;
      const after = await other.exclusively('SA-AAAAAA', async () => 5);

      expect([inOther, inSame, elsewhere, result, after]).toEqual([undefined, undefined, 4, 1, 5]);
      expect(order).toEqual(['first']);
    });

    it('gives the lock back when the work throws', async () => {
      const failed = records.exclusively('SA-CCCCCC', () => Promise.reject(new Error('broke')));
      await expect(failed).rejects.toThrow('broke');

      const next = await other.exclusively('SA-CCCCCC', async () => 'ran');

      expect(next).toBe('ran');
    });
  });

  describe('rate-limited buckets', () => {
    it('lets a burst go at once and spaces the rest', async () => {
      const bucket = dedupeKey();

      const slots: string[] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        slots.push(await records.reserveSlot(bucket, 1000, 3, NOW));
      }

      expect(slots.map((slot) => Date.parse(slot) - Date.parse(NOW))).toEqual([
        0, 0, 0, 1000, 2000,
      ]);
    });

    it('fills up again with time, but never beyond the burst', async () => {
      const bucket = dedupeKey();
      await records.reserveSlot(bucket, 1000, 2, NOW);
      const later = '2026-11-23T11:00:00.000Z';

      const slots: string[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        slots.push(await records.reserveSlot(bucket, 1000, 2, later));
      }

      expect(slots).toEqual([later, later, '2026-11-23T11:00:01.000Z']);
    });

    it('leaves a slot that is too far away to others, and tells when it is', async () => {
      const bucket = dedupeKey();
      const ask = (patienceMs?: number) => records.reserveSlot(bucket, 1000, 1, NOW, patienceMs);

      const slots = [await ask(0), await ask(0), await ask(999), await ask(1000), await ask()];

      expect(slots.map((slot) => Date.parse(slot) - Date.parse(NOW))).toEqual([
        0, 1000, 1000, 1000, 2000,
      ]);
    });

    it('gives every slot to one caller when many ask in two processes', async () => {
      const bucket = dedupeKey();

      const slots = await Promise.all(
        Array.from({ length: 40 }, (_, turn) =>
          (turn % 2 === 0 ? records : other).reserveSlot(bucket, 250, 1, NOW),
        ),
      );

      expect(new Set(slots).size).toBe(40);
      expect(slots.toSorted().at(-1)).toBe('2026-11-23T10:00:09.750Z');
    });
  });

  describe('messages', () => {
    it('keeps one message per key and replaces it', async () => {
      const { id } = await create();
      const card = { requestId: id, key: 'card', channel: 'C1', ts: null, shows: 'a', at: NOW };

      await records.messages.save(card);
      await records.messages.save({ ...card, ts: '1.2', shows: 'b' });

      expect(await records.messages.find(id, 'card')).toEqual({ ...card, ts: '1.2', shows: 'b' });
      expect(await records.messages.list(id)).toHaveLength(1);
      expect(await records.messages.find(id, 'dm:U1')).toBeUndefined();
    });

    it('calls a request stale until its present version was rendered', async () => {
      const { id } = await create();

      const fresh = await records.messages.stale(1000);
      await records.messages.rendered(id, 1);
      const rendered = await records.messages.stale(1000);
      await records.update(id, (current) => change(current));
      const changed = await records.messages.stale(1000);
      await records.messages.rendered(id, 2);
      await records.messages.rendered(id, 1);
      const outOfOrder = await records.messages.stale(1000);

      expect(fresh).toContain(id);
      expect(rendered).not.toContain(id);
      expect(changed).toContain(id);
      expect(outOfOrder).not.toContain(id);
    });
  });

  describe('deposits', () => {
    async function openDeposit(): Promise<string> {
      const { id } = await create();
      const tokenHash = randomBytes(32).toString('hex');
      await records.deposits.open({
        tokenHash,
        requestId: id,
        step: 'credential',
        assignee: 'U1',
        codeHash: 'c',
        expiresAt: '2026-11-23T10:10:00.000Z',
        attempts: 0,
        usedAt: null,
      });
      return tokenHash;
    }

    it('is used by exactly one of many at once, and again after a release', async () => {
      const token = await openDeposit();

      const uses = await Promise.all(
        Array.from({ length: 10 }, (_, turn) =>
          (turn % 2 === 0 ? records : other).deposits.use(token, NOW),
        ),
      );
      await records.deposits.release(token);
      const again = await records.deposits.use(token, NOW);

      expect(uses.filter(Boolean)).toHaveLength(1);
      expect(again).toBe(true);
      expect(await records.deposits.find(token)).toMatchObject({ usedAt: NOW });
    });

    it('cannot be used when it has expired or never was', async () => {
      const token = await openDeposit();

      const late = await records.deposits.use(token, '2026-11-23T10:10:00.000Z');
      const unknown = await records.deposits.use('none', NOW);

      expect([late, unknown]).toEqual([false, false]);
      expect(await records.deposits.find('none')).toBeUndefined();
    });

    it('counts every wrong code', async () => {
      const token = await openDeposit();

      const counts = await Promise.all([1, 2, 3].map(() => records.deposits.countAttempt(token)));

      expect(new Set(counts)).toEqual(new Set([1, 2, 3]));
    });
  });

  describe('the local vault and settings', () => {
    it('inserts a sealed value once and replaces it only from the expected version', async () => {
      const name = dedupeKey();
      const row = { name, version: 1, keyId: 'k', sealed: 'AAAA', meta: { marker: 'm' } };

      const inserted = await Promise.all([1, 2, 3].map(() => records.localVault.insert(row)));
      const replaced = await records.localVault.replace({ ...row, version: 2 }, 1);
      const stale = await records.localVault.replace({ ...row, version: 2 }, 1);
      const found = await records.localVault.find(name);
      await records.localVault.remove(name);

      expect(inserted.filter(Boolean)).toHaveLength(1);
      expect([replaced, stale]).toEqual([true, false]);
      expect(found).toEqual({ ...row, version: 2 });
      expect(await records.localVault.find(name)).toBeUndefined();
    });

    it('keeps any JSON under a key', async () => {
      await records.settings.set('a', { at: NOW });
      await records.settings.set('a', [1, null, 'x']);

      expect(await records.settings.get('a')).toEqual([1, null, 'x']);
      expect(await records.settings.get('b')).toBeUndefined();
    });
  });

  describe('secrets', () => {
    it('refuses every change with a secret in it, in any form, and writes nothing', async () => {
      const value = 'p4ss"wörd+/with signs';
      const secret = new Secret(value);
      const { id } = await create();
      const forms: unknown[] = [
        secret,
        String(secret),
        `token=${value}`,
        encodeURIComponent(value),
        Buffer.from(value).toString('base64'),
        { deep: [{ [value]: 1 }] },
      ];

      for (const form of forms) {
        const facts = { form };
        const event = { action: 'step-done', actor: 'U1', subject: id, details: facts } as const;
        const attempts = await Promise.allSettled([
          records.update(id, (current) =>
            change({ ...current, steps: [{ ...current.steps[0]!, facts }] }),
          ),
          records.update(id, (current) => change(current, { events: [event] })),
          records.audit.append(event),
          records.settings.set('leak', form),
        ]);
        for (const attempt of attempts) {
          expect(attempt).toMatchObject({ reason: { code: 'secret-exposed' } });
        }
      }

      expect(await records.get(id)).toMatchObject({ version: 1 });
      expect(await records.audit.list({ subject: id })).toHaveLength(1);
      expect(await records.settings.get('leak')).toBeUndefined();
      expect(secret.reveal()).toBe(value);
    });
  });
}
