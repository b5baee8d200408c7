import type { PersonId, Request } from '../domain/request.ts';
import type { TaskRole } from '../domain/task.ts';

/** Finds the person a task falls to; they must be alive in Slack, so it may have to look. */
export interface Assignees {
  /** `present` has it already, and keeps it while they are a full member. */
  assign(request: Request, role: TaskRole, present: PersonId | null): Promise<PersonId>;
}
