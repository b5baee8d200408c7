import { expect } from 'vitest';

import type { Account } from '../../src/domain/account.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { counted } from '../../src/domain/counted.ts';
import { marker } from '../../src/domain/naming.ts';
import { planOf } from '../../src/domain/plan.ts';
import type { Request } from '../../src/domain/request.ts';
import { CHANNEL } from '../../src/sandbox/people.ts';
import type { FormOrder } from '../support/fill-order.ts';
import type { Journey } from '../support/journey.ts';

/** A request that ended well, as its people and its records see it. */
export interface VerifiedEnd {
  readonly request: Request;
  readonly account: Account;
  /** The card and its thread. */
  readonly thread: string;
  readonly story: readonly AuditEntry[];
}

/** Command, form, approval and every task, to the confirmation; fails unless it is verified. */
export async function playToTheEnd(journey: Journey, order: FormOrder): Promise<VerifiedEnd> {
  const asked = await journey.ask(order);
  await journey.approve(asked);
  const request = await journey.finish(asked);
  expect(request.failure).toBeNull();
  expect(request.state).toBe('done');
  const thread = await journey.read(request, 'your account is ready');
  const account = await journey.product.records.findAccount(request.id);
  if (account === undefined) throw new Error(`${request.id} is done and has no account.`);
  const story = await journey.product.records.audit.list({ subject: request.id });
  return { request, account, thread, story };
}

/** What every confirmation owes: the account, its reach, its owners, its next renewal. */
export function expectConfirmation(journey: Journey, end: VerifiedEnd): void {
  const { thread, account } = end;
  const { verification, owner, rotateAt, address } = account;
  const { count, noun } = verification.sees;
  const confirmation = thread.split('\n---\n').find((text) => text.includes('account is ready'));
  expect(confirmation).toContain(`sees ${counted(count, noun)}`);
  expect(confirmation).toContain(address);
  expect(confirmation).toContain(`Role: ${verification.role}`);
  expect(confirmation).toContain(account.secret.name);
  expect(confirmation).toContain(`owner @${owner}`);
  expect(confirmation).toContain(`next renewal ${rotateAt.slice(0, 10)}`);
  expect(count).toBeGreaterThan(0);
  const links = linksOfConfirmation(journey, end);
  expect(links).toContain(account.page.url);
  if (account.secret.url !== '') expect(links).toContain(account.secret.url);
}

/** Where the confirmation leads to, as a browser would be sent there. */
function linksOfConfirmation(journey: Journey, { request }: VerifiedEnd): string[] {
  const said = journey.sandbox.slack
    .thread(CHANNEL.id, journey.card(request)?.ts ?? '')
    .map(({ blocks }) => JSON.stringify(blocks))
    .find((blocks) => blocks.includes('account is ready'));
  return [...(said ?? '').matchAll(/<(https?:[^|>]+)\|/g)].map(([, url = '']) =>
    url.replaceAll('&amp;', '&'),
  );
}

/** Requested, approved, every step once and in order, completed; and the chain is whole. */
export async function expectWholeStory(journey: Journey, end: VerifiedEnd): Promise<void> {
  const { story, request } = end;
  const actions = story.map(({ action }) => action);
  const steps = story.flatMap(({ action, details }) =>
    action === 'step-done' ? [details['step']] : [],
  );
  const opened = story.filter(({ action }) => action === 'task-opened').length;
  const answered = story.filter(({ action }) =>
    ['task-answered', 'credential-deposited'].includes(action),
  ).length;
  expect(actions.slice(0, 3)).toEqual(['requested', 'approved', 'started']);
  expect(steps).toEqual(planOf(request.order.kind));
  expect(actions.at(-1)).toBe('completed');
  expect(actions.filter((action) => action === 'step-failed')).toEqual([]);
  expect(answered).toBe(opened);
  expect(await journey.product.records.audit.verify()).toBeUndefined();
}

/** One card in the channel, and one message of each key in the records. */
export function expectOneCard(journey: Journey, { request }: VerifiedEnd): void {
  const cards = journey.sandbox.slack
    .messages(CHANNEL.id)
    .filter(({ blocks }) => JSON.stringify(blocks).includes(request.id));
  expect(cards).toHaveLength(1);
}

const INDEX_TITLE = 'Flow service accounts';

/** The only page of this account in Confluence (the index names it too), as an administrator sees it. */
export function pageInConfluence(journey: Journey, { request }: VerifiedEnd): string {
  const pages = journey.sandbox.outside.confluence
    .pages()
    .filter(({ title, body }) => `${title} ${body}`.includes(request.id))
    .filter(({ title }) => title !== INDEX_TITLE);
  expect(pages).toHaveLength(1);
  expect(journey.sandbox.outside.confluence.exposures()).toEqual([]);
  return pages[0]?.body ?? '';
}

/** Names of this request's secrets in Vault; each has exactly one version. */
export function secretsInVault(journey: Journey, { request }: VerifiedEnd): string[] {
  const own = journey.sandbox.outside.vault
    .secretsMeta()
    .filter(({ name }) => name.startsWith(marker(request.id)));
  expect(own.every(({ version, deleted }) => version === 1 && !deleted)).toBe(true);
  expect(own.every(({ labels }) => labels?.['marker'] === marker(request.id))).toBe(true);
  return own.map(({ name }) => name.replace(`${marker(request.id)}-`, ''));
}
