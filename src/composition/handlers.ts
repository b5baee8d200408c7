import { accountIdOf } from '../domain/operation.ts';
import type { Handlers, Queue, RunResult } from '../queue/queue.ts';
import { SWEPT_AT } from '../records/measures.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import { expire, remind } from '../requests/expire.ts';
import { runPlan } from '../steps/run-plan.ts';
import type { RunDeps } from '../steps/run-plan.ts';
import { createIndexKeeper } from './keep-index.ts';

export interface HandlerDeps {
  readonly run: Omit<RunDeps, 'changed'>;
  readonly useCases: UseCaseDeps;
  readonly queue: Queue;
  readonly render: (requestId: string) => Promise<RunResult>;
  readonly care: (accountId: string) => Promise<RunResult>;
  /** What Slack has to do at each sweep. */
  readonly sweepSlack?: () => Promise<void>;
}

/** At most this many per sweep; the next one takes the rest. */
const BATCH = 500;

/** What the queue's jobs do. */
export function handlersFrom({
  run,
  useCases,
  queue,
  render,
  care,
  sweepSlack,
}: HandlerDeps): Handlers {
  const { records } = run;
  const index = createIndexKeeper(run);
  return {
    provision: (id) =>
      runPlan(id, {
        ...run,
        async changed(request) {
          await useCases.wish(request, 'render');
          if (request.state !== 'done') return;
          await queue.index();
          // Its dates are set, and what somebody was asked about it is settled.
          await queue.care(accountIdOf(request));
        },
      }),
    render,
    care,
    index: () => index.keep(),
    /** Whatever the records say is due becomes a job; what is a job already stays one. */
    async sweep() {
      const now = useCases.clock.now().toISOString();
      for (const id of await records.overdue(now, BATCH)) await expire(id, useCases);
      for (const id of await records.toRemind(now, BATCH)) await remind(id, useCases);
      for (const id of await records.due(now, BATCH)) {
        const request = await records.find(id);
        if (request !== undefined) await queue.provision(id, request.version);
      }
      for (const id of await records.dueAccounts(now, BATCH)) await queue.care(id);
      for (const id of await records.messages.stale(BATCH)) await queue.render(id);
      if (await index.isDue()) await queue.index();
      await sweepSlack?.();
      await records.settings.set(SWEPT_AT, useCases.clock.now().toISOString());
    },
  };
}
