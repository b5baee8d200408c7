import { WebClient } from '@slack/web-api';

import type { Request } from '../src/domain/request.ts';
import { CHANNEL } from '../src/sandbox/people.ts';
import { NO_LIMITS, openApp } from './app.ts';
import type { BenchApp } from './app.ts';
import { interleaved, median, pause, timed } from './measure.ts';
import { FORM_ORDER, pendingRequest } from './orders.ts';
import { inMs } from './report.ts';
import type { Figure, Row } from './report.ts';
import type { Services } from './services.ts';
import { startSlackThread } from './slack-side.ts';
import type { SlackThreadCalls } from './slack-side.ts';

const DELAYS_MS = [0, 80, 250];

type Times = Record<'call' | 'modal' | 'card' | 'gone', number[]>;

/** What a person waits for, with Slack answering at once, after 80 ms and after 250 ms. */
export async function interaction(services: Services, quick: boolean): Promise<Figure> {
  const slack = await startSlackThread();
  const place = await slack.place();
  const app = await openApp({
    slack: place,
    databaseUrl: await services.database(),
    redisUrl: services.redisUrl,
    concurrency: 4,
    paceScale: NO_LIMITS,
  });
  const client = new WebClient(place.botToken, { slackApiUrl: place.slackApiUrl });
  try {
    await slack.fillForm(app.eventsUrl, FORM_ORDER);
    const { ts } = await client.chat.postMessage({ channel: CHANNEL.id, text: 'A message.' });
    const bareCall = () => client.chat.update({ channel: CHANNEL.id, ts: ts!, text: 'Edited.' });
    const byDelay = new Map<number, Times>();
    for (const delayMs of DELAYS_MS) {
      const rounds = delayMs === 0 ? (quick ? 8 : 40) : quick ? 4 : 12;
      const cards = await postCards(app, slack, rounds + 1);
      await slack.setDelay(delayMs);
      byDelay.set(
        delayMs,
        await interleaved(rounds, {
          call: () => timed(bareCall),
          modal: () => slack.openModal(app.eventsUrl),
          card: () => slack.submitToCard(app.eventsUrl),
          gone: async () => {
            const ms = await slack.clickToGone(app.eventsUrl, cards.pop()!.id);
            await pause(4 * delayMs + 100);
            await slack.settle();
            return ms;
          },
        }),
      );
    }
    return {
      name: 'What a person waits for',
      method:
        'From sending Slack’s request to the moment the workspace shows the effect, medians. Floor: one bare chat.update by the same client to the same workspace. Calls in sequence: how much longer it takes when each call takes 250 ms, divided by 250 ms.',
      rows: [
        ...extraRows('command → modal', byDelay, 'modal', 10),
        callsRow('command → modal', byDelay, 'modal', 1),
        ...extraRows('submit → card', byDelay, 'card', null),
        callsRow('submit → card', byDelay, 'card', 2),
        ...extraRows('click → buttons gone', byDelay, 'gone', 15),
        callsRow('click → buttons gone', byDelay, 'gone', 1),
        ...afterLookUpRows(byDelay),
      ],
    };
  } finally {
    await app.close();
    await slack.close();
  }
}

async function postCards(
  app: BenchApp,
  slack: SlackThreadCalls,
  count: number,
): Promise<Request[]> {
  await slack.setDelay(0);
  const requests: Request[] = [];
  for (let index = 0; index < count; index += 1) {
    const request = await pendingRequest(app.records);
    await app.slack.render(request.id);
    requests.push(request);
  }
  return requests;
}

function extraRows(
  what: string,
  byDelay: ReadonlyMap<number, Times>,
  key: keyof Times,
  target: number | null,
): Row[] {
  return [...byDelay].map(([delayMs, times]) => {
    const [ours, floor] = [median(times[key]), median(times.call)];
    return {
      figure: `${what}, beyond one call (Slack ${delayMs} ms)`,
      ours: inMs(ours),
      floor: inMs(floor),
      value: ours - floor,
      unit: 'ms',
      target,
    };
  });
}

/** Who clicked is asked of Slack first; this is what comes on top of that and of the edit. */
function afterLookUpRows(byDelay: ReadonlyMap<number, Times>): Row[] {
  return [...byDelay].map(([delayMs, times]) => {
    const [ours, floor] = [median(times.gone), 2 * median(times.call)];
    return {
      figure: `click → buttons gone, beyond look-up and edit (Slack ${delayMs} ms)`,
      ours: inMs(ours),
      floor: inMs(floor),
      value: ours - floor,
      unit: 'ms',
      target: null,
    };
  });
}

function callsRow(
  what: string,
  byDelay: ReadonlyMap<number, Times>,
  key: keyof Times,
  target: number,
): Row {
  const at = (delayMs: number) => median(byDelay.get(delayMs)?.[key] ?? []);
  const calls = Math.round((at(250) - at(0)) / 250);
  return {
    figure: `${what}, Slack calls in sequence`,
    ours: `${calls}`,
    floor: '1',
    value: calls,
    unit: 'calls',
    target,
  };
}
