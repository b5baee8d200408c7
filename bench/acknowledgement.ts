import { WebClient } from '@slack/web-api';
import { Pool } from 'pg';

import { GROUPS, PEOPLE } from '../src/sandbox/people.ts';
import { startBareBolt } from './bare-bolt.ts';
import { NO_LIMITS, openApp } from './app.ts';
import type { SlackPlace } from './app.ts';
import { interleaved, spread } from './measure.ts';
import { FORM_ORDER, pendingRequest } from './orders.ts';
import { ratio } from './report.ts';
import type { Figure, Row } from './report.ts';
import type { Services } from './services.ts';
import { startSlackThread } from './slack-side.ts';
import type { Interaction } from './slack-side.ts';

const KINDS: readonly Interaction[] = ['command', 'button', 'submission'];
const BURST = 200;
const MOST = 1.3;

/** How long until Slack has its acknowledgement, against Bolt with nothing behind it. */
export async function acknowledgement(services: Services, quick: boolean): Promise<Figure> {
  const rounds = quick ? 3 : 8;
  const inARow = quick ? 30 : 60;
  const slack = await startSlackThread();
  const place = await slack.place();
  const bare = await startBareBolt(place);
  const databaseUrl = await services.database();
  const duties = await openDuties(place, databaseUrl);
  const dutiful = await startBareBolt(place, duties.run);
  const app = await openApp({
    slack: place,
    databaseUrl,
    redisUrl: services.redisUrl,
    concurrency: 0,
    paceScale: NO_LIMITS,
  });
  try {
    const request = await pendingRequest(app.records);
    await app.slack.render(request.id);
    await slack.fillForm(app.eventsUrl, FORM_ORDER);
    const rows: Row[] = [];
    for (const kind of KINDS) {
      for (const [how, count, atOnce] of [
        ['idle', inARow, false],
        [`${BURST} at once`, BURST, true],
      ] as const) {
        const send = (url: string) => async () => {
          const times = await slack.send(url, kind, count, atOnce);
          await slack.settle();
          return times;
        };
        const times = await interleaved(rounds, {
          bare: send(bare.eventsUrl),
          ...(kind === 'submission' ? { dutiful: send(dutiful.eventsUrl) } : {}),
          ours: send(app.eventsUrl),
        });
        const [ours, floor] = [spread(times.ours), spread(times.bare)];
        const name = `${kind}, ${how}`;
        rows.push(
          ratio(`${name}, p50`, ours.p50, floor.p50, MOST),
          ratio(`${name}, p99`, ours.p99, floor.p99, MOST),
        );
        if (times.dutiful !== undefined) {
          const same = spread(times.dutiful);
          rows.push(
            ratio(`${name}, against the same duties, p50`, ours.p50, same.p50, null),
            ratio(`${name}, against the same duties, p99`, ours.p99, same.p99, null),
          );
        }
      }
    }
    return {
      name: 'Acknowledgement',
      method: `From sending a signed request to having its answer, over loopback HTTP; Slack's side runs in a thread of its own. Floor: a Bolt app on the same receiver that acknowledges and does nothing. A submission is acknowledged with its outcome, because Slack shows errors at their fields in no other way; “the same duties” is the bare app asking Slack for the two people and the group, all at once, and committing one row, before it acknowledges. ${rounds} rounds of ${inARow} one by one, and of ${BURST} at once.`,
      rows,
    };
  } finally {
    await app.close();
    await bare.close();
    await dutiful.close();
    await duties.close();
    await slack.close();
  }
}

/** What has to be known and kept before a submission can be answered, done bare. */
async function openDuties(place: SlackPlace, databaseUrl: string) {
  const client = new WebClient(place.botToken, { slackApiUrl: place.slackApiUrl });
  const pool = new Pool({ connectionString: databaseUrl, max: 4 });
  await pool.query('CREATE TABLE duty (id serial PRIMARY KEY, body jsonb NOT NULL)');
  return {
    async run(): Promise<void> {
      await Promise.all([
        client.users.info({ user: PEOPLE.requester.id }),
        client.users.info({ user: PEOPLE.owner.id }),
        client.usergroups.users.list({ usergroup: GROUPS.approvers.id }),
      ]);
      await pool.query('INSERT INTO duty (body) VALUES ($1)', [JSON.stringify(FORM_ORDER)]);
    },
    close: () => pool.end(),
  };
}
