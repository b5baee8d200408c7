export interface CsvRow {
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

// A quoted cell, where two quotes stand for one, or a bare one; then what ends it.
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/**
 * Rows of a CSV file as RFC 4180 has it; a byte order mark and empty lines are left out.
 * @returns the line of the first cell that cannot be read when it is no CSV
 */
export function readCsv(text: string): { readonly rows: CsvRow[] } | { readonly badLine: number } {
  const source = text.replace(/^\uFEFF/u, '');
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  CELL.lastIndex = 0;
  while (CELL.lastIndex < source.length || cells.length > 0) {
    const found = CELL.exec(source);
    if (found === null) return { badLine: line };
    const [whole, quoted, bare = '', end] = found;
    cells.push(quoted?.replaceAll('""', '"') ?? bare.trim());
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (cells.some((cell) => cell !== '')) rows.push({ line: begun, cells });
    cells = [];
    begun = line;
  }
  return { rows };
}
