import { createHash } from 'node:crypto';

import type { AuditEntry, AuditEvent } from '../domain/audit.ts';

/** What the first entry follows. */
const GENESIS = '0'.repeat(64);

/** The part of an entry that makes the chain. */
export type Link = Pick<AuditEntry, 'seq' | 'entry' | 'previousHash' | 'hash'>;

export interface Broken {
  readonly seq: number;
  readonly why: string;
}

/** How an event (plain JSON by now) is written down: always the same text for the same event. */
export function entryText(event: AuditEvent, at: string): string {
  const { action, actor, subject, details } = event;
  return JSON.stringify({ at, action, actor, subject, details: sorted(details) });
}

/** Undefined when `entry` truly follows `last` (null: is the first of all). */
export function findBreak(last: Link | null, entry: Link): Broken | undefined {
  const expected = (last?.seq ?? 0) + 1;
  if (entry.seq !== expected) {
    return { seq: expected, why: `Entry ${expected} is missing; entry ${entry.seq} follows.` };
  }
  if (entry.previousHash !== (last?.hash ?? GENESIS)) {
    return { seq: entry.seq, why: 'It does not follow the entry before it.' };
  }
  if (entry.hash !== hashOf(entry.previousHash, entry.entry)) {
    return { seq: entry.seq, why: 'Its text is not what was written.' };
  }
  return undefined;
}

function hashOf(previousHash: string, entry: string): string {
  return createHash('sha256')
    .update(previousHash + entry)
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
