import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createIndexKeeper } from '../../src/composition/keep-index.ts';
import { ProductError } from '../../src/domain/errors.ts';
import type { AccountIndex } from '../../src/domain/page.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { createLog } from '../../src/lib/log.ts';
import { openRecords } from '../../src/records/open-records.ts';
import type { Records } from '../../src/records/records.ts';
import { anAccount } from '../slack/builders.ts';
import { portsWith } from '../steps/step-builders.ts';
import { anOrder, aRequest } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';

const START = Date.parse('2026-11-23T10:00:00.000Z');
const MINUTE = 60_000;

describe('The index of accounts', () => {
  let database: FreshDatabase;
  let records: Records;
  let now: number;
  let published: AccountIndex[];
  let failure: ProductError | undefined;
  let keeper: ReturnType<typeof createIndexKeeper>;

  beforeEach(async () => {
    now = START;
    published = [];
    failure = undefined;
    const clock = { now: () => new Date(now) };
    database = await freshDatabase();
    records = await openRecords({ url: database.url, clock });
    const publishIndex: KnowledgeBase['publishIndex'] = async (index) => {
      if (failure !== undefined) throw failure;
      published.push(index);
      return { id: '1', url: 'https://wiki.example/index' };
    };
    const knowledge = { publishIndex } as KnowledgeBase;
    const ports = portsWith({ clock, knowledge });
    keeper = createIndexKeeper({ records, ports, log: createLog('silent') });
  });

  afterEach(async () => {
    await records.close();
    await database.close();
  });

  async function addAccount(n: number, change: Parameters<typeof anAccount>[0] = {}) {
    const id = `SA-${String(n).padStart(6, '0')}`;
    const address = `account-${n}@svc.example.com`;
    const request = aRequest({ id, order: anOrder({ address }) });
    const account = { ...anAccount(change), id, address };
    await records.create({ request, events: [], account }, `key-${n}`);
  }

  it('is written when there are accounts, in words for colleagues', async () => {
    await keeper.keep();
    await addAccount(1, { connection: 'gitlab', owner: 'UOWNER' });
    await addAccount(2, { connection: null, kind: 'flow-user', state: 'closed' });

    await keeper.keep();

    expect(published).toHaveLength(1);
    expect(published[0]?.entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          account: 'account-1@svc.example.com',
          owner: 'Name of UOWNER',
          connection: 'GitLab acme',
          status: 'active',
          nextRotation: anAccount().rotateAt.slice(0, 10),
        }),
        expect.objectContaining({ connection: 'Flow', status: 'closed', nextRotation: null }),
      ]),
    );
  });

  it('lists every account, however many there are', async () => {
    for (let n = 0; n < 205; n += 1) await addAccount(n);

    await keeper.keep();

    const accounts = published[0]?.entries.map(({ account }) => account);
    expect(new Set(accounts).size).toBe(205);
  });

  it('is written again only when an account changed, or a day later to look at it', async () => {
    await addAccount(1);
    await keeper.keep();
    await keeper.keep();
    const unchanged = published.length;
    await records.updateAccount('SA-000001', (account) => ({
      account: { ...account, purpose: 'Another purpose' },
      events: [],
    }));
    await keeper.keep();
    const changed = published.length;
    now += 25 * 60 * MINUTE;
    await keeper.keep();

    expect([unchanged, changed, published.length]).toEqual([1, 2, 3]);
  });

  it('is looked at by the sweep once a minute', async () => {
    const atFirst = await keeper.isDue();
    await keeper.keep();
    const atOnce = await keeper.isDue();
    now += MINUTE;

    expect([atFirst, atOnce, await keeper.isDue()]).toEqual([true, false, true]);
  });

  it('that cannot be written fails nothing, is named by the doctor and tried again later', async () => {
    await addAccount(1);
    const message = 'The bot may not add pages.';
    failure = new ProductError('missing-permission', { subject: 'Wiki', message });

    await keeper.keep();
    const findings = await keeper.check();
    now += 5 * MINUTE;
    const early = await keeper.isDue();
    now += 5 * MINUTE;
    const later = await keeper.isDue();
    failure = undefined;
    await keeper.keep();

    expect(findings).toMatchObject([{ level: 'warning', message }]);
    expect([early, later]).toEqual([false, true]);
    expect(await keeper.check()).toMatchObject([{ level: 'ok' }]);
    expect(published).toHaveLength(1);
  });

  it('waits as long as the other side asks', async () => {
    await addAccount(1);
    const message = 'Slow down.';
    failure = new ProductError('rate-limited', {
      subject: 'Wiki',
      message,
      retryAfterMs: 30 * MINUTE,
    });
    await keeper.keep();
    now += 20 * MINUTE;

    expect(await keeper.isDue()).toBe(false);
  });

  it('says before the first account that there is nothing to list', async () => {
    const [finding] = await keeper.check();

    expect(finding).toMatchObject({
      level: 'ok',
      message: 'It is written with the first account.',
    });
  });
});
