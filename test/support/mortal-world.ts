import { randomUUID } from 'node:crypto';

import { createInventory } from '../../src/accounts/inventory.ts';
import { checkConfig } from '../../src/config/load.ts';
import { policyOf } from '../../src/config/policy.ts';
import { assigneesFrom } from '../../src/composition/assignees.ts';
import { catalogueOf } from '../../src/composition/catalogue.ts';
import { openPorts } from '../../src/composition/open-ports.ts';
import { registries } from '../../src/composition/registries.ts';
import type { Member } from '../../src/domain/approval.ts';
import { ProductError } from '../../src/domain/errors.ts';
import { marker } from '../../src/domain/naming.ts';
import { accountIdOf } from '../../src/domain/operation.ts';
import { FINAL_STATES } from '../../src/domain/request.ts';
import type { Request } from '../../src/domain/request.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Records } from '../../src/records/records.ts';
import { acceptDeposit } from '../../src/requests/deposit.ts';
import type { UseCaseDeps } from '../../src/requests/deps.ts';
import { createRequests } from '../../src/requests/index.ts';
import type { DraftOrder } from '../../src/requests/requests.ts';
import { createAccounts } from '../../src/accounts/index.ts';
import { careOf } from './care.ts';
import { openTaskOf, whereItIsDone } from '../../src/sandbox/hands.ts';
import type { TaskToDo } from '../../src/sandbox/hands.ts';
import type { Performed } from '../../src/sandbox/kit/adapter-sandbox.ts';
import { openOutside } from '../../src/sandbox/outside.ts';
import type { Outside } from '../../src/sandbox/outside.ts';
import { CHANNEL, GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import type { WorkspaceOptions } from '../../src/sandbox/slack/workspace-options.ts';
import { startSlackWorkspace } from '../../src/sandbox/slack/workspace.ts';
import type { SlackWorkspace } from '../../src/sandbox/slack/workspace.ts';
import { createSlackApp } from '../../src/slack/app.ts';
import type { SlackApp } from '../../src/slack/app.ts';
import type { Ports } from '../../src/steps/ports.ts';
import { runPlan } from '../../src/steps/run-plan.ts';
import { watchedMailboxes, watchedRecords } from './mortal.ts';
import type { Fate, Watcher } from './mortal.ts';

/** The world outside the app, which outlives every process of it; its time is driven by hand. */
export interface MortalWorld {
  readonly outside: Outside;
  readonly slack: SlackWorkspace;
  readonly records: Records;
  readonly now: () => Date;
  advanceTo(moment: string | null): void;
  /** A process of the app: everything it has is new but the records. */
  start(watched?: Pick<Fate, 'watch' | 'isOver'>): Promise<Life>;
  /** The last process and everything that waited for it are gone. */
  forget(): void;
  /** What people have done at the vendors, so that nobody does it twice. */
  readonly performed: Map<string, Performed>;
  /** The credentials that people have typed into Flow, by the mark of their account. */
  readonly inFlow: Map<string, string>;
  close(): Promise<void>;
}

export interface Life {
  readonly records: Records;
  readonly ports: Ports;
  readonly slack: SlackApp;
  readonly useCases: UseCaseDeps;
  readonly requests: ReturnType<typeof createRequests>;
  work(id: string): Promise<unknown>;
}

export interface Play {
  readonly goal: 'done' | 'undone';
  /** Keeps the messages of requests in Slack up to date; left out where they are not the matter. */
  readonly speaks: boolean;
  /** People wait while the app waits, and try again when it could not do what they wanted. */
  readonly patient?: boolean;
  /** Ends the play before the request is over. */
  readonly until?: (request: Request) => boolean;
}

export async function openMortalWorld(
  records: Records,
  clock: { now: () => Date; set(ms: number): void },
  workspace: WorkspaceOptions = {},
): Promise<MortalWorld> {
  // GitHub's client signs with the machine's time, so the world's may not be far from it.
  clock.set(Date.now());
  const slack = await startSlackWorkspace({
    clock,
    people: Object.values(PEOPLE),
    channels: [CHANNEL],
    groups: Object.values(GROUPS).map((group) => ({ ...group, users: [...group.users] })),
    ...workspace,
  });
  const outside = await openOutside(clock);
  let watching = UNWATCHED.watch;
  const world: MortalWorld = {
    outside,
    slack,
    records,
    now: () => clock.now(),
    advanceTo(moment) {
      const wanted = moment === null ? 0 : Date.parse(moment);
      clock.set(Math.max(clock.now().getTime() + 1000, wanted));
    },
    async start(watched = UNWATCHED) {
      const life = await begin(world, watched);
      watching = watched.watch;
      return life;
    },
    forget() {
      watching = UNWATCHED.watch;
      for (const server of outside.servers) server.faults.clear();
    },
    performed: new Map(),
    inFlow: new Map(),
    async close() {
      await outside.close();
      await slack.close();
    },
  };
  watchRequests(world, (effect) => watching(effect));
  return world;
}

const UNWATCHED: Pick<Fate, 'watch' | 'isOver'> = {
  watch: () => undefined,
  isOver: () => false,
};

function watchRequests(world: MortalWorld, watch: Watcher): void {
  for (const server of world.outside.servers) {
    server.onRequest(({ method, path }) =>
      watch({
        what: `${server.name} ${method} ${path}`,
        changes: method !== 'GET' && !path.endsWith('/login'),
        breakWith: (fault) => server.faults.inject({ method, path, fault }),
      }),
    );
  }
  world.slack.onRequest(({ method, path }) =>
    watch({
      what: `Slack ${method} ${path}`,
      changes: path.includes('/chat.'),
      breakWith: (fault) => world.slack.injectFault(path.replace('/api/', ''), fault),
    }),
  );
}

async function begin(
  world: MortalWorld,
  { watch, isOver }: Pick<Fate, 'watch' | 'isOver'>,
): Promise<Life> {
  const log = createLog('silent');
  const clock = { now: world.now };
  const config = checkConfig(
    rawConfig(world.slack, world.outside, {
      port: 8080,
      dataDir: '/nowhere',
      // GitHub's client signs with the machine's time, which is not to be left behind by a day.
      change: { accounts: { rotation_grace: '1s' } },
    }),
    registries,
    { env: {} },
  );
  const records = watchedRecords(world.records, watch, isOver);
  const late: { slack?: SlackApp } = {};
  const opened = openPorts(config, {
    clock,
    log,
    local: { ...records.localVault, dataDir: '/nowhere' },
    personName: async (id) => (await late.slack?.personName(id)) ?? id,
  });
  const ports = { ...opened, mailboxes: watchedMailboxes(opened.mailboxes, watch) };
  const useCases: UseCaseDeps = {
    records,
    ports,
    policy: policyOf(config),
    clock,
    depositUrl: 'http://127.0.0.1:8080',
    // There is no queue: whoever runs this world looks into the records by themselves.
    wish: async () => undefined,
  };
  const directory = {
    member: async (id: string, groups: readonly string[]) =>
      late.slack?.directory.member(id, groups),
    teamId: world.slack.world.teamId,
  };
  const requests = createRequests(useCases, directory);
  const slack = await createSlackApp(
    {
      botToken: new Secret(world.slack.botToken),
      signingSecret: new Secret(world.slack.signingSecret),
      apiUrl: world.slack.slackApiUrl,
      approvalsChannel: CHANNEL.id,
      blocks: 'plan',
    },
    {
      requests,
      accounts: createAccounts(careOf(useCases, directory)),
      inventory: createInventory({
        records,
        policy: () => useCases.policy,
        admins: config.admins,
        clock,
        teamId: () => directory.teamId,
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
  const assignees = assigneesFrom(config, directory);
  const run = { records, ports, assignees, log, changed: async () => undefined };
  return { records, ports, slack, useCases, requests, work: (id) => runPlan(id, run) };
}

/** Makes a request as its form would. */
export async function submit(life: Life, order: DraftOrder): Promise<string> {
  const submitted = await life.requests.submit({
    by: member(PEOPLE.requester.id),
    dedupeKey: randomUUID(),
    order,
  });
  if (submitted.kind !== 'created') throw new Error(`Refused: ${JSON.stringify(submitted)}`);
  return submitted.request.id;
}

const OVER = [...FINAL_STATES, 'failed'];
const MOST_ROUNDS = 80;
const PATIENCE_MS = 120_000;

/**
 * What the queue, the sweep and people do until a request is over: messages, the next steps, tasks.
 * Nobody waits: time goes on to when something is due.
 */
export async function live(
  world: MortalWorld,
  life: Life,
  id: string,
  { goal, speaks, patient = false, until }: Play,
): Promise<Request> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (speaks) await life.slack.render(id);
    const request = await life.records.get(id);
    const isOver =
      OVER.includes(request.state) && !(goal === 'undone' && request.state === 'failed');
    if (isOver || until?.(request) === true) return request;
    try {
      if (patient) world.advanceTo(request.resumeAt);
      await oneRound(world, life, request, goal);
    } catch (error) {
      if (!patient || !(error instanceof ProductError)) throw error;
      world.advanceTo(new Date(world.now().getTime() + PATIENCE_MS).toISOString());
    }
  }
  throw new Error(`${id} does not come to an end`);
}

async function oneRound(
  world: MortalWorld,
  life: Life,
  request: Request,
  goal: 'done' | 'undone',
): Promise<void> {
  const { id, state } = request;
  world.advanceTo(null);
  if (state === 'pending') {
    await life.requests.decide(id, member(PEOPLE.approver.id), 'approve', null);
    return;
  }
  if (goal === 'undone' && state !== 'undoing') {
    await life.requests.undo(id, member(PEOPLE.approver.id));
    return;
  }
  const todo = openTaskOf(request);
  if (todo !== undefined && todo.task.checkedAt !== null) await doTask(world, life, request, todo);
  world.advanceTo((await life.records.get(id)).resumeAt);
  await life.work(id);
}

async function doTask(
  world: MortalWorld,
  life: Life,
  request: Request,
  todo: TaskToDo,
): Promise<void> {
  const { step, task } = todo;
  const { id, order } = request;
  const key = `${id} ${step} ${task.id}`;
  const about = { address: order.address, marker: marker(accountIdOf(request)) };
  const result =
    world.performed.get(key) ??
    (await whereItIsDone(world.outside, request, todo).perform(task, about));
  world.performed.set(key, result);
  typeIntoFlow(world, about.marker, task);
  const assignee = member(task.assignee);
  if (task.deposit === null || result.deposit === null) {
    await life.requests.completeTask(id, step, assignee, result.answers);
    return;
  }
  const opened = await life.requests.openDeposit(id, step, assignee);
  if (opened.kind !== 'done' || opened.value === null) throw new Error('There is no deposit page');
  const { url, code } = opened.value;
  const token = url.split('/').at(-1) ?? '';
  await acceptDeposit(token, code, new Secret(result.deposit), life.useCases);
}

/** Whoever connects Flow opens the link in their task and types what they find there. */
function typeIntoFlow(
  { outside, inFlow }: MortalWorld,
  mark: string,
  task: TaskToDo['task'],
): void {
  const link = task.links.find(({ label }) => label === 'Open the credential');
  const name = /(flow-sa-[\w-]+)/.exec(decodeURIComponent(link?.url ?? ''))?.[1];
  const value = name === undefined ? undefined : outside.vault.valueOf(name);
  if (value !== undefined) inFlow.set(mark, value);
}

/** As Slack would describe them. */
export function member(id: string): Member {
  const groups = Object.values(GROUPS).filter(({ users }) => users.some((user) => user === id));
  return {
    id,
    teamId: 'T00000001',
    deleted: false,
    bot: false,
    guest: false,
    groups: groups.map((group) => group.id),
  };
}
