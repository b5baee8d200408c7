import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import { mayBeUndone } from '../domain/operation.ts';
import type { Request, StepRecord } from '../domain/request.ts';
import { mayMove, transition } from '../domain/transitions.ts';
import type { Move } from '../domain/transitions.ts';
import { changeOrRefuse } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import { mayAct } from './decide.ts';
import type { Answer } from './requests.ts';

/** After a failure: goes on at the failed step, forwards or with undoing, whichever it was. */
export async function retry(
  id: string,
  by: Member,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  return resume(id, by, 'retry', deps, teamId);
}

/** Cancels and takes back whatever was made, step by step, last first. */
export async function undo(
  id: string,
  by: Member,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  return resume(id, by, 'undo', deps, teamId);
}

async function resume(
  id: string,
  by: Member,
  move: 'retry' | 'undo',
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  const now = deps.clock.now().toISOString();
  const action = move === 'retry' ? 'retried' : 'undo-started';
  const answer = await changeOrRefuse(
    deps,
    id,
    by,
    action,
    (current) => refuseMember(by, teamId) ?? refuseMove(current, move, by),
    (current) => ({
      request: {
        ...transition(current, courseOf(current, move)),
        steps: freshSteps(current, courseOf(current, move), now),
        failure: null,
        resumeAt: now,
      },
      events: [
        { action, actor: by.id, subject: id, details: { after: current.failure?.step ?? null } },
      ],
    }),
  );
  if (answer.kind === 'done') await deps.wish(answer.value, 'provision');
  return answer;
}

/** What was being undone is never built up again by trying again. */
function courseOf(request: Request, move: 'retry' | 'undo'): 'retry' | 'undo' {
  return request.failure?.undoing === true ? 'undo' : move;
}

function refuseMove(request: Request, move: Move, by: Member): Refusal | undefined {
  if (!mayAct(request, by)) return 'not-an-approver';
  if (move === 'undo' && !mayBeUndone(request)) return 'too-late';
  return mayMove(request.state, move) ? undefined : 'too-late';
}

// A credential that failed its verification is looked at again where it was made, and replaced.
const MAKES_CREDENTIAL: readonly string[] = ['credential', 'flow-key', 'new-credential'];

/** Tries start anew; undoing also closes open tasks, since nobody has to do them any more. */
function freshSteps(request: Request, move: 'retry' | 'undo', now: string): StepRecord[] {
  const again = move === 'retry' && request.failure?.step === 'verify' ? MAKES_CREDENTIAL : [];
  return request.steps.map((record) => {
    const isOpen = record.state === 'failed' || record.state === 'human';
    if (!isOpen && !again.includes(record.id)) return { ...record, attempts: 0 };
    return {
      ...record,
      attempts: 0,
      state: 'running',
      task: move === 'undo' ? null : record.task,
      at: now,
    };
  });
}
