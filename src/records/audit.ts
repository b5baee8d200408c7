import { sql } from 'kysely';
import type { SelectQueryBuilder } from 'kysely';

import type { AuditEntry, AuditEvent } from '../domain/audit.ts';
import type { Clock } from '../lib/clock.ts';
import { entryText, findBreak } from './audit-chain.ts';
import type { Link } from './audit-chain.ts';
import { asking } from './database-error.ts';
import type { AuditFilter, AuditLog } from './records.ts';
import { toSafeJson } from './refuse-secrets.ts';
import { auditEntrySchema, parseRow } from './schema.ts';
import type { Database, Tables } from './tables.ts';

const PAGE = 1000;

export function createAuditLog(db: Database, clock: Clock): AuditLog {
  return {
    async append(event) {
      const entry = toEntry(event, clock);
      await asking(() => db.insertInto('audit').values({ entry }).execute());
    },

    async list(filter) {
      const rows = await asking(() => auditQuery(db, filter).execute());
      return rows.map(toAuditEntry);
    },

    async verify() {
      let last: Link | null = null;
      for (;;) {
        const afterSeq: number = last?.seq ?? 0;
        const rows = await asking(() => auditQuery(db, { afterSeq, limit: PAGE }).execute());
        for (const link of rows.map(toLink)) {
          const broken = findBreak(last, link);
          if (broken !== undefined) return broken;
          last = link;
        }
        if (rows.length < PAGE) return undefined;
      }
    },
  };
}

/** @throws ProductError `secret-exposed` */
export function toEntry(event: AuditEvent, clock: Clock): string {
  const safe = JSON.parse(toSafeJson(event, event.subject)) as AuditEvent;
  return entryText(safe, clock.now().toISOString());
}

interface Row {
  readonly seq: string;
  readonly entry: string;
  readonly previous_hash: string;
  readonly hash: string;
}

export function auditQuery(db: Database, filter: AuditFilter) {
  let query: SelectQueryBuilder<Tables, 'audit', Row> = db
    .selectFrom('audit')
    .select(['seq', 'entry', 'previous_hash', 'hash']);
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.subjects !== undefined) {
    query = query.where(sql<boolean>`subject = ANY(${[...filter.subjects]})`);
  }
  if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
  if (filter.person !== undefined) {
    // As a whole JSON string, so that no longer id counts as this one.
    const named = JSON.stringify(filter.person);
    query = query.where(sql<boolean>`position(${named} in entry) > 0`);
  }
  if (filter.actions !== undefined) {
    query = query.where(sql<boolean>`action = ANY(${[...filter.actions]})`);
  }
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('at', '<', filter.until);
  if (filter.afterSeq !== undefined) query = query.where('seq', '>', String(filter.afterSeq));
  return query
    .orderBy('seq', filter.newestFirst === true ? 'desc' : 'asc')
    .limit(filter.limit ?? PAGE);
}

// Read from the hashed text, not from the columns made for searching: what is shown is what holds.
function toAuditEntry(row: Row): AuditEntry {
  const event = parseRow(auditEntrySchema, JSON.parse(row.entry), `audit entry ${row.seq}`);
  return { ...event, ...toLink(row) };
}

function toLink({ seq, entry, previous_hash: previousHash, hash }: Row): Link {
  return { seq: Number(seq), entry, previousHash, hash };
}
