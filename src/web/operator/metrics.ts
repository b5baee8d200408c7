import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import { DAYS_LEFT, SPREAD_BOUNDS } from '../../domain/measures.ts';
import type { Measures, Spread } from '../../domain/measures.ts';

/** All that is measured: what the records tell, and what only the queue and this process know. */
export interface Measured extends Measures {
  readonly now: string;
  readonly queues: readonly {
    readonly queue: string;
    readonly state: string;
    readonly count: number;
  }[];
  /** The vendor of a connection; null for connections that are no longer configured. */
  vendorOf(connection: string): string | null;
  /** Seconds that this process has waited for its turn in Slack, by method. */
  readonly slackWaits: ReadonlyMap<string, number>;
}

const own = new Registry();
collectDefaultMetrics({ register: own });

/** In Prometheus' text format, with the numbers of this process' memory, time and event loop. */
export async function renderMetrics(
  measured: Measured,
): Promise<{ readonly type: string; readonly text: string }> {
  const counted = new Registry();
  const registers = [counted];
  countRequests(measured, registers);
  countFailures(measured, registers);
  countPeopleAndCredentials(measured, registers);
  countSlack(measured, registers);
  countWork(measured, registers);
  const texts = [
    await counted.metrics(),
    histogram('approve', 'From the request to its last approval', measured.timeToApprove),
    histogram('provision', 'From the approval to the verified end', measured.timeToProvision),
    await own.metrics(),
  ];
  return { type: own.contentType, text: texts.join('\n') };
}

const NAME = 'flow_accounts_';

function countRequests({ requests }: Measured, registers: Registry[]): void {
  const gauge = new Gauge({
    name: `${NAME}requests`,
    help: 'Requests by state and kind',
    labelNames: ['state', 'kind'],
    registers,
  });
  for (const { state, kind, count } of requests) gauge.set({ state, kind }, count);
}

/**
 * A histogram whose observations were counted in the database; prom-client only takes them one by
 * one. Kinds are plain words, so nothing has to be escaped.
 */
function histogram(what: string, help: string, spreads: readonly Spread[]): string {
  const name = `${NAME}time_to_${what}_seconds`;
  const lines = spreads.flatMap(({ kind, counts, sum }) => {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      return `${name}_bucket{kind="${kind}",le="${SPREAD_BOUNDS[index] ?? '+Inf'}"} ${total}`;
    });
    return [
      ...buckets,
      `${name}_sum{kind="${kind}"} ${sum}`,
      `${name}_count{kind="${kind}"} ${total}`,
    ];
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ''].join('\n');
}

function countFailures({ stepFailures, vendorOf }: Measured, registers: Registry[]): void {
  const failures = new Counter({
    name: `${NAME}step_failures_total`,
    help: 'Failed tries of steps, by the vendor of the account and the code of the error',
    labelNames: ['vendor', 'step', 'code', 'outcome'],
    registers,
  });
  const waits = new Counter({
    name: `${NAME}vendor_rate_limit_wait_seconds_total`,
    help: 'How long steps were put off because the other side limited our rate',
    labelNames: ['vendor'],
    registers,
  });
  for (const { kind, connection, step, code, outcome, count, waitSeconds } of stepFailures) {
    const known = connection === null ? null : vendorOf(connection);
    const vendor = known ?? (kind === 'flow-user' ? 'flow' : 'unknown');
    failures.inc({ vendor, step, code, outcome }, count);
    if (waitSeconds > 0) waits.inc({ vendor }, waitSeconds);
  }
}

function countPeopleAndCredentials(measured: Measured, registers: Registry[]): void {
  const labelNames = ['step', 'role'];
  const tasks = new Gauge({
    name: `${NAME}human_tasks`,
    help: 'Tasks that wait for a person',
    labelNames,
    registers,
  });
  const oldest = new Gauge({
    name: `${NAME}human_task_oldest_seconds`,
    help: 'How long the longest of them has waited',
    labelNames,
    registers,
  });
  for (const { step, role, count, oldestSeconds } of measured.tasks) {
    tasks.set({ step, role }, count);
    oldest.set({ step, role }, oldestSeconds);
  }
  const credentials = new Gauge({
    name: `${NAME}credentials`,
    help: 'Credentials of accounts in use, by days until they expire',
    labelNames: ['days_left'],
    registers,
  });
  for (const left of DAYS_LEFT) {
    const found = measured.credentials.find((one) => one.left === left);
    credentials.set({ days_left: left }, found?.count ?? 0);
  }
  single('rotations_due', 'Accounts whose renewal is due', measured.rotationsDue, registers);
}

function countSlack({ buckets, now, slackWaits }: Measured, registers: Registry[]): void {
  const booked = new Gauge({
    name: `${NAME}slack_rate_limit_booked_seconds`,
    help: 'How far ahead calls to Slack are booked, all processes together',
    labelNames: ['method'],
    registers,
  });
  const ahead = new Map<string, number>();
  for (const { bucket, emptyAtMs } of buckets) {
    const [owner, method = ''] = bucket.split(':');
    if (owner !== 'slack') continue;
    const seconds = Math.max(0, (emptyAtMs - Date.parse(now)) / 1000);
    ahead.set(method, Math.max(seconds, ahead.get(method) ?? 0));
  }
  for (const [method, seconds] of ahead) booked.set({ method }, seconds);
  const waits = new Counter({
    name: `${NAME}slack_rate_limit_wait_seconds_total`,
    help: 'How long this process has waited for its turn in Slack',
    labelNames: ['method'],
    registers,
  });
  for (const [method, seconds] of slackWaits) waits.inc({ method }, seconds);
}

function countWork(measured: Measured, registers: Registry[]): void {
  const jobs = new Gauge({
    name: `${NAME}queue_jobs`,
    help: 'Jobs by queue and state',
    labelNames: ['queue', 'state'],
    registers,
  });
  for (const { queue, state, count } of measured.queues) jobs.set({ queue, state }, count);
  const { sweptAt, now, dueLagSeconds, messagesBehind } = measured;
  if (sweptAt !== null) {
    const age = Math.max(0, (Date.parse(now) - Date.parse(sweptAt)) / 1000);
    single('sweep_age_seconds', 'How long ago the last sweep ended', age, registers);
  }
  single('due_lag_seconds', 'How late the latest request is', dueLagSeconds, registers);
  single('messages_behind', 'Requests whose Slack messages are behind', messagesBehind, registers);
}

function single(name: string, help: string, value: number, registers: Registry[]): void {
  new Gauge({ name: NAME + name, help, registers }).set(value);
}
