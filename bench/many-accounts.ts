import type { Closeable } from '../src/lib/adapter.ts';
import { GROUPS } from '../src/sandbox/people.ts';
import { interleaved, median, timed } from './measure.ts';
import { APPROVER, pendingRequest } from './orders.ts';
import { ratio } from './report.ts';
import type { Figure, Row } from './report.ts';
import { query } from './services.ts';
import type { Services } from './services.ts';
import { openWorkerApp } from './worker-app.ts';
import type { WorkerApp } from './worker-app.ts';

const MOST = 2;
const FEW = 1000;
const MANY = 100_000;
/** Requests in each database that wait for somebody, however many accounts there are. */
const OPEN = 20;
const PERSON = 'U0PERSON7';
/** Somebody who asked for every fiftieth account, as a platform team's lead would have. */
const BUSY = 'U0BUSY';

const WORK: Readonly<Record<string, (app: WorkerApp) => Promise<unknown>>> = {
  'list, a person with 20 accounts': (app) => listAnswer(app, PERSON),
  'list, a person with every 50th account': (app) => listAnswer(app, BUSY),
  'App Home data': homeData,
  sweep: (app) => app.sweep(),
};

/** What people and the sweep ask of the records, with few accounts and with many. */
export async function manyAccounts(services: Services, quick: boolean): Promise<Figure> {
  const rounds = quick ? 20 : 100;
  const many = quick ? MANY / 5 : MANY;
  const few = await openFilled(services, FEW);
  const full = await openFilled(services, many);
  try {
    const rows: Row[] = [];
    for (const [name, work] of Object.entries(WORK)) {
      const times = await interleaved(rounds, {
        few: () => timed(() => work(few.app)),
        many: () => timed(() => work(full.app)),
      });
      rows.push(ratio(name, median(times.many), median(times.few), MOST));
    }
    return {
      name: `${many.toLocaleString('en')} accounts`,
      method: `The same questions to the records with ${many.toLocaleString('en')} accounts (ours) and with ${FEW.toLocaleString('en')} (floor), ${OPEN} requests open in both; a person has 20 accounts on average. Without Slack's own time. ${rounds} rounds, medians.`,
      rows,
    };
  } finally {
    await few.close();
    await full.close();
  }
}

async function openFilled(
  services: Services,
  count: number,
): Promise<Closeable & { app: WorkerApp }> {
  const databaseUrl = await services.database();
  const app = await openWorkerApp({ databaseUrl, redisUrl: services.redisUrl, concurrency: 2 });
  const model = await modelOf(app);
  await fill(databaseUrl, model, count);
  for (let index = 0; index < OPEN; index += 1) await pendingRequest(app.records);
  // All cards are drawn, as they are when nothing is wrong.
  await query(databaseUrl, 'UPDATE request SET rendered_version = version WHERE state = $1', [
    'pending',
  ]);
  await query(databaseUrl, 'VACUUM ANALYZE');
  return { app, close: () => app.close() };
}

/** A finished request of our own making, whose rows the others are copies of. */
async function modelOf(app: WorkerApp): Promise<string> {
  await app.work();
  const { id } = await pendingRequest(app.records);
  const ended = app.ended(id);
  await app.requests.decide(id, APPROVER, 'approve', null);
  await ended;
  return id;
}

async function fill(databaseUrl: string, model: string, count: number): Promise<void> {
  const person = `'U0PERSON' || (n % greatest(1, ${Math.round(count / 20)}))`;
  const requester = `CASE WHEN n % 50 = 0 THEN '${BUSY}' ELSE ${person} END`;
  await query(
    databaseUrl,
    `INSERT INTO request (id, version, state, kind, connection, address, purpose_key, requester,
       owner, second_owner, dedupe_key, created_at, expires_at, rendered_version, body)
     SELECT id, version, state, kind, connection, address, 'purpose ' || n, who, ${person}, NULL,
       id, at, at, version,
       body || jsonb_build_object('id', id, 'requester', who, 'createdAt', at)
     FROM (
       SELECT n, 'SA-' || lpad(n::text, 6, '0') AS id, version, state, kind, connection,
         'flow-' || n || '@svc.example.com' AS address, ${requester} AS who, body,
         now() - n * interval '10 minutes' AS at
       FROM request, generate_series(1, ${count}) AS n WHERE id = '${model}'
     ) AS copies`,
  );
  await query(
    databaseUrl,
    `INSERT INTO account (id, state, body)
     SELECT request.id, 'active', account.body || jsonb_build_object('id', request.id)
     FROM request, account WHERE account.id = '${model}' AND request.id <> '${model}'`,
  );
  await query(
    databaseUrl,
    `INSERT INTO message (request_id, key, channel, ts, shows, at)
     SELECT id, 'card', 'C0APPROVALS', '1.2', 'x', now() FROM request`,
  );
}

/** As `list` gathers it. */
async function listAnswer(app: WorkerApp, person: string): Promise<void> {
  const requests = await app.requests.list(person);
  if (requests.length === 0) throw new Error(`${person} has no requests.`);
  await Promise.all(requests.slice(0, 20).map(({ id }) => app.records.messages.find(id, 'card')));
}

/** As the Home tab gathers it. */
async function homeData(app: WorkerApp): Promise<void> {
  const [mine, all] = await Promise.all([app.requests.list(PERSON), app.requests.list(null)]);
  const pending = all.filter(({ state, policy }) =>
    state === 'pending' ? policy.approvers.groups.includes(GROUPS.approvers.id) : false,
  );
  const shown = [...pending.slice(0, 10), ...mine.slice(0, 10)];
  await Promise.all(shown.map(({ id }) => app.records.messages.find(id, 'card')));
}
