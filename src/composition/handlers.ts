import type { Handlers, Queue, RunResult } from '../queue/queue.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import { expire, remind } from '../requests/expire.ts';
import { runPlan } from '../steps/run-plan.ts';
import type { RunDeps } from '../steps/run-plan.ts';

export interface HandlerDeps {
  readonly run: Omit<RunDeps, 'changed'>;
  readonly useCases: UseCaseDeps;
  readonly queue: Queue;
  readonly render: (requestId: string) => Promise<RunResult>;
}

/** At most this many per sweep; the next one takes the rest. */
const BATCH = 500;

/** What the queue's jobs do. */
export function handlersFrom({ run, useCases, queue, render }: HandlerDeps): Handlers {
  const { records } = run;
  return {
    provision: (id) =>
      runPlan(id, { ...run, changed: (request) => useCases.wish(request, 'render') }),
    render,
    /** Whatever the records say is due becomes a job; what is a job already stays one. */
    async sweep() {
      const now = useCases.clock.now().toISOString();
      for (const id of await records.overdue(now, BATCH)) await expire(id, useCases);
      for (const id of await records.toRemind(now, BATCH)) await remind(id, useCases);
      for (const id of await records.due(now, BATCH)) {
        const request = await records.find(id);
        if (request !== undefined) await queue.provision(id, request.version);
      }
      for (const id of await records.messages.stale(BATCH)) await queue.render(id);
    },
  };
}
