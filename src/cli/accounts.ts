import { z } from 'zod';

import { HEALTH_STATES } from '../domain/account.ts';
import type { Account } from '../domain/account.ts';
import { counted } from '../domain/counted.ts';
import { ProductError } from '../domain/errors.ts';
import { parseRequestId } from '../domain/naming.ts';
import { KINDS } from '../domain/request.ts';
import { csvLine } from '../lib/csv.ts';
import type { AccountFilter, Records } from '../records/records.ts';
import { requireConfig, withRecords } from './open.ts';
import { print } from './print.ts';

/** The filters as they were typed. */
export interface AccountOptions {
  readonly state?: string;
  readonly kind?: string;
  readonly connection?: string;
  readonly owner?: string;
  readonly health?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export const accounts = {
  /** A line for each account, newest first. */
  async list(file: string | undefined, options: AccountOptions): Promise<void> {
    const write = options.json === true ? jsonLine : textLine;
    await stream(file, options, options.csv === true ? csvFormat : { head: '', line: write });
  },

  /** The same for files: JSON lines, or CSV with a head. */
  async export(file: string | undefined, options: AccountOptions): Promise<void> {
    const format = options.csv === true ? csvFormat : { head: '', line: jsonLine };
    await stream(file, options, format);
  },

  async show(file: string | undefined, typed: string, options: AccountOptions): Promise<void> {
    const id = parseRequestId(typed);
    if (id === undefined) throw invalid('id', typed, 'They look like SA-7K3F9Q.');
    const { account, requests } = await withRecords(requireConfig(file), async (records) => ({
      account: await records.findAccount(id),
      requests: await records.list({ account: id }),
    }));
    if (account === undefined) {
      const message = `There is no service account ${id}. "accounts list" shows all.`;
      throw new ProductError('not-found', { subject: id, message });
    }
    if (options.json === true) {
      console.log(JSON.stringify(account, null, 2));
      return;
    }
    for (const [label, value] of facts(account)) console.log(`${label.padEnd(16)} ${value}`);
    for (const { id: request, operation, state, createdAt } of requests) {
      console.log(`  ${request}  ${operation.kind.padEnd(8)} ${state.padEnd(12)} ${createdAt}`);
    }
  },
};

interface Format {
  readonly head: string;
  line(account: Account): string;
}

async function stream(
  file: string | undefined,
  options: AccountOptions,
  format: Format,
): Promise<void> {
  const filter = readFilter(options);
  await withRecords(requireConfig(file), (records) => print(lines(records, filter, format)));
}

const PAGE = 500;

/** Page by page, so that it does not matter how many there are. */
async function* lines(
  records: Pick<Records, 'listAccounts'>,
  filter: AccountFilter,
  { head, line }: Format,
): AsyncGenerator<string> {
  if (head !== '') yield head;
  let before: string | undefined;
  for (;;) {
    const page = await records.listAccounts({
      ...filter,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    yield page.map((account) => line(account)).join('');
    before = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

const person = z.string().regex(/^[UW][A-Z0-9]{2,}$/);

function readFilter({ state, kind, connection, owner, health }: AccountOptions): AccountFilter {
  return {
    ...(state === undefined ? {} : { state: oneOf('state', ['active', 'closed'], state) }),
    ...(kind === undefined ? {} : { kind: oneOf('kind', KINDS, kind) }),
    ...(health === undefined ? {} : { health: oneOf('health', HEALTH_STATES, health) }),
    ...(connection === undefined ? {} : { connection }),
    ...(owner === undefined ? {} : { person: readOwner(owner) }),
  };
}

function readOwner(text: string): string {
  if (person.safeParse(text).success) return text;
  throw invalid('owner', text, 'Use a Slack member id, for example U0123456789.');
}

function oneOf<T extends string>(subject: string, known: readonly T[], text: string): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw invalid(subject, text, `Use one of ${known.join(', ')}.`);
}

function invalid(subject: string, text: string, advice: string): ProductError {
  const message = `"${text}" is no ${subject} of a service account. ${advice}`;
  return new ProductError('invalid-input', { subject, message });
}

function jsonLine(account: Account): string {
  return `${JSON.stringify(account)}\n`;
}

function textLine({ id, state, kind, address, owner, care, rotateAt }: Account): string {
  const health = state === 'closed' ? 'closed' : care.health.state;
  const day = rotateAt.slice(0, 10);
  return `${[id, health.padEnd(8), kind.padEnd(11), address, `owner ${owner}`, `renewal ${day}`].join('  ')}\n`;
}

const COLUMNS: Readonly<Record<string, (account: Account) => string | number | null>> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  kind: ({ kind }) => kind,
  connection: ({ connection }) => connection,
  address: ({ address }) => address,
  login: ({ login }) => login,
  owner: ({ owner }) => owner,
  second_owner: ({ secondOwner }) => secondOwner,
  purpose: ({ purpose }) => purpose,
  role: ({ verification }) => verification.role,
  scopes: ({ verification }) => verification.scopes.join(' '),
  health: ({ care }) => care.health.state,
  health_since: ({ care }) => care.health.since,
  checked_at: ({ care }) => care.health.checkedAt,
  generation: ({ generation }) => generation,
  created_at: ({ createdAt }) => createdAt,
  verified_at: ({ verification }) => verification.at,
  rotate_at: ({ rotateAt }) => rotateAt,
  expires_at: ({ verification }) => verification.expiresAt,
  review_at: ({ care }) => care.review.dueAt,
  secret: ({ secret }) => `${secret.store}: ${secret.name}`,
  page: ({ page }) => page.url,
};

const csvFormat: Format = {
  head: csvLine(Object.keys(COLUMNS)),
  line: (account) => csvLine(Object.values(COLUMNS).map((column) => column(account))),
};

function facts(account: Account): readonly (readonly [string, string])[] {
  const { verification, care, secret, page, secondOwner } = account;
  const { health } = care;
  return [
    ['account', `${account.id}, ${account.state}`],
    ['address', account.address],
    ['login', account.login],
    ['kind', account.kind],
    ['connection', account.connection ?? 'Flow'],
    ['purpose', account.purpose.replaceAll(/\s+/g, ' ')],
    ['owner', secondOwner === null ? account.owner : `${account.owner}, then ${secondOwner}`],
    ['role', verification.role],
    ['scopes', verification.scopes.join(', ')],
    ['sees', counted(verification.sees.count, verification.sees.noun)],
    ['health', `${health.state} since ${health.since}`],
    ...health.says.map((sentence) => ['', sentence] as const),
    ['credential', `number ${account.generation}, ${secret.store}: ${secret.name}`],
    ['verified', verification.at],
    ['next renewal', account.rotateAt],
    ['expires', verification.expiresAt ?? 'never'],
    ['next review', care.review.dueAt ?? 'none'],
    ['page', page.url],
    ['requests', ''],
  ];
}
