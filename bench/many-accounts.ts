import { createInventory } from '../src/accounts/inventory.ts';
import type { Inventory } from '../src/accounts/inventory.ts';
import { readFilter } from '../src/accounts/inventory-filter.ts';
import type { Member } from '../src/domain/approval.ts';
import { systemClock } from '../src/lib/clock.ts';
import type { Closeable } from '../src/lib/adapter.ts';
import { interleaved, median, timed } from './measure.ts';
import { POLICY } from './app.ts';
import { CONNECTION } from './instant-ports.ts';
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
/** Somebody who asked for and owns every fiftieth account, as a platform team's lead would have. */
const BUSY = 'U0BUSY';
/** An account in the middle of the smaller database, far from the newest. */
const FAR_ON = 'SA-000500';

const WORK: Readonly<Record<string, (app: WorkerApp) => Promise<unknown>>> = {
  'list, a person with 20 accounts': (app) => listAnswer(app, PERSON, 'mine'),
  'list, a person with every 50th account': (app) => listAnswer(app, BUSY, 'mine'),
  'list all, for admins': (app) => listAnswer(app, APPROVER.id, 'all'),
  'list all, a page far on': (app) => listAnswer(app, APPROVER.id, `all before:${FAR_ON}`),
  'list broken, for admins': (app) => listAnswer(app, APPROVER.id, 'all broken'),
  'list of a connection, for admins': (app) =>
    listAnswer(app, APPROVER.id, `all connection:${CONNECTION}-7`),
  'show, with its requests': (app) => inventoryOf(app).find(APPROVER, FAR_ON),
  'audit of an account': (app) => inventoryOf(app).story(APPROVER, FAR_ON, 28),
  'App Home data': (app) => inventoryOf(app).concerns(as(PERSON)),
  'App Home data with totals, for admins': (app) => inventoryOf(app).concerns(APPROVER),
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
      method: `The same questions to the records with ${many.toLocaleString('en')} accounts (ours) and with ${FEW.toLocaleString('en')} (floor), ${OPEN} requests open in both; a person owns 20 accounts on average, a connection has one in fifty, and one in a hundred is broken. Without Slack's own time. ${rounds} rounds, medians.`,
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
       owner, second_owner, dedupe_key, account, created_at, expires_at, rendered_version, body)
     SELECT id, version, state, kind, connection, address, 'purpose ' || n, who, ${person}, NULL,
       id, id, at, at, version,
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
     SELECT request.id, 'active',
       jsonb_set(jsonb_set(account.body, '{care,dueAt}', '"2099-01-01T00:00:00.000Z"'), '{care,health,state}',
         CASE WHEN right(request.id, 2) = '00' THEN '"broken"'::jsonb ELSE '"healthy"'::jsonb END)
       || jsonb_build_object('id', request.id, 'owner', request.requester,
         'connection', '${CONNECTION}-' || right(request.id, 2)::int % 50,
         'createdAt', to_char(request.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
     FROM request, account WHERE account.id = '${model}' AND request.id <> '${model}'`,
  );
  await query(
    databaseUrl,
    `INSERT INTO message (request_id, key, channel, ts, shows, at)
     SELECT id, 'card', 'C0APPROVALS', '1.2', 'x', now() FROM request`,
  );
}

function as(person: string): Member {
  return { ...APPROVER, id: person, groups: [] };
}

function inventoryOf({ records }: WorkerApp): Inventory {
  const admins = { users: [APPROVER.id], groups: [] };
  const teamId = () => APPROVER.teamId;
  return createInventory({ records, policy: () => POLICY, admins, clock: systemClock, teamId });
}

/** As the command gathers it. */
async function listAnswer(app: WorkerApp, person: string, words: string): Promise<void> {
  const read = readFilter(words);
  if (read.kind === 'unknown') throw new Error(`${read.word} is no filter.`);
  const inventory = inventoryOf(app);
  const by = person === APPROVER.id ? APPROVER : as(person);
  const page = await inventory.list(by, read.filter);
  if (typeof page === 'string' || page.accounts.length === 0) {
    throw new Error(`${person} sees no accounts for "${words}".`);
  }
  if (page.filter.scope !== 'mine') return;
  const requests = await inventory.openRequests(person);
  await Promise.all(requests.map(({ id }) => app.records.messages.find(id, 'card')));
}
