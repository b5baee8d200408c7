import { ProductError } from '../domain/errors.ts';
import { readCsv } from '../lib/read-csv.ts';
import type { CsvRow } from '../lib/read-csv.ts';
import type { DraftAdoption } from '../requests/validate-adoption.ts';
import type { Ports } from '../steps/ports.ts';
import type { LineProblem } from './adopt.ts';

export interface AdoptionLine {
  readonly line: number;
  readonly draft: DraftAdoption;
}

const NEEDED = ['kind', 'address', 'purpose', 'owner', 'rotation_days'] as const;
const OPTIONAL = [
  'connection',
  'login',
  'second_owner',
  'access',
  'scope',
  'services',
  'stored_as',
  'process',
  'automation',
  'target',
  'secret_name',
  'role',
  'permissions',
] as const;
type Column = (typeof NEEDED)[number] | (typeof OPTIONAL)[number];
const COLUMNS: readonly string[] = [...NEEDED, ...OPTIONAL];
const MOST_LINES = 1000;

/**
 * The accounts that a CSV file names. Lists have their items separated by semicolons; a place is
 * named as the vendor shows it, with its kind before it where two have the same name.
 * @throws ProductError `invalid-input` when it is no such file
 */
export async function readLines(
  text: string,
  ports: Ports,
): Promise<{ readonly lines: AdoptionLine[]; readonly problems: LineProblem[] }> {
  const rows = rowsOf(text);
  const head = headOf(rows[0]);
  const lines: AdoptionLine[] = [];
  const problems: LineProblem[] = [];
  for (const { line, cells } of rows.slice(1)) {
    const cell = (column: Column): string => (cells[head.indexOf(column)] ?? '').trim();
    if (cells.length > head.length) {
      problems.push({ line, field: 'columns', message: 'It has more cells than the first line.' });
    }
    const scope = await scopeOf(cell('scope'), cell('connection'), ports);
    problems.push(...scope.unknown.map((message) => ({ line, field: 'scope', message })));
    // Its missing places have been told; the other fields are still worth looking at.
    lines.push({ line, draft: draftOf(cell, scope.unknown.length > 0 ? ['-|-|-'] : scope.values) });
  }
  return { lines, problems };
}

function rowsOf(text: string): readonly CsvRow[] {
  const read = readCsv(text);
  if ('badLine' in read) {
    throw invalid(`Line ${read.badLine} is no CSV. A cell with quotes is written "like ""this""".`);
  }
  if (read.rows.length < 2)
    throw invalid(`It has no accounts. Its first line is: ${NEEDED.join(',')},…`);
  if (read.rows.length > MOST_LINES + 1) {
    throw invalid(`It has more than ${MOST_LINES} accounts. Split it into several files.`);
  }
  return read.rows;
}

function headOf(row: CsvRow | undefined): string[] {
  const head = (row?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const missing = NEEDED.filter((column) => !head.includes(column));
  const unknown = head.filter((column) => !COLUMNS.includes(column));
  const doubled = head.filter((column, index) => head.indexOf(column) !== index);
  const faults = [
    ...missing.map((column) => `${column} is missing`),
    ...unknown.map((column) => `"${column}" is unknown`),
    ...doubled.map((column) => `${column} is there twice`),
  ];
  if (faults.length === 0) return head;
  throw invalid(`Its first line: ${faults.join(', ')}. The columns are ${COLUMNS.join(',')}.`);
}

function draftOf(cell: (column: Column) => string, scope: readonly string[]): DraftAdoption {
  return {
    kind: cell('kind'),
    address: cell('address'),
    login: cell('login'),
    storedAs: cell('stored_as'),
    purpose: cell('purpose'),
    owner: cell('owner'),
    secondOwner: cell('second_owner'),
    rotationDays: cell('rotation_days'),
    connection: cell('connection'),
    access: cell('access'),
    scope,
    services: list(cell('services')),
    process: cell('process'),
    automation: cell('automation'),
    target: cell('target'),
    secretName: cell('secret_name'),
    role: cell('role'),
    permissions: list(cell('permissions')),
  };
}

async function scopeOf(text: string, connection: string, { connections }: Ports) {
  const vendor = connections.get(connection)?.vendor;
  const values: string[] = [];
  const unknown: string[] = [];
  for (const wanted of vendor === undefined ? [] : list(text)) {
    const items = await vendor?.searchScopes(wanted.replace(/^[a-z-]+:/u, ''));
    const same = (items ?? []).filter(({ kind, name }) =>
      [name, `${kind}:${name}`].some((one) => isSame(one, wanted)),
    );
    const [first] = same;
    if (first !== undefined && same.length === 1)
      values.push(`${first.kind}|${first.id}|${first.name}`);
    else if (first === undefined) unknown.push(`${connection} shows no "${wanted}".`);
    else
      unknown.push(
        `"${wanted}" is several; write ${same.map(({ kind, name }) => `${kind}:${name}`).join(' or ')}.`,
      );
  }
  return { values, unknown };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function list(text: string): string[] {
  return text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function invalid(message: string): ProductError {
  return new ProductError('invalid-input', { subject: 'file', message });
}
