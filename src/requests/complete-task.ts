import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { OpenTask, Request } from '../domain/request.ts';
import { changeOrRefuse } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Answer } from './requests.ts';
import { mayAct } from './decide.ts';
import { refuseSecrets } from './typed-secret.ts';

const LONGEST_ANSWER = 500;

/** "Done" on a task: keeps what was answered and has the check run now. Nothing is taken on trust. */
export async function completeTask(
  id: string,
  step: string,
  by: Member,
  answers: Readonly<Record<string, string>>,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<Request>> {
  refuseSecrets(answers);
  const now = deps.clock.now().toISOString();
  const answer = await changeOrRefuse(
    deps,
    id,
    by,
    'task-answered',
    (current) => refuseMember(by, teamId) ?? refuseTask(current, step, by),
    (current) => ({
      request: withAnswers(current, step, answers, now),
      events: [
        {
          action: 'task-answered',
          actor: by.id,
          subject: id,
          details: { step, fields: Object.keys(answers) },
        },
      ],
    }),
  );
  if (answer.kind === 'done') await deps.wish(answer.value, 'provision');
  return answer;
}

/** The assignee does it; the account's owners and the approvers may stand in. */
export function refuseTask(request: Request, step: string, by: Member): Refusal | undefined {
  const task = openTask(request, step);
  if (task === undefined) return 'too-late';
  const { owner, secondOwner } = request.order;
  const isTheirs = [task.assignee, owner, secondOwner].includes(by.id) || mayAct(request, by);
  return isTheirs ? undefined : 'not-the-assignee';
}

export function openTask(request: Request, step: string): OpenTask | undefined {
  if (request.state !== 'waiting' && request.state !== 'undoing') return undefined;
  return (
    request.steps.find((record) => record.id === step && record.state === 'human')?.task ??
    undefined
  );
}

function withAnswers(
  request: Request,
  step: string,
  answers: Readonly<Record<string, string>>,
  now: string,
): Request {
  const steps = request.steps.map((record) => {
    if (record.id !== step || record.task === null) return record;
    const known = record.task.fields
      .map(({ id }) => [id, (answers[id] ?? '').trim().slice(0, LONGEST_ANSWER)] as const)
      .filter(([, value]) => value !== '');
    const merged = { ...record.task.answers, ...Object.fromEntries(known) };
    return { ...record, task: { ...record.task, answers: merged, checkedAt: null } };
  });
  return { ...request, steps, resumeAt: now };
}
