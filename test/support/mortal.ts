import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import type { Mailboxes } from '../../src/mailboxes/mailboxes.ts';
import type { Records } from '../../src/records/records.ts';

/** What a process that is no more throws at whatever of it still runs. */
class Died extends Error {
  override readonly name = 'Died';
}

/** Something that a process is about to do to the world outside it. */
export interface Effect {
  /** `GitLab POST /api/v4/groups/41/service_accounts`, `records update`. */
  readonly what: string;
  /** False for a mere look: dying before it leaves the world as dying before the next change. */
  readonly changes: boolean;
  /** Breaks the HTTP request that it is; null when it is none. */
  readonly breakWith: ((broken: Fault) => void) | null;
}

/** Sees every effect before it happens; what it throws happens instead. */
export type Watcher = (effect: Effect) => void;

/** One life of a process: it ends before the change of the world that is one too many. */
export interface Fate {
  readonly watch: Watcher;
  /** After the end there are no answers any more, from anywhere. */
  isOver(): boolean;
  /** What it was about to do when it died; null while it lives. */
  lastWish(): string | null;
}

/** A process that lives for so many changes; for ever, if not told otherwise. */
export function fate(changes = Infinity): Fate {
  let left = changes;
  let lastWish: string | null = null;
  return {
    isOver: () => lastWish !== null,
    lastWish: () => lastWish,
    watch({ what, changes, breakWith }) {
      if (changes && lastWish === null) {
        if (left === 0) lastWish = what;
        left -= 1;
      }
      if (lastWish === null) return;
      if (breakWith === null) throw new Died(lastWish);
      breakWith(fault.drop());
    },
  };
}

/** The records as a process sees them: each write is an effect, and a dead one cannot even read. */
export function watchedRecords(records: Records, watch: Watcher, isOver: () => boolean): Records {
  const write =
    <A extends unknown[], R>(what: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      watch({ what: `records ${what}`, changes: true, breakWith: null });
      return call(...args);
    };
  const read =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (isOver()) throw new Died('reading');
      return call(...args);
    };
  const { audit, messages, deposits } = records;
  return {
    ...records,
    create: write('create', records.create),
    findSubmitted: read(records.findSubmitted),
    find: read(records.find),
    get: read(records.get),
    update: read(async (id: string, change: Parameters<Records['update']>[1]) =>
      records.update(id, (current) => {
        const wanted = change(current);
        if (wanted !== undefined) watch({ what: 'records update', changes: true, breakWith: null });
        return wanted;
      }),
    ),
    list: read(records.list),
    similar: read(records.similar),
    findAccount: read(records.findAccount),
    audit: { ...audit, append: write('audit', audit.append), list: read(audit.list) },
    messages: {
      ...messages,
      find: read(messages.find),
      list: read(messages.list),
      save: write('message', messages.save),
      rendered: write('rendered', messages.rendered),
    },
    deposits: {
      open: write('deposit opened', deposits.open),
      find: read(deposits.find),
      countAttempt: write('deposit attempt', deposits.countAttempt),
      use: write('deposit used', deposits.use),
      release: write('deposit released', deposits.release),
    },
    // Slack's pace is kept in real time, which nobody here has.
    reserveSlot: async (_bucket, _everyMs, _burst, now) => now,
  };
}

/** Mail does not travel by HTTP: a mail that is sent and a mailbox that is read count here. */
export function watchedMailboxes(mailboxes: Mailboxes, watch: Watcher): Mailboxes {
  return {
    ...mailboxes,
    async prove(spec, challenge, answers, keep) {
      watch({ what: 'mail proof', changes: true, breakWith: null });
      return mailboxes.prove(spec, challenge, answers, async (kept) => {
        await keep(kept);
        watch({ what: 'mail', changes: true, breakWith: null });
      });
    },
  };
}
