import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Product } from '../composition/product.ts';
import type { Member } from '../domain/approval.ts';
import { ProductError, toProductError } from '../domain/errors.ts';
import type { DraftAdoption } from '../requests/validate-adoption.ts';
import { readLines } from './adoption-file.ts';
import type { AdoptionLine } from './adoption-file.ts';
import { memberOf, withProduct } from './dry-run.ts';

/**
 * Asks for the adoption of every account in a CSV file. Every line is looked at first: with one
 * problem anywhere nothing is asked for. Run again, it asks for none a second time.
 */
export async function adoptFrom(
  config: string | undefined,
  csv: string,
  options: { readonly as: string; readonly dryRun?: boolean },
): Promise<void> {
  const text = await read(csv);
  await withProduct(config, async (product) => {
    const by = await memberOf(product, options.as);
    const { lines, problems } = await readLines(text, product.ports);
    const looks = await inTurn(lines, (line) => look(line, by, product));
    const all = [...problems, ...twice(lines), ...looks.flatMap((one) => one.problems)];
    for (const problem of all.toSorted(byLine)) console.log(words(problem));
    if (all.length > 0) {
      console.log(`${count(all.length, 'problem')}; nothing was asked for.`);
      process.exitCode = 1;
      return;
    }
    if (options.dryRun === true) await tellOnly(looks, by, product);
    else await askForAll(lines, by, product);
  });
}

export interface LineProblem {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

interface Look {
  readonly says: string;
  readonly problems: readonly LineProblem[];
}

async function look(
  { line, draft }: AdoptionLine,
  by: Member,
  { requests }: Product,
): Promise<Look> {
  const problem = (field: string, message: string): LineProblem => ({ line, field, message });
  try {
    const { adopted, obstacles } = await requests.lookAtAdoption(wishFor(draft, by));
    switch (adopted.kind) {
      case 'refused':
        return { says: '', problems: [problem('as', `${by.id} may not ask: ${adopted.refusal}.`)] };
      case 'invalid': {
        const errors = Object.entries(adopted.errors);
        return { says: '', problems: errors.map(([field, message]) => problem(field, message)) };
      }
      case 'before':
        return { says: `line ${line}: ${adopted.request.id} is there already`, problems: [] };
      case 'created': {
        const { order, policy } = adopted.request;
        const decided = policy.autoApproved
          ? `the rule "${policy.rule}" approves it at once`
          : `the rule "${policy.rule}" asks for ${count(policy.needed, 'approval')}`;
        const found = obstacles.map((sentence) => problem('account', sentence));
        return {
          says: `line ${line}: ${order.address} would be adopted; ${decided}`,
          problems: found,
        };
      }
    }
  } catch (error) {
    return { says: '', problems: [problem('account', toProductError(error, 'adopt').message)] };
  }
}

async function tellOnly(looks: readonly Look[], by: Member, { records }: Product): Promise<void> {
  for (const { says } of looks) console.log(says);
  console.log('Nothing was changed, and nothing was asked for.');
  await records.audit.append({
    action: 'dry-run',
    actor: by.id,
    subject: 'none',
    details: { operation: 'adopt', accounts: looks.length },
  });
}

async function askForAll(
  lines: readonly AdoptionLine[],
  by: Member,
  { requests }: Product,
): Promise<void> {
  for (const { line, draft } of lines) {
    const adopted = await requests.adopt(wishFor(draft, by));
    if (adopted.kind === 'created') {
      console.log(`line ${line}: ${adopted.request.id} ${adopted.request.order.address}`);
      continue;
    }
    // It was fine a moment ago: somebody else has asked for the same meanwhile.
    console.log(words({ line, field: 'account', message: 'It can no longer be asked for.' }));
    process.exitCode = 1;
  }
}

/** The same account is the same wish, so that a file can be sent again after a crash. */
function wishFor(draft: DraftAdoption, by: Member) {
  const about = JSON.stringify([draft.kind, draft.connection, draft.login, draft.address]);
  const key = createHash('sha256').update(about.toLowerCase()).digest('base64url');
  return { by, draft, dedupeKey: `adopt ${key}` };
}

/** What only shows when the lines are seen together. */
function twice(lines: readonly AdoptionLine[]): LineProblem[] {
  const seen = new Map<string, number>();
  return lines.flatMap(({ line, draft }) =>
    keysOf(draft).flatMap(({ field, key }) => {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, line);
      return first === undefined ? [] : [{ line, field, message: `It is on line ${first}, too.` }];
    }),
  );
}

function keysOf({ address, connection = '', login }: DraftAdoption) {
  const byAddress = { field: 'address', key: `address ${address.toLowerCase()}` };
  if (login === '') return [byAddress];
  return [byAddress, { field: 'login', key: `login ${connection} ${login.toLowerCase()}` }];
}

async function inTurn<T, U>(all: readonly T[], work: (one: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const one of all) results.push(await work(one));
  return results;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const message = `The file ${file} cannot be read. Give the path of a CSV file.`;
    throw new ProductError('not-found', { subject: file, message, cause: error });
  }
}

function byLine(one: LineProblem, other: LineProblem): number {
  return one.line - other.line;
}

function words({ line, field, message }: LineProblem): string {
  return `line ${line}, ${COLUMN[field] ?? field}: ${message}`;
}

/** As the column is called in the file. */
const COLUMN: Readonly<Record<string, string>> = {
  storedAs: 'stored_as',
  secondOwner: 'second_owner',
  rotationDays: 'rotation_days',
  secretName: 'secret_name',
};

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
