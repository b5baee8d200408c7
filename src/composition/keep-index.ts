import { createHash } from 'node:crypto';

import { z } from 'zod';

import { toProductError } from '../domain/errors.ts';
import { ok, warning } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import type { IndexEntry } from '../domain/page.ts';
import type { Log } from '../lib/log.ts';
import type { Records } from '../records/records.ts';
import type { Ports } from '../steps/ports.ts';
import { readEntries } from './index-entries.ts';

interface IndexDeps {
  readonly records: Records;
  readonly ports: Ports;
  readonly log: Log;
}

const KEY = 'knowledge-index';
const LOOK_EVERY_MS = 60_000;
const RETRY_MS = 10 * 60_000;
// Somebody may have changed or deleted it by hand, so it is looked at even when nothing is new.
const TRUST_MS = 24 * 60 * 60_000;

const stateSchema = z.object({
  /** When the accounts were last compared with it. ISO 8601. */
  checkedAt: z.string(),
  /** What it said when it was last published, and when; null before that. */
  shows: z.string().nullable(),
  publishedAt: z.string().nullable(),
  url: z.string().nullable(),
  /** Why it could not be published; null when it could. */
  problem: z.string().nullable(),
  notBefore: z.string().nullable(),
});

type IndexState = z.output<typeof stateSchema>;

/**
 * Keeps the list of accounts in the knowledge base true. It is there for people only, so whatever
 * goes wrong with it is told by `doctor` and disturbs nothing else.
 */
export function createIndexKeeper({ records, ports, log }: IndexDeps) {
  const now = (): Date => ports.clock.now();
  const state = () => readState(records);

  return {
    /** Writes the index if the accounts are no longer what it shows. One at a time. */
    async keep(): Promise<void> {
      await records.exclusively(KEY, () => compare({ records, ports, log }));
    },

    /** Has nobody looked for a while? */
    async isDue(): Promise<boolean> {
      const known = await state();
      if (known === undefined) return true;
      const next = known.notBefore ?? addMs(known.checkedAt, LOOK_EVERY_MS);
      return Date.parse(next) <= now().getTime();
    },

    async check(): Promise<Finding[]> {
      const known = await state();
      const subject = `${ports.knowledgeName}: index of accounts`;
      if (known?.problem != null) {
        const advice = `Mend what it says. The app tries again by itself within ${RETRY_MS / 60_000} minutes.`;
        return [warning(subject, known.problem, advice)];
      }
      if (known?.publishedAt == null) return [ok(subject, 'It is written with the first account.')];
      return [
        ok(
          subject,
          known.url === null
            ? 'This knowledge base has none; the accounts are listed in Slack.'
            : `Written at ${known.publishedAt}: ${known.url}`,
        ),
      ];
    },
  };
}

async function readState(records: Records): Promise<IndexState | undefined> {
  return stateSchema.safeParse(await records.settings.get(KEY)).data;
}

const NEW = { shows: null, publishedAt: null, url: null, problem: null, notBefore: null };

async function compare({ records, ports, log }: IndexDeps): Promise<void> {
  const now = ports.clock.now();
  const before = (await readState(records)) ?? { ...NEW, checkedAt: now.toISOString() };
  const entries = await readEntries(records, ports);
  const shows = digest(entries);
  const checkedAt = now.toISOString();
  const next = { ...before, checkedAt, problem: null, notBefore: null };
  const isNeedless = entries.length === 0 && before.publishedAt === null;
  if (isNeedless || isCurrent(before, shows, now)) {
    await records.settings.set(KEY, next);
    return;
  }
  try {
    const link = await ports.knowledge.publishIndex({ entries });
    const published = { shows, publishedAt: checkedAt, url: link?.url ?? null };
    await records.settings.set(KEY, { ...next, ...published });
  } catch (thrown) {
    const error = toProductError(thrown, 'index of accounts');
    log.warn({ err: error }, 'The index of accounts could not be written; it is tried again');
    const wait = Math.max(RETRY_MS, error.retryAfterMs ?? 0);
    const notBefore = addMs(checkedAt, wait);
    await records.settings.set(KEY, { ...next, problem: error.message, notBefore });
  }
}

function isCurrent(before: IndexState, shows: string, now: Date): boolean {
  const isTrusted = Date.parse(before.publishedAt ?? '') + TRUST_MS > now.getTime();
  return before.shows === shows && before.problem === null && isTrusted;
}

function digest(entries: readonly IndexEntry[]): string {
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16);
}

function addMs(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
