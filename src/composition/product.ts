import { resolve } from 'node:path';

import { policyOf } from '../config/policy.ts';
import type { ValidConfig } from '../config/validate.ts';
import type { Finding } from '../domain/finding.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { openQueue } from '../queue/open-queue.ts';
import type { Queue } from '../queue/queue.ts';
import { openRecords } from '../records/open-records.ts';
import { startEmbeddedPostgres } from '../records/embedded-postgres.ts';
import { migrate } from '../records/migrate.ts';
import type { Records } from '../records/records.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import { createRequests } from '../requests/index.ts';
import type { Directory, Requests } from '../requests/requests.ts';
import { createSlackApp } from '../slack/app.ts';
import type { SlackApp } from '../slack/app.ts';
import type { Ports } from '../steps/ports.ts';
import { assigneesFrom } from './assignees.ts';
import { catalogueOf } from './catalogue.ts';
import { examine } from './doctor.ts';
import { handlersFrom } from './handlers.ts';
import { openPorts } from './open-ports.ts';
import { serve } from './serve.ts';
import { wishesTo } from './wishes.ts';

export interface ProductOptions {
  readonly config: ValidConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Which parts run here: one process does both unless told otherwise. */
  readonly parts?: { readonly slack: boolean; readonly worker: boolean };
  /** How many times faster than the wall clock that Slack counts its limits; for sandboxes. */
  readonly paceScale?: number | undefined;
}

export interface Product extends Closeable {
  readonly records: Records;
  readonly queue: Queue;
  readonly ports: Ports;
  readonly requests: Requests;
  readonly slack: SlackApp;
  /** Where the HTTP surface listens; null in a pure worker. */
  readonly url: string | null;
  doctor(): Promise<Finding[]>;
  /** Does now what has become due; while a worker runs, this happens by itself every few seconds. */
  sweep(): Promise<void>;
}

/**
 * The composition root: configuration → database → queue → adapters → Slack, HTTP and workers.
 * Whatever was opened is closed in reverse, also when a later part fails to open.
 */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const opened: Closeable[] = [];
  async function close(): Promise<void> {
    for (const part of opened.splice(0).toReversed()) await part.close();
  }
  try {
    return { ...(await open(options, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(options: ProductOptions, opened: Closeable[]): Promise<Omit<Product, 'close'>> {
  const { config, clock, log, parts = { slack: true, worker: true } } = options;
  const dataDir = resolve(config.data_dir);
  const databaseUrl = await openDatabase(config, dataDir, log, opened);
  const records = keep(
    opened,
    await openRecords({ url: databaseUrl, clock, maxConnections: config.concurrency + 4 }),
  );
  const redisUrl = config.redis_url?.reveal();
  const place = redisUrl === undefined ? { databaseUrl } : { redisUrl };
  const queue = keep(opened, await openQueue(place, { log }));

  const { directory, slackNow, connected } = lateSlack();
  const ports = openPorts(config, {
    clock,
    log,
    local: { ...records.localVault, dataDir },
    personName: (id) => slackNow().personName(id),
  });
  const useCases: UseCaseDeps = {
    records,
    ports,
    policy: policyOf(config),
    clock,
    depositUrl: config.public_url?.replace(/\/$/, '') ?? null,
    wish: wishesTo(queue, log),
  };
  const requests = createRequests(useCases, directory);
  const doctor = (): Promise<Finding[]> =>
    examine({ ports, others: [{ name: 'Slack', check: () => slackNow().check(useCases.policy) }] });
  const slack = keep(
    opened,
    await createSlackApp(slackSettings(config, options.paceScale), {
      requests,
      records,
      catalogue: catalogueOf(ports),
      clock,
      log,
      doctor,
    }),
  );
  connected(slack);
  const run = { records, ports, assignees: assigneesFrom(config, directory), log };
  const handlers = handlersFrom({ run, useCases, queue, render: (id) => slack.render(id) });
  if (parts.worker) keep(opened, await queue.work(handlers, config.concurrency));
  const web = parts.slack
    ? keep(opened, await serve(config, { slack, useCases, records, queue, log }))
    : null;
  return {
    records,
    queue,
    ports,
    requests,
    slack,
    url: web?.url ?? null,
    doctor,
    sweep: () => handlers.sweep(),
  };
}

/** Slack needs the use cases, and they need Slack's directory: it is looked up when it is used. */
function lateSlack() {
  const late: { slack?: SlackApp } = {};
  function slackNow(): SlackApp {
    if (late.slack === undefined) throw new Error('Slack is not connected yet');
    return late.slack;
  }
  const directory: Directory = {
    member: (id, groups) => slackNow().directory.member(id, groups),
    get teamId() {
      return slackNow().directory.teamId;
    },
  };
  const connected = (slack: SlackApp): void => {
    late.slack = slack;
  };
  return { directory, slackNow, connected };
}

async function openDatabase(
  config: ValidConfig,
  dataDir: string,
  log: Log,
  opened: Closeable[],
): Promise<string> {
  const configured = config.database_url?.reveal();
  const url = configured ?? keep(opened, await startEmbeddedPostgres({ dataDir, log })).url;
  await migrate(url);
  return url;
}

function slackSettings({ slack }: ValidConfig, paceScale: number | undefined) {
  if (slack?.bot_token === undefined)
    throw new Error('A product needs Slack; the sandbox brings its own');
  return {
    botToken: slack.bot_token,
    appToken: slack.app_token,
    signingSecret: slack.signing_secret,
    apiUrl: slack.api_url,
    approvalsChannel: slack.approvals_channel,
    blocks: slack.blocks,
    paceScale,
  };
}

function keep<T extends Closeable>(opened: Closeable[], part: T): T {
  opened.push(part);
  return part;
}
