import type { ValidConfig } from '../config/validate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Queue } from '../queue/queue.ts';
import type { Records } from '../records/records.ts';
import { renderMetrics } from '../web/operator/metrics.ts';

interface MetricsDeps {
  readonly records: Pick<Records, 'measure'>;
  readonly queue: Pick<Queue, 'counts'>;
  readonly clock: Clock;
  readonly slackWaits: ReadonlyMap<string, number>;
}

type Rendered = Awaited<ReturnType<typeof renderMetrics>>;

const FRESH_MS = 10_000;

/** The metrics, counted anew at most every few seconds however many ask. */
export function metricsFrom(config: ValidConfig, deps: MetricsDeps): () => Promise<Rendered> {
  const vendors = new Map(config.connections.map(({ id, vendor }) => [id, vendor]));
  let last: { readonly at: number; readonly rendered: Promise<Rendered> } | undefined;

  async function count(): Promise<Rendered> {
    const now = deps.clock.now().toISOString();
    const [measures, queues] = await Promise.all([deps.records.measure(now), deps.queue.counts()]);
    const vendorOf = (connection: string) => vendors.get(connection) ?? null;
    return renderMetrics({ ...measures, now, queues, vendorOf, slackWaits: deps.slackWaits });
  }

  return () => {
    const at = deps.clock.now().getTime();
    if (last === undefined || at - last.at >= FRESH_MS) {
      const rendered = count();
      last = { at, rendered };
      rendered.catch(() => (last = undefined));
    }
    return last.rendered;
  };
}
