import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import { findBreak } from './audit-chain.ts';
import type { Broken, Link } from './audit-chain.ts';
import { auditEntrySchema } from './schema.ts';

/** `hash` is the last one: keep it apart from the export, and a shortened log will show. */
export interface VerifiedExport {
  readonly entries: number;
  readonly hash: string | null;
  readonly broken: Broken | null;
}

const lineSchema = auditEntrySchema.extend({
  seq: z.number(),
  entry: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});

/** Checks a complete JSON Lines export without the database it came from. */
export async function verifyAuditExport(
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<VerifiedExport> {
  let last: Link | null = null;
  let entries = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const checked = checkLine(line, last, entries + 1);
    if ('why' in checked) return { entries, hash: last?.hash ?? null, broken: checked };
    last = checked;
    entries += 1;
  }
  return { entries, hash: last?.hash ?? null, broken: null };
}

function checkLine(line: string, last: Link | null, seq: number): Link | Broken {
  const found = lineSchema.safeParse(parseJson(line));
  if (!found.success) return { seq, why: 'The line is not an exported audit entry.' };
  const broken = findBreak(last, found.data);
  if (broken !== undefined) return broken;
  const written = auditEntrySchema.safeParse(parseJson(found.data.entry));
  const shown = auditEntrySchema.parse(found.data);
  if (written.success && isDeepStrictEqual(written.data, shown)) return found.data;
  return { seq, why: 'What it shows is not what was written.' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
