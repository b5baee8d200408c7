import type { Account } from '../../src/domain/account.ts';
import type { Order, Request, StepRecord } from '../../src/domain/request.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Catalogue } from '../../src/slack/catalogue.ts';
import { lintBlocks } from '../../src/slack/lint-blocks.ts';
import {
  aCatalogue,
  aFlowUser,
  anAccount,
  anAutomation,
  anIntegration,
  aRequest,
  aTask,
  longText,
  NOW,
} from './builders.ts';

export const LONG = longText(5000);
export const URL_LONG = `https://vault.example/${'a'.repeat(1900)}`;

/** A catalogue whose every word is as long and as hostile as can be. */
export function hugeCatalogue(change: Partial<Catalogue> = {}): Catalogue {
  const words = { label: LONG, hint: LONG };
  return aCatalogue({
    connections: Array.from({ length: 150 }, (_, index) => ({
      id: `connection-${index}`,
      name: `${index} ${LONG}`,
      vendorName: LONG,
      accessWords: { owner: words, contributor: words },
      scopeWord: LONG,
      services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
      git: true,
    })),
    automations: Array.from({ length: 150 }, (_, index) => ({
      id: `automation-${index}`,
      name: LONG,
      targetHint: LONG,
    })),
    address: (localPart) => `${localPart}@${'x'.repeat(200)}.example`,
    profile: () => ({
      role: LONG,
      tokenScopes: Array.from({ length: 60 }, () => LONG),
      means: Array.from({ length: 30 }, () => LONG),
      notes: Array.from({ length: 30 }, () => LONG),
    }),
    stepTitle: () => LONG,
    storeName: LONG,
    storeWarning: LONG,
    knowledgeName: LONG,
    flowObjects: Array.from({ length: 40 }, (_, index) => `object_${index}`),
    rotationDays: Array.from({ length: 30 }, (_, index) => index + 1),
    ...change,
  });
}

export function hugeOrders(): Order[] {
  const long = {
    localPart: 'a'.repeat(40),
    address: `${'a'.repeat(250)}@x.example`,
    purpose: LONG,
  };
  const scope = Array.from({ length: 100 }, (_, index) => ({
    id: `${index}`,
    name: LONG,
    kind: LONG,
  }));
  return [
    anIntegration({ ...long, scope, connection: LONG }),
    anAutomation({ ...long, scope, process: LONG, target: LONG, secretName: LONG }),
    aFlowUser({ ...long, permissions: Array.from({ length: 40 }, () => LONG) }),
  ];
}

export function hugeRequest(order: Order, change: Partial<Request> = {}): Request {
  const people = Array.from({ length: 60 }, (_, index) => `U0PERSON${index}`);
  const base = aRequest({ order });
  return {
    ...base,
    policy: {
      ...base.policy,
      rule: LONG,
      needed: 10,
      approvers: { users: people, groups: ['S0GROUP'] },
    },
    decisions: people.slice(0, 9).map((by) => ({ by, verdict: 'approve', reason: null, at: NOW })),
    steps: base.steps.map((step): StepRecord => ({ ...step, state: 'human', task: hugeTask() })),
    failure: { step: 'credential', code: 'unavailable', message: LONG, at: NOW },
    ...change,
  };
}

/** As much as an account can hold, and more than a vendor would say. */
export function hugeAccount(change: Partial<Account> = {}): Account {
  const account = anAccount();
  const answer = { by: 'U0OWNER', answer: 'keep' as const, at: NOW };
  return {
    ...account,
    connection: LONG,
    address: `${'a'.repeat(250)}@x.example`,
    login: LONG,
    purpose: LONG,
    secondOwner: 'U0SECOND',
    secret: { store: LONG, name: LONG, version: LONG, url: URL_LONG },
    page: { id: '9', url: URL_LONG },
    verification: {
      ...account.verification,
      role: LONG,
      scopes: Array.from({ length: 60 }, () => LONG),
      sees: { count: 1e9, noun: LONG, sample: Array.from({ length: 20 }, () => LONG) },
      isNot: Array.from({ length: 20 }, () => LONG),
    },
    care: {
      ...account.care,
      health: {
        state: 'drifted',
        since: NOW,
        checkedAt: NOW,
        says: Array.from({ length: 30 }, () => LONG),
      },
      review: { ...account.care.review, dueAt: NOW, answers: [answer, answer] },
    },
    ...change,
  };
}

export function hugeTask() {
  return aTask({
    title: LONG,
    instructions: Array.from({ length: 30 }, () => LONG),
    links: Array.from({ length: 10 }, () => ({ label: LONG, url: URL_LONG })),
    warnings: Array.from({ length: 10 }, () => LONG),
    fields: Array.from({ length: 8 }, (_, index) => ({
      id: `field-${index}`,
      label: LONG,
      hint: LONG,
      example: LONG,
    })),
    deposit: { label: LONG, secretName: 'flow-sa-7k3f9q-token' },
    finding: LONG,
    pollMs: null,
  });
}

// Slack publishes no limit for all blocks together; it has refused messages from 13,200 on.
const LARGEST = 13_000;

/** What Slack would refuse or misread; empty when all is well. */
export function wrongWith(message: Message): string[] {
  const size = JSON.stringify(message.blocks).length;
  return [
    ...lintBlocks('message', message),
    ...(size > LARGEST ? [`${size} characters are too many`] : []),
    ...harmIn(message),
  ];
}

/** Markup of a hostile text that survives where Slack reads markup. */
export function harmIn(payload: unknown): string[] {
  const marked: string[] = [];
  collectMarked(payload, marked);
  return marked.filter((text) => /<!channel|<@U0EVIL|<https:\/\/evil/.test(text));
}

function collectMarked(value: unknown, into: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  const { type, text } = value as { type?: unknown; text?: unknown };
  if (type !== 'plain_text' && typeof text === 'string') into.push(text);
  for (const part of Object.values(value)) collectMarked(part, into);
}
