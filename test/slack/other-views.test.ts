import { describe, expect, test } from 'vitest';

import { planOf } from '../../src/domain/plan.ts';
import type { Kind, Request } from '../../src/domain/request.ts';
import type { DryRun } from '../../src/requests/dry-run.ts';
import type { Chosen, SettingsDesk } from '../../src/requests/settings.ts';
import { lintBlocks } from '../../src/slack/lint-blocks.ts';
import { approveAloneView } from '../../src/slack/views/approve-alone-view.ts';
import { discoveredMessage } from '../../src/slack/views/discovered-message.ts';
import { dryRunMessage, unfinishedMessage } from '../../src/slack/views/dry-run-message.ts';
import { requestForm } from '../../src/slack/views/request-form.ts';
import { settingsView } from '../../src/slack/views/settings-view.ts';
import { aCatalogue, anIntegration, aRequest } from './builders.ts';
import {
  harmIn,
  hugeCatalogue,
  hugeOrders,
  hugeRequest,
  LONG,
  URL_LONG,
  wrongWith,
} from './huge.ts';

const NOBODY = { users: [], groups: [] };

function aDryRun(request: Request, change: Partial<DryRun> = {}): DryRun {
  const ids = planOf(request.order.kind, request.operation.kind);
  const steps = ids.map((id) => ({ id, by: 'either', person: 'U0ADMIN' }) as const);
  return { request, steps, obstacles: [], findings: [], ...change };
}

function aDesk(file: SettingsDesk['file'], chosen: Chosen): SettingsDesk {
  return {
    file,
    chosen,
    channel: () => file.channel ?? chosen.channel,
    refresh: async () => undefined,
    refuse: async () => undefined,
    save: async () => undefined,
  };
}

describe('A dry run', () => {
  test('passes the linter with nothing to say and with all that can be said', () => {
    const finding = { level: 'problem', subject: LONG, message: LONG, advice: LONG } as const;
    const findings = Array.from({ length: 60 }, () => finding);
    const obstacles = Array.from({ length: 6 }, () => LONG);
    const huge = hugeOrders().map((order) => hugeRequest(order));
    const operations = [
      { kind: 'rotate', account: 'SA-7K3F9Q', generation: 2, reason: LONG },
      { kind: 'adopt', login: LONG, storedAs: LONG },
    ] as const;
    const requests = [
      aRequest({ order: anIntegration() }),
      ...huge,
      ...huge.flatMap((request) => operations.map((operation) => ({ ...request, operation }))),
    ];

    for (const request of requests) {
      for (const catalogue of [aCatalogue(), hugeCatalogue()]) {
        expect(wrongWith(dryRunMessage(aDryRun(request), catalogue))).toEqual([]);
        const full = dryRunMessage(aDryRun(request, { obstacles, findings }), catalogue);
        expect(lintBlocks('message', full)).toEqual([]);
        expect(harmIn(full)).toEqual([]);
      }
    }
  });

  test('of an unfinished form passes the linter', () => {
    expect(wrongWith(unfinishedMessage({}))).toEqual([]);
    expect(wrongWith(unfinishedMessage({ purpose: LONG, login: LONG }))).toEqual([]);
  });
});

describe('What was discovered', () => {
  test('passes the linter empty and full', () => {
    const account = { id: '1', login: LONG, name: LONG, url: URL_LONG };
    const accounts = Array.from({ length: 100 }, () => account);

    expect(wrongWith(discoveredMessage({ connection: 'GitLab', accounts: [] }))).toEqual([]);
    expect(wrongWith(discoveredMessage({ connection: LONG, accounts }))).toEqual([]);
  });
});

describe('Forms', () => {
  test.each<Kind>(['integration', 'automation', 'flow-user'])(
    'for adopting an account (%s) pass the linter',
    (kind) => {
      for (const catalogue of [aCatalogue(), hugeCatalogue()]) {
        const data = { catalogue, requester: 'U0ASKER', similar: [], origin: { adopting: true } };
        const view = requestForm({ kind, purpose: LONG }, data);
        expect(lintBlocks('modal', view)).toEqual([]);
        expect(harmIn(view)).toEqual([]);
      }
    },
  );

  test('for approving alone pass the linter', () => {
    expect(lintBlocks('modal', approveAloneView('SA-7K3F9Q', '{}'))).toEqual([]);
  });

  test('for settings pass the linter, whatever the file leaves open', () => {
    const groups = Array.from({ length: 150 }, (_, index) => ({
      value: `S0GROUP${index}`,
      label: LONG,
    }));
    const people = Array.from({ length: 100 }, (_, index) => `U0PERSON${index}`);
    const nothing: Chosen = { channel: null, approvers: { users: [], groups: [] } };
    const much: Chosen = {
      channel: 'C0APPROVALS',
      approvers: { users: people, groups: groups.map(({ value }) => value) },
    };
    const views = [
      settingsView(aDesk({ channel: 'C0APPROVALS', openRules: [], admins: NOBODY }, nothing), []),
      settingsView(aDesk({ channel: null, openRules: ['all'], admins: NOBODY }, nothing), []),
      settingsView(
        aDesk(
          { channel: null, openRules: Array.from({ length: 50 }, () => LONG), admins: NOBODY },
          much,
        ),
        groups,
      ),
    ];

    for (const view of views) {
      expect(lintBlocks('modal', view)).toEqual([]);
      expect(harmIn(view)).toEqual([]);
    }
  });
});
