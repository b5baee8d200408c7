import { describe, expect, test } from 'vitest';

import type { AccountPage, AccountView } from '../../src/accounts/inventory.ts';
import { newCare } from '../../src/domain/account.ts';
import type { Account } from '../../src/domain/account.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { lintBlocks } from '../../src/slack/lint-blocks.ts';
import { accountList } from '../../src/slack/views/account-list.ts';
import { accountStory } from '../../src/slack/views/account-story.ts';
import { accountMessage } from '../../src/slack/views/account-view.ts';
import { nextDates } from '../../src/slack/views/next-dates.ts';
import { panelView } from '../../src/slack/views/panel-view.ts';
import { aCatalogue, anAccount, anIntegration, aRequest, NOW } from './builders.ts';
import {
  harmIn,
  hugeAccount,
  hugeCatalogue,
  hugeRequest,
  LONG,
  URL_LONG,
  wrongWith,
} from './huge.ts';

const MAY_ALL = { rotate: true, close: true, lookAfter: true, seeStory: true };
const MAY_NOTHING = { rotate: false, close: false, lookAfter: false, seeStory: false };

function aView(change: Partial<AccountView> = {}): AccountView {
  const origin = aRequest({ state: 'done' });
  return {
    account: anAccount(),
    origin,
    requests: [origin],
    underWay: null,
    may: MAY_NOTHING,
    ...change,
  };
}

function aPage(accounts: readonly Account[], change: Partial<AccountPage> = {}): AccountPage {
  return { filter: { scope: 'mine', state: 'active' }, accounts, next: null, ...change };
}

const hugeOrigin = () => hugeRequest(anIntegration({ purpose: LONG, connection: LONG }));

describe('what the inventory shows', () => {
  test('an account passes the linter at its shortest and longest, also in a modal', () => {
    const requests = Array.from({ length: 50 }, () => hugeOrigin());
    const views = [
      aView(),
      aView({ may: MAY_ALL, account: anAccount({ state: 'closed' }) }),
      aView({
        account: hugeAccount(),
        origin: hugeOrigin(),
        requests,
        may: MAY_ALL,
        underWay: hugeOrigin(),
      }),
      aView({ account: hugeAccount({ state: 'closed' }), requests, may: MAY_ALL }),
    ];

    for (const view of views) {
      for (const catalogue of [aCatalogue(), hugeCatalogue()]) {
        const message = accountMessage({ view, catalogue, urlOf: () => URL_LONG });
        expect(lintBlocks('message', message)).toEqual([]);
        expect(harmIn(message)).toEqual([]);
        expect(lintBlocks('modal', panelView(message))).toEqual([]);
      }
    }
  });

  test('a list passes the linter empty and full, also in a modal', () => {
    const accounts = Array.from({ length: 10 }, () => hugeAccount());
    const requests = Array.from({ length: 50 }, () => hugeOrigin());
    const wanted = { scope: 'all', state: 'closed', health: 'broken', kind: 'automation' } as const;
    const filter = { ...wanted, connection: 'a'.repeat(40), owner: 'U0OWNER', before: 'SA-000001' };
    const data = { catalogue: hugeCatalogue(), urlOf: () => URL_LONG };

    const messages = [
      accountList({ ...data, page: aPage([]), requests: [] }),
      accountList({ ...data, page: aPage([], { filter }), requests: [] }),
      accountList({ ...data, page: aPage([]), requests }),
      accountList({ ...data, page: aPage(accounts, { filter, next: 'SA-000002' }), requests }),
      accountList({ ...data, page: aPage(accounts, { next: 'SA-000002' }), requests }),
    ];

    for (const message of messages) {
      expect(lintBlocks('message', message)).toEqual([]);
      expect(harmIn(message)).toEqual([]);
      expect(lintBlocks('modal', panelView(message))).toEqual([]);
    }
  });

  test('a story passes the linter empty and full', () => {
    const entry: AuditEntry = {
      action: 'requested',
      actor: 'cli:somebody',
      subject: 'SA-000009',
      details: { step: LONG, reason: LONG, code: LONG, count: 3, list: [LONG] },
      seq: 1,
      at: NOW,
      entry: '',
      previousHash: '',
      hash: '',
    };
    const base = { account: hugeAccount(), origin: hugeOrigin() };
    const entries = Array.from({ length: 28 }, () => entry);

    for (const story of [
      { ...base, entries: [], more: false },
      { ...base, entries, more: true },
    ]) {
      expect(wrongWith(accountStory(story, hugeCatalogue()))).toEqual([]);
    }
  });

  test('health is said in words, never by a sign alone', () => {
    const care = newCare(NOW);
    const broken = anAccount({ care: { ...care, health: { ...care.health, state: 'broken' } } });

    const text = JSON.stringify(
      accountList({
        page: aPage([broken]),
        requests: [],
        catalogue: aCatalogue(),
        urlOf: () => null,
      }).blocks,
    );

    expect(text).toContain(':x: Broken');
  });

  test('the soonest dates come first, and five of them are enough', () => {
    const accounts = Array.from({ length: 9 }, (_, index) =>
      anAccount({ id: `SA-00000${index}`, rotateAt: `2027-0${9 - index}-01T00:00:00.000Z` }),
    );

    const said = nextDates(accounts)?.mrkdwn.split('\n') ?? [];

    expect(said).toHaveLength(5);
    expect(said[0]).toContain('SA-000008');
    expect(nextDates([])).toBeUndefined();
  });
});
