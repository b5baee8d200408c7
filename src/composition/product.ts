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
import { dryRun } from '../requests/dry-run.ts';
import type { DryRunAnswer, DryRunWish } from '../requests/dry-run.ts';
import { createRequests } from '../requests/index.ts';
import type { Directory, Requests } from '../requests/requests.ts';
import { createSlackApp } from '../slack/app.ts';
import type { SlackApp } from '../slack/app.ts';
import type { Ports } from '../steps/ports.ts';
import { createAccounts } from '../accounts/index.ts';
import { createInventory } from '../accounts/inventory.ts';
import type { Inventory } from '../accounts/inventory.ts';
import { assigneesFrom } from './assignees.ts';
import { careDeps, careJob } from './care.ts';
import { catalogueOf } from './catalogue.ts';
import { examine } from './doctor.ts';
import { handlersFrom } from './handlers.ts';
import { createIndexKeeper } from './keep-index.ts';
import { openPorts } from './open-ports.ts';
import { serve } from './serve.ts';
import { openSettings } from './settings.ts';
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
  dryRun(wish: DryRunWish): Promise<DryRunAnswer>;
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
  const base = await openBase(options, opened);
  const { records, queue } = base;
  const { directory, slackNow, connected } = lateSlack();
  const { ports, useCases, settings } = await openUseCases(
    options,
    base,
    { directory, slackNow },
    opened,
  );
  const requests = createRequests(useCases, directory);
  const care = careDeps(config, useCases, directory, queue, log);
  const doctor = doctorOf(useCases, settings, slackNow, log);
  const assignees = assigneesFrom(config, directory);
  const rehearse = (wish: DryRunWish) => dryRun(wish, { useCases, directory, assignees });
  const slackWaits = new Map<string, number>();
  const slack = keep(
    opened,
    await createSlackApp(slackSettings(config, options.paceScale), {
      requests,
      accounts: createAccounts(care),
      inventory: inventoryOf(config, useCases, directory),
      records,
      catalogue: catalogueOf(ports),
      clock,
      log,
      dryRun: rehearse,
      doctor,
      settings,
      waited: (method, ms) =>
        void slackWaits.set(method, (slackWaits.get(method) ?? 0) + ms / 1000),
    }),
  );
  connected(slack);
  const handlers = handlersFrom({
    run: { records, ports, assignees, log },
    useCases,
    queue,
    render: (id) => slack.render(id),
    care: careJob(care, (account) => slack.showAccount(account)),
    sweepSlack: () => slack.sweep(),
  });
  if (parts.worker) keep(opened, await queue.work(handlers, config.concurrency));
  const web = parts.slack
    ? keep(opened, await serve(config, { slack, useCases, records, queue, log, clock, slackWaits }))
    : null;
  const url = web?.url ?? null;
  return {
    records,
    queue,
    ports,
    requests,
    slack,
    url,
    dryRun: rehearse,
    doctor,
    sweep: () => handlers.sweep(),
  };
}

function inventoryOf(config: ValidConfig, useCases: UseCaseDeps, directory: Directory): Inventory {
  return createInventory({
    records: useCases.records,
    policy: () => useCases.policy,
    admins: config.admins,
    clock: useCases.clock,
    teamId: () => directory.teamId,
  });
}

interface Base {
  readonly dataDir: string;
  readonly records: Records;
  readonly queue: Queue;
}

async function openBase(
  { config, clock, log }: ProductOptions,
  opened: Closeable[],
): Promise<Base> {
  const dataDir = resolve(config.data_dir);
  const databaseUrl = await openDatabase(config, dataDir, log, opened);
  const maxConnections = config.concurrency + 4;
  const records = keep(opened, await openRecords({ url: databaseUrl, clock, maxConnections }));
  const redisUrl = config.redis_url?.reveal();
  const place = redisUrl === undefined ? { databaseUrl } : { redisUrl };
  const queue = keep(opened, await openQueue(place, { log }));
  return { dataDir, records, queue };
}

async function openUseCases(
  { config, clock, log }: ProductOptions,
  { dataDir, records, queue }: Base,
  { directory, slackNow }: Pick<ReturnType<typeof lateSlack>, 'directory' | 'slackNow'>,
  opened: Closeable[],
) {
  const ports = openPorts(config, {
    clock,
    log,
    local: { ...records.localVault, dataDir },
    personName: (id) => slackNow().personName(id),
  });
  const settings = keep(opened, await openSettings(config, records, directory, log));
  const useCases: UseCaseDeps = {
    records,
    ports,
    refreshPolicy: () => settings.refresh(),
    get policy() {
      return policyOf(config, settings.chosen.approvers);
    },
    clock,
    depositUrl: config.public_url?.replace(/\/$/, '') ?? null,
    wish: wishesTo(queue, log),
  };
  return { ports, useCases, settings };
}

function doctorOf(
  useCases: UseCaseDeps,
  settings: { refresh(): Promise<void> },
  slackNow: () => SlackApp,
  log: Log,
): () => Promise<Finding[]> {
  const { records, ports } = useCases;
  async function checkSlack(): Promise<Finding[]> {
    await settings.refresh();
    return slackNow().check(useCases.policy);
  }
  return () =>
    examine({
      ports,
      others: [
        { name: 'Slack', check: checkSlack },
        { name: 'Index', check: () => createIndexKeeper({ records, ports, log }).check() },
      ],
    });
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
    approvalsChannel: slack.approvals_channel ?? null,
    blocks: slack.blocks,
    paceScale,
  };
}

function keep<T extends Closeable>(opened: Closeable[], part: T): T {
  opened.push(part);
  return part;
}
