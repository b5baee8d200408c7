import { createInventory } from '../src/accounts/inventory.ts';
import type { CareRules } from '../src/accounts/deps.ts';
import { createAccounts } from '../src/accounts/index.ts';
import { handlersFrom } from '../src/composition/handlers.ts';
import { wishesTo } from '../src/composition/wishes.ts';
import { catalogueOf } from '../src/composition/catalogue.ts';
import type { Policy } from '../src/domain/policy.ts';
import { Secret } from '../src/domain/secret.ts';
import type { Closeable } from '../src/lib/adapter.ts';
import { systemClock } from '../src/lib/clock.ts';
import { createLog } from '../src/lib/log.ts';
import { openQueue } from '../src/queue/open-queue.ts';
import type { Handlers, Queue } from '../src/queue/queue.ts';
import { openRecords } from '../src/records/open-records.ts';
import type { Records } from '../src/records/records.ts';
import type { UseCaseDeps } from '../src/requests/deps.ts';
import { createRequests } from '../src/requests/index.ts';
import type { Requests } from '../src/requests/requests.ts';
import { CHANNEL, GROUPS } from '../src/sandbox/people.ts';
import { createSlackApp } from '../src/slack/app.ts';
import type { SlackApp } from '../src/slack/app.ts';
import { startWebServer } from '../src/web/server.ts';
import { instantPorts } from './instant-ports.ts';

/** As much of a workspace as an app needs to know. */
export interface SlackPlace {
  readonly slackApiUrl: string;
  readonly botToken: string;
  readonly signingSecret: string;
}

export interface AppOptions {
  readonly slack: SlackPlace;
  readonly databaseUrl: string;
  /** The queue is in Postgres without it. */
  readonly redisUrl?: string | undefined;
  /** Jobs at a time; 0: this process does not work on jobs. */
  readonly concurrency: number;
  /** How many times faster than the wall clock the workspace counts its limits. */
  readonly paceScale?: number;
}

/** The product as `src/composition` puts it together, with instant vendors. */
export interface BenchApp extends Closeable {
  readonly records: Records;
  readonly queue: Queue;
  readonly requests: Requests;
  readonly slack: SlackApp;
  readonly handlers: Handlers;
  /** Where Slack's requests go. */
  readonly eventsUrl: string;
}

/** For figures that ask more of Slack than it allows; its limits have a figure of their own. */
export const NO_LIMITS = 1000;

const HOUR_MS = 3_600_000;

const NO_CARE: CareRules = {
  checkEveryMs: 86_400_000,
  reviewEveryMs: 86_400_000,
  answerWithinMs: 86_400_000,
  destroyAfterMs: 86_400_000,
  rotateByItself: false,
  silentReview: 'keep',
};

export const POLICY: Policy = {
  requesters: { users: [], groups: [] },
  rules: [
    {
      name: 'one approver for everything',
      kinds: [],
      operations: [],
      ownerMay: [],
      connections: [],
      approvers: { users: [], groups: [GROUPS.approvers.id] },
      needed: 1,
      selfApproval: false,
      breakGlass: false,
      autoApprove: { users: [], groups: [] },
      expiresAfterMs: 72 * HOUR_MS,
      remindEveryMs: 24 * HOUR_MS,
      escalateAfterMs: 48 * HOUR_MS,
      escalateTo: { users: [], groups: [GROUPS.leads.id] },
    },
  ],
};

export async function openApp(options: AppOptions): Promise<BenchApp> {
  const clock = systemClock;
  // Written as in production, only that nobody reads it.
  const log = createLog('info', { write: () => undefined });
  const { databaseUrl, redisUrl, concurrency } = options;
  const records = await openRecords({ url: databaseUrl, clock, maxConnections: concurrency + 4 });
  const place = redisUrl === undefined ? { databaseUrl } : { redisUrl };
  const queue = await openQueue(place, { log, prefix: new URL(databaseUrl).pathname.slice(1) });
  const ports = instantPorts();
  const useCases: UseCaseDeps = {
    records,
    ports,
    policy: POLICY,
    clock,
    depositUrl: null,
    wish: wishesTo(queue, log),
  };
  const late: { slack?: SlackApp } = {};
  const requests = createRequests(useCases, {
    member: async (id, groups) => late.slack?.directory.member(id, groups),
    get teamId() {
      return late.slack?.directory.teamId ?? '';
    },
  });
  const { slackApiUrl, botToken, signingSecret } = options.slack;
  const slack = await createSlackApp(
    {
      botToken: new Secret(botToken),
      signingSecret: new Secret(signingSecret),
      apiUrl: slackApiUrl,
      approvalsChannel: CHANNEL.id,
      blocks: 'plan',
      ...(options.paceScale === undefined ? {} : { paceScale: options.paceScale }),
    },
    {
      requests,
      accounts: createAccounts({
        useCases,
        directory: { member: async () => undefined, teamId: late.slack?.directory.teamId ?? '' },
        rules: NO_CARE,
        clock,
        log,
        wishCare: async () => undefined,
      }),
      inventory: createInventory({
        records,
        policy: () => POLICY,
        admins: { users: [], groups: [] },
        clock,
        teamId: () => late.slack?.directory.teamId ?? '',
      }),
      records,
      catalogue: catalogueOf(ports),
      clock,
      log,
      doctor: async () => [],
      dryRun: async () => {
        throw new Error('Nobody tries anything here');
      },
    },
  );
  late.slack = slack;
  const run = { records, ports, assignees: { assign: async () => 'U0OWNER' }, log };
  const handlers = handlersFrom({
    run,
    useCases,
    queue,
    render: (id) => slack.render(id),
    care: async () => ({ kind: 'idle' }),
    sweepSlack: async () => undefined,
  });
  const workers = concurrency === 0 ? undefined : await queue.work(handlers, concurrency);
  const { requestListener } = slack;
  const web = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    log,
    deposits: null,
    readiness: async () => [],
    ...(requestListener === undefined ? {} : { slack: requestListener }),
  });
  await slack.start();
  return {
    records,
    queue,
    requests,
    slack,
    handlers,
    eventsUrl: `${web.url}/slack/events`,
    async close() {
      await web.close();
      await workers?.close();
      await slack.close();
      await queue.close();
      await records.close();
    },
  };
}
