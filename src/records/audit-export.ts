import type { AuditEntry } from '../domain/audit.ts';
import { csvLine } from '../lib/csv.ts';
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

/** For spreadsheets. */
export async function* auditAsCsv(
  audit: AuditLog,
  filter: AuditFilter = {},
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const entry of allEntries(audit, filter)) {
    const cells = COLUMNS.map((column) =>
      column === 'details' ? JSON.stringify(entry.details) : String(entry[column]),
    );
    yield csvLine(cells);
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
