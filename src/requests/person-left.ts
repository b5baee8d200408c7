import type { PersonId, Request } from '../domain/request.ts';
import type { UseCaseDeps } from './deps.ts';

// Polls find the rest within the hour.
const MOST = 500;

/** Has every task of somebody who has left looked at now: its check then finds another assignee. */
export async function lookAgainFor(person: PersonId, deps: UseCaseDeps): Promise<void> {
  const states = ['waiting', 'undoing'] as const;
  for (const request of await deps.records.list({ states, limit: MOST })) {
    if (!hasTaskOf(request, person)) continue;
    const resumeAt = deps.clock.now().toISOString();
    const due = await deps.records.update(request.id, (current) =>
      hasTaskOf(current, person) ? { request: { ...current, resumeAt }, events: [] } : undefined,
    );
    await deps.wish(due, 'provision');
  }
}

function hasTaskOf({ steps }: Request, person: PersonId): boolean {
  return steps.some(({ state, task }) => state === 'human' && task?.assignee === person);
}
