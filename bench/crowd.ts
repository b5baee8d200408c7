import { CHANNEL } from '../src/sandbox/people.ts';
import { openApp } from './app.ts';
import type { BenchApp } from './app.ts';
import { until } from './measure.ts';
import { pendingRequest } from './orders.ts';
import { inMs } from './report.ts';
import type { Figure } from './report.ts';
import type { Services } from './services.ts';
import { query } from './services.ts';
import { startSlackThread } from './slack-side.ts';

/** The workspace's clock runs this much faster, and our pace with it. */
const SPEED = 10;
const MOST = 1.2;

/**
 * What Slack's limits leave at best: each request needs its card edited once (50 a minute) and, one
 * message a second, its story and its confirmation in the channel's thread.
 */
const UPDATE_MS = 1200;
const POST_MS = 1000;
const POSTS_EACH = 2;

/** Many requests of one channel, approved in the same instant. */
export async function crowd(services: Services, quick: boolean): Promise<Figure> {
  const count = quick ? 40 : 200;
  const slack = await startSlackThread({ rateLimits: 'published', speed: SPEED });
  const place = await slack.place();
  const databaseUrl = await services.database();
  const app = await openApp({
    slack: place,
    databaseUrl,
    redisUrl: services.redisUrl,
    concurrency: 4,
    paceScale: SPEED,
  });
  try {
    const ids = await postCards(app, count);
    const before = await slack.calls(0);
    const start = performance.now();
    await slack.approveAll(app.eventsUrl, ids);
    await until('every card', () => isShown(databaseUrl), 20, 300_000);
    const ms = performance.now() - start;
    const after = await slack.calls(before.total);
    const wrong = await wrongCards(app, ids, await slack.shown(ids));
    const floor = (count * Math.max(UPDATE_MS, POSTS_EACH * POST_MS)) / SPEED;
    const each = (name: string): string => ((after.counts[name] ?? 0) / count).toFixed(2);
    return {
      name: `${count} approved at once in one channel`,
      method: `${count} clicks on ${count} cards in the same instant, until every card, thread and direct message shows the end. Slack's published limits with its clock and our pace ${SPEED} times faster. Floor: for each request one edit of its card (50 a minute) and two messages in the channel (one a second), whichever takes longer.`,
      rows: [
        {
          figure: 'until everything shows the end',
          ours: inMs(ms),
          floor: inMs(floor),
          value: ms / floor,
          unit: '×',
          target: MOST,
          note: `${each('chat.update')} edits and ${each(`chat.postMessage ${CHANNEL.id}`)} messages in the channel each`,
        },
        {
          figure: 'calls beyond Slack’s limits',
          ours: `${after.tooMany}`,
          floor: '0',
          value: after.tooMany,
          unit: 'calls',
          target: 0,
        },
        {
          figure: 'cards that do not end right',
          ours: `${wrong}`,
          floor: '0',
          value: wrong,
          unit: '',
          target: 0,
        },
      ],
    };
  } finally {
    await app.close();
    await slack.close();
  }
}

async function postCards(app: BenchApp, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await pendingRequest(app.records);
    await app.slack.render(id);
    ids.push(id);
  }
  return ids;
}

async function isShown(databaseUrl: string): Promise<boolean> {
  const [row] = await query<{ open: boolean }>(
    databaseUrl,
    "SELECT EXISTS (SELECT 1 FROM request WHERE state <> 'done' OR rendered_version < version) AS open",
  );
  return row?.open === false;
}

async function wrongCards(
  app: BenchApp,
  ids: readonly string[],
  shown: readonly (readonly [card: string, last: string])[],
): Promise<number> {
  const checks = await Promise.all(
    ids.map(async (id, index) => {
      const { state } = await app.records.get(id);
      const [card = '', last = ''] = shown[index] ?? [];
      return state === 'done' && /: Done and verified/u.test(card) && / is done: /u.test(last);
    }),
  );
  return checks.filter((right) => !right).length;
}
