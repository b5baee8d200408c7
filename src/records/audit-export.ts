import type { AuditEntry } from '../domain/audit.ts';
import type { AuditFilter, AuditLog } from './records.ts';

const PAGE = 500;
const COLUMNS = ['seq', 'at', 'action', 'actor', 'subject', 'details', 'hash'] as const;

/** One JSON object per line, with all that `verifyAuditExport` needs. */
export async function* auditAsJsonLines(
  audit: AuditLog,
  filter: AuditFilter = {},
): AsyncGenerator<string> {
  for await (const entry of allEntries(audit, filter)) yield `${JSON.stringify(entry)}\n`;
}

/** For spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula. */
export async function* auditAsCsv(
  audit: AuditLog,
  filter: AuditFilter = {},
): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for await (const entry of allEntries(audit, filter)) {
    const cells = COLUMNS.map((column) =>
      column === 'details' ? JSON.stringify(entry.details) : String(entry[column]),
    );
    yield `${cells.map(toCell).join(',')}\r\n`;
  }
}

async function* allEntries(audit: AuditLog, filter: AuditFilter): AsyncGenerator<AuditEntry> {
  let afterSeq = filter.afterSeq ?? 0;
  let left = filter.limit ?? Infinity;
  while (left > 0) {
    const limit = Math.min(PAGE, left);
    const page = await audit.list({ ...filter, afterSeq, limit });
    yield* page;
    if (page.length < limit) return;
    left -= page.length;
    afterSeq = page.at(-1)?.seq ?? afterSeq;
  }
}

// https://owasp.org/www-community/attacks/CSV_Injection
const FORMULA = /^[=+\-@\t\r]/;

function toCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
