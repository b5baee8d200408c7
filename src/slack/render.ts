import type { AuditEntry } from '../domain/audit.ts';
import { hasCode, ProductError } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import { note } from './blocks.ts';
import { CARD, cardOf } from './card.ts';
import type { RoomDeps } from './deps.ts';
import { refreshHomesOf } from './home.ts';
import type { Place } from './messenger.ts';
import { showMessage } from './post-once.ts';
import { endStepOf } from './workflow-step.ts';
import { renderDirectMessages } from './render-direct.ts';
import { renderOutcome } from './render-outcome.ts';
import { renderTasks } from './render-tasks.ts';
import { threadLine } from './sentences.ts';
import { join, joinUpTo, say } from './text.ts';

/** How a render ended, in the queue's words. */
type RenderResult =
  | { readonly kind: 'idle' }
  /** Put the job back for this long. */
  | { readonly kind: 'again'; readonly afterMs: number };

export interface Renderer {
  /** Brings the Slack messages of a request up to the records; safe to run at any time. */
  render(requestId: string): Promise<RenderResult>;
}

const BUSY_MS = 1000;
const AWAY_MS = 3000;
const DEFAULT_WAIT_MS = 30_000;
const MOST_ROUNDS = 3;

export function createRenderer(deps: RoomDeps): Renderer {
  async function rounds(requestId: string): Promise<RenderResult> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const request = await deps.records.find(requestId);
      if (request === undefined) return { kind: 'idle' };
      const entries = await allEntries(requestId, deps);
      await renderRequest(request, entries, deps);
      const after = await deps.records.find(requestId);
      if (after === undefined || after.version === request.version) {
        await deps.records.messages.rendered(requestId, request.version);
        return { kind: 'idle' };
      }
      // A click may have drawn a newer card before ours arrived: draw it again, whatever it shows.
      await forgetCard(requestId, deps);
    }
    return { kind: 'again', afterMs: BUSY_MS };
  }

  return {
    async render(requestId) {
      try {
        const result = await deps.records.exclusively(`render ${requestId}`, () =>
          rounds(requestId),
        );
        return result ?? { kind: 'again', afterMs: BUSY_MS };
      } catch (error) {
        if (hasCode(error, 'rate-limited')) {
          return { kind: 'again', afterMs: error.retryAfterMs ?? DEFAULT_WAIT_MS };
        }
        // People look at the card meanwhile, so it is not left to the queue's long wait.
        if (!hasCode(error, 'timeout', 'unreachable', 'unavailable')) throw error;
        deps.log.warn({ requestId, err: error }, 'Slack is away; a request is drawn again soon');
        return { kind: 'again', afterMs: AWAY_MS };
      }
    },
  };
}

/**
 * One request's messages: its card, the story in the thread, tasks, outcome and direct messages.
 * @throws ProductError when Slack refused or could not be reached; what was shown stays recorded
 */
async function renderRequest(
  request: Request,
  entries: readonly AuditEntry[],
  deps: RoomDeps,
): Promise<void> {
  let problem: unknown;
  let card: Place | null = null;
  try {
    card = await renderChannel(request, entries, deps);
  } catch (error) {
    if (hasCode(error, 'rate-limited')) throw error;
    problem = error;
  }
  // A channel that cannot be written to is no reason to leave people in the dark.
  await renderDirectMessages(request, card, deps);
  await endStepOf(request, deps);
  await refreshHomesOf(request, deps);
  if (problem !== undefined) throw problem;
}

async function renderChannel(
  request: Request,
  entries: readonly AuditEntry[],
  deps: RoomDeps,
): Promise<Place> {
  const card = await showMessage(
    {
      requestId: request.id,
      key: CARD,
      channel: channelOf(deps),
      thread: null,
      message: await cardOf(request, deps),
      once: false,
    },
    deps,
  );
  await renderStory(request, entries, card, deps);
  await renderTasks(request, card, deps);
  await renderOutcome(request, card, deps);
  return card;
}

/** @throws ProductError `invalid-config` while nobody has chosen a channel */
export function channelOf({ settings }: RoomDeps): string {
  const channel = settings.channel();
  if (channel !== null) return channel;
  throw new ProductError('invalid-config', {
    subject: 'Slack',
    message: 'No channel for requests is chosen yet. An admin can do that with “settings”.',
  });
}

const THREAD = 'thread';

/**
 * What happened since the last line; several events make one message. A line that a crash may have
 * cut short is told first, in the same words, so that it can be found instead of told twice.
 */
async function renderStory(
  request: Request,
  entries: readonly AuditEntry[],
  card: Place,
  deps: RoomDeps,
): Promise<void> {
  const told = await deps.records.messages.find(request.id, THREAD);
  const last = told === undefined ? 0 : Number(told.shows);
  const begun = await lineBegun(request.id, last, deps);
  const news = entries.filter(({ seq }) => seq > last);
  for (const part of [
    news.filter(({ seq }) => seq <= begun),
    news.filter(({ seq }) => seq > begun),
  ]) {
    await tell(request, part, card, deps);
  }
}

/** Up to which event a line was begun that is not known to be there; 0 when there is none. */
async function lineBegun(requestId: string, last: number, deps: RoomDeps): Promise<number> {
  const posted = await deps.records.messages.list(requestId);
  const begun = posted
    .filter(({ key }) => key.startsWith(`${THREAD}:`))
    .map(({ key }) => seqOf(key));
  return Math.max(0, ...begun.filter((seq) => seq > last));
}

function seqOf(key: string): number {
  return Number(key.slice(THREAD.length + 1));
}

async function tell(
  request: Request,
  news: readonly AuditEntry[],
  card: Place,
  deps: RoomDeps,
): Promise<void> {
  const title = (step: string) => deps.catalogue.stepTitle(request, step);
  const lines = news.flatMap((entry) => threadLine(entry, request, title) ?? []);
  const newest = news.at(-1);
  if (lines.length === 0 || newest === undefined) return;
  const text = lines.length === 1 ? join(lines) : say`${joinUpTo(lines, 2900)}`;
  const place = await showMessage(
    {
      requestId: request.id,
      key: `${THREAD}:${newest.seq}`,
      channel: card.channel,
      thread: card.ts,
      message: note(text),
      once: true,
    },
    deps,
  );
  await deps.records.messages.save({
    requestId: request.id,
    key: THREAD,
    ...place,
    shows: String(newest.seq),
    at: deps.clock.now().toISOString(),
  });
}

const PAGE = 500;

async function allEntries(requestId: string, deps: RoomDeps): Promise<AuditEntry[]> {
  const told = await deps.records.messages.find(requestId, THREAD);
  const afterSeq = told === undefined ? 0 : Number(told.shows);
  return deps.records.audit.list({ subject: requestId, afterSeq, limit: PAGE });
}

async function forgetCard(requestId: string, deps: RoomDeps): Promise<void> {
  const card = await deps.records.messages.find(requestId, CARD);
  if (card !== undefined) await deps.records.messages.save({ ...card, shows: 'unknown' });
}
