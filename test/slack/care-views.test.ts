import { describe, expect, test } from 'vitest';

import { HEALTH_STATES } from '../../src/domain/account.ts';
import type { Account } from '../../src/domain/account.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Request } from '../../src/domain/request.ts';
import type { Message } from '../../src/slack/blocks.ts';
import { lintBlocks } from '../../src/slack/lint-blocks.ts';
import { closeView, handOverView, snoozeView } from '../../src/slack/views/account-forms.ts';
import {
  answeredMessage,
  handOverMessage,
  healthMessage,
  reminderMessage,
  reviewMessage,
} from '../../src/slack/views/account-messages.ts';
import { confirmationMessage } from '../../src/slack/views/outcome-messages.ts';
import { requestCard } from '../../src/slack/views/request-card.ts';
import { aCatalogue, anAccount, anIntegration, aRequest, NOW } from './builders.ts';
import {
  harmIn,
  hugeAccount,
  hugeCatalogue,
  hugeOrders,
  hugeRequest,
  LONG,
  wrongWith,
} from './huge.ts';

const ROTATE = { kind: 'rotate', account: 'SA-7K3F9Q', generation: 2 } as const;
const CLOSE = { kind: 'close', account: 'SA-7K3F9Q' } as const;
const OPERATIONS: readonly Operation[] = [
  { ...ROTATE, reason: '' },
  { ...ROTATE, reason: LONG },
  { ...CLOSE, reason: 'No longer needed' },
  { ...CLOSE, reason: LONG },
];

function withHealth(account: Account, state: (typeof HEALTH_STATES)[number]): Account {
  const { care } = account;
  const says = state === 'healthy' ? [] : care.health.says;
  return { ...account, care: { ...care, health: { ...care.health, state, says } } };
}

function askedToTakeOver(account: Account): Account {
  const handOver = { from: 'U0OWNER', to: 'U0SECOND', askedAt: NOW, why: account.purpose };
  return { ...account, care: { ...account.care, handOver } };
}

/** A button's name must begin with what it shows, for people who speak to their computer. */
function misnamed(payload: unknown): string[] {
  if (Array.isArray(payload)) return payload.flatMap((each) => misnamed(each));
  if (typeof payload !== 'object' || payload === null) return [];
  const { type, text, accessibility_label: name } = payload as Record<string, unknown>;
  const shown = (text as { text?: string } | undefined)?.text?.replace('…', '') ?? '';
  const wrong = type === 'button' && typeof name === 'string' && !name.startsWith(shown);
  return [...(wrong ? [`${shown}: ${name}`] : []), ...misnamed(Object.values(payload))];
}

describe('What people are told of an account', () => {
  const accounts = [anAccount(), hugeAccount()];

  test.each(HEALTH_STATES)('%s passes the linter at its shortest and longest', (state) => {
    for (const account of accounts) {
      const message = healthMessage(withHealth(account, state));
      expect(wrongWith(message)).toEqual([]);
      expect(misnamed(message)).toEqual([]);
    }
  });

  test('reminders, reviews and hand-overs pass the linter at their shortest and longest', () => {
    for (const account of accounts.map((each) => askedToTakeOver(each))) {
      const messages: Message[] = [
        ...[30, 14, 3, 0].map((days) => reminderMessage(account, days)),
        reviewMessage(account),
        handOverMessage(account, false),
        handOverMessage(account, true),
        answeredMessage(account, 'review'),
        answeredMessage(account, 'handOver'),
      ];
      for (const message of messages) {
        expect(wrongWith(message)).toEqual([]);
        expect(misnamed(message)).toEqual([]);
      }
    }
  });

  test('forms pass the linter at their shortest and longest', () => {
    for (const account of accounts) {
      for (const view of [closeView(account), snoozeView(account), handOverView(account)]) {
        expect(lintBlocks('modal', view)).toEqual([]);
        expect(harmIn(view)).toEqual([]);
      }
    }
  });
});

describe('The card of an operation', () => {
  const requests: readonly Request[] = [
    aRequest({ order: anIntegration() }),
    ...hugeOrders().map((order) => hugeRequest(order)),
  ];

  test.each(OPERATIONS)('$kind passes the linter in every state', (operation) => {
    for (const request of requests) {
      for (const state of ['pending', 'provisioning', 'failed', 'done'] as const) {
        const subject = { ...request, operation, state };
        for (const catalogue of [aCatalogue(), hugeCatalogue()]) {
          const card = requestCard(subject, { catalogue, style: 'plan', similar: [] });
          expect(wrongWith(card)).toEqual([]);
          expect(misnamed(card)).toEqual([]);
        }
      }
    }
  });

  test.each(OPERATIONS)('$kind ends in a message that passes the linter', (operation) => {
    for (const request of requests) {
      for (const account of [anAccount(), hugeAccount()]) {
        const subject: Request = { ...request, operation, state: 'done' };
        for (const catalogue of [aCatalogue(), hugeCatalogue()]) {
          expect(wrongWith(confirmationMessage(subject, account, catalogue))).toEqual([]);
        }
      }
    }
  });
});
