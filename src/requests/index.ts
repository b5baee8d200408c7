import { groupsOf, mayRequest } from '../domain/policy.ts';
import { refuseMember } from '../domain/approval.ts';
import { adopt, lookAtAdoption } from './adopt.ts';
import { approveAlone } from './break-glass.ts';
import { cancel } from './cancel.ts';
import { completeTask } from './complete-task.ts';
import { decide } from './decide.ts';
import { openDeposit } from './deposit.ts';
import { lookAgainFor } from './person-left.ts';
import { operate } from './operate.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Directory, Requests } from './requests.ts';
import { retry, undo } from './retry.ts';
import { submit } from './submit.ts';

/** The use cases, bound to what they need. */
export function createRequests(deps: UseCaseDeps, directory: Directory): Requests {
  return {
    // The approvers among them may have been chosen in Slack meanwhile.
    get groups() {
      return groupsOf(deps.policy);
    },
    refuseRequester: (member) =>
      refuseMember(member, directory.teamId) ??
      (mayRequest(deps.policy, member) ? undefined : 'not-a-requester'),
    submit: (submission) => submit(submission, deps, directory),
    async similar(localPart, purpose) {
      return deps.records.similar(deps.ports.mailboxes.address(localPart), purpose);
    },
    decide: (id, by, verdict, reason) => decide(id, by, verdict, reason, deps, directory.teamId),
    approveAlone: (id, by, reason) => approveAlone(id, by, reason, deps, directory.teamId),
    cancel: (id, by) => cancel(id, by, deps, directory.teamId),
    completeTask: (id, step, by, answers) =>
      completeTask(id, step, by, answers, deps, directory.teamId),
    retry: (id, by) => retry(id, by, deps, directory.teamId),
    undo: (id, by) => undo(id, by, deps, directory.teamId),
    async noteRefusal(id, by, wanted, why) {
      const request = await deps.records.find(id);
      await refused(deps, why, by, wanted, request ?? null);
    },
    adopt: (wish) => adopt(wish, deps, directory),
    lookAtAdoption: (wish) => lookAtAdoption(wish, deps, directory),
    operate: (wish) => operate(wish, deps, directory.teamId),
    personLeft: (id) => lookAgainFor(id, deps),
    find: (id) => deps.records.find(id),
    list: (person) => deps.records.list(person === null ? {} : { person }),
    openDeposit: (id, step, by) => openDeposit(id, step, by, deps, directory.teamId),
  };
}
