import type { Refusal } from '../domain/approval.ts';
import type { AuditEntry, AuditAction } from '../domain/audit.ts';
import type { ErrorCode, ProductError } from '../domain/errors.ts';
import type { Access, FlowService, Kind, Request, State } from '../domain/request.ts';
import { link, group, join, joinUpTo, moment, person, say, words } from './text.ts';
import type { Markup } from './text.ts';

const NEXT: Readonly<Record<ErrorCode, string>> = {
  timeout: 'Nothing is lost. Please try again in a minute.',
  unreachable: 'Nothing is lost. Please try again in a minute.',
  unavailable: 'Nothing is lost. Please try again in a few minutes.',
  'rate-limited': 'Please wait a minute and try again.',
  unauthenticated: 'Please ask the operator of this app to renew its credential.',
  'missing-permission': 'Please ask the operator of this app to grant what is missing.',
  'not-found': 'Please check the name or id and try again.',
  exists: 'Please look at what is already there before you ask for another one.',
  'name-taken': 'Please choose another name.',
  'limit-reached': 'Please free some room there, then try again.',
  refused: 'Please ask the operator of this app to look into it.',
  'unexpected-answer': 'Please try again; if it stays, ask the operator of this app.',
  conflict: 'Please look at its present state before you go on.',
  'invalid-input': 'Please correct it and try again.',
  'invalid-config': 'Please ask the operator of this app to correct its configuration.',
  'verification-failed': 'Please mend what is named, then try again.',
  'secret-exposed': 'Please have that credential revoked now and make a new one.',
  internal: 'Please try again; if it stays, ask the operator of this app.',
};

/** What happened, in the error's own sentence, and what the person can do about it. */
export function errorSentence(error: ProductError): Markup {
  return words(errorWords(error), 900);
}

/** The same for places that show plain text. */
export function errorWords(error: ProductError): string {
  return `${error.message} ${NEXT[error.code]}`;
}

type Refuse = (request: Request | null) => Markup;

const REFUSALS: Readonly<Record<Refusal, Refuse>> = {
  'not-a-member': () => say`Only members of this workspace can do that.`,
  guest: () =>
    say`Guests cannot ask for service accounts or decide about them. Please ask a full member of this workspace.`,
  bot: () => say`Apps cannot ask for service accounts or decide about them.`,
  deactivated: () => say`This Slack account is deactivated, so it cannot do that.`,
  'other-workspace': () =>
    say`Your Slack account belongs to another workspace. Only members of this workspace can do that.`,
  'not-an-approver': (request) =>
    request === null
      ? say`You are not an approver, so you cannot decide this.`
      : say`You are not an approver of ${request.id}. These can decide: ${people(request)}.`,
  'not-a-requester': () =>
    say`The rules of this app do not let you ask for a service account. Please ask the operator of this app who may.`,
  'not-the-requester': (request) =>
    request === null
      ? say`Only the person who asked can do that.`
      : say`Only ${person(request.requester)}, who asked for ${request.id}, can do that.`,
  'not-the-assignee': (request) =>
    request === null
      ? say`This task is assigned to somebody else.`
      : say`This task of ${request.id} is assigned to ${assignees(request)}.`,
  'not-an-owner': (request) =>
    request === null
      ? say`Only its owners and the approvers can do that.`
      : say`Only the owners of ${words(request.order.address, 120)} and the approvers can do that: ${person(request.order.owner)}, ${people(request)}.`,
  'not-an-admin': () => say`Only the admins of this app can do that; its configuration names them.`,
  'own-request': (request) =>
    request === null
      ? say`You cannot approve your own request.`
      : say`${request.id} is your own request. Another approver has to decide: ${people(request)}.`,
  'already-decided': (request) =>
    request === null ? say`This was already decided.` : alreadyDecided(request),
  'already-approved-by-you': (request) =>
    request === null
      ? say`You have approved this already.`
      : say`You have approved ${request.id} already. It needs ${request.policy.needed} approvals from different people.`,
  'no-break-glass': (request) =>
    request === null
      ? say`The rule of this request does not let one approver decide alone.`
      : say`The rule “${request.policy.rule}” does not let one approver decide alone. ${request.id} needs ${request.policy.needed} approvals.`,
  expired: (request) =>
    request === null
      ? say`This request has expired.`
      : say`${request.id} expired on ${moment(request.expiresAt)} without a decision. ${person(request.requester)} can send it again.`,
  'too-late': (request) =>
    request === null
      ? say`It is too late for that.`
      : say`It is too late for that: ${request.id} is ${words(STATES[request.state].toLowerCase())}.`,
};

/** Why somebody was refused, and who can help. */
export function refusalSentence(refusal: Refusal, request: Request | null): Markup {
  return REFUSALS[refusal](request);
}

function alreadyDecided(request: Request): Markup {
  const last = request.decisions.at(-1);
  if (request.state === 'cancelled') {
    return say`${request.id} was cancelled by ${person(request.requester)}, so there is nothing to decide.`;
  }
  if (last === undefined) return say`${request.id} was already decided: ${STATES[request.state]}.`;
  const verb = last.verdict === 'deny' ? 'denied' : 'approved';
  return say`${request.id} was already ${verb} by ${person(last.by)} on ${moment(last.at)}.`;
}

/** Everybody who may decide a request now. */
export function people(request: Request): Markup {
  const unique = mentionsOf(request);
  if (unique.length === 0) return say`nobody is named in the rule`;
  const shown = unique.slice(0, 10);
  const more = unique.length - shown.length;
  return more === 0 ? join(shown, ', ') : say`${join(shown, ', ')} and ${more} more`;
}

/** Whoever is named here hears of it: one message has room for more than a hundred. */
function everybodyBut(actor: string, request: Request): Markup {
  const others = mentionsOf(request).filter(({ mrkdwn }) => mrkdwn !== person(actor).mrkdwn);
  return others.length === 0 ? say`nobody else is named` : joinUpTo(others, 2000, ', ');
}

function mentionsOf({ policy: { approvers, escalateTo }, escalated }: Request): Markup[] {
  const rules = escalated ? [approvers, escalateTo] : [approvers];
  const mentions = rules.flatMap((rule) => [...rule.users.map(person), ...rule.groups.map(group)]);
  return [...new Map(mentions.map((mention) => [mention.mrkdwn, mention])).values()];
}

function assignees(request: Request): Markup {
  const named = request.steps.flatMap((step) => (step.task === null ? [] : [step.task.assignee]));
  return named.length === 0 ? say`nobody any more` : join(named.map(person), ', ');
}

export const STATES: Readonly<Record<State, string>> = {
  pending: 'Waiting for approval',
  approved: 'Approved, about to start',
  provisioning: 'Being set up',
  waiting: 'Waiting',
  done: 'Done and verified',
  failed: 'Stopped at a problem',
  undoing: 'Being undone',
  undone: 'Undone',
  denied: 'Denied',
  cancelled: 'Cancelled',
  expired: 'Expired without a decision',
};

export const KINDS: Readonly<Record<Kind, { readonly label: string; readonly hint: string }>> = {
  integration: {
    label: 'Connect Flow to a Git host or ticket system',
    hint: 'Flow reads repositories, pull requests or tickets with it',
  },
  automation: {
    label: 'An automated process in the pipeline',
    hint: 'Keeps its commits apart from what contributors do',
  },
  'flow-user': {
    label: "A user of Flow's own API and configuration",
    hint: 'Stays when people leave',
  },
};

export const ACCESS: Readonly<Record<Access, string>> = {
  owner: 'Owner',
  contributor: 'Contributor',
};

export const SERVICES: Readonly<Record<FlowService, string>> = {
  repositories: 'Repositories and commits',
  'pull-requests': 'Pull requests',
  tickets: 'Tickets',
  webhooks: 'Webhooks',
};

type Line = (
  entry: AuditEntry,
  request: Request,
  title: (step: string) => string,
) => Markup | undefined;

const silent: Line = () => undefined;

const LINES: Readonly<Record<AuditAction, Line>> = {
  // The card, the task messages, the failure message and the confirmation say these.
  requested: (entry) =>
    detail(entry, 'message') === ''
      ? undefined
      : say`Asked for from ${link(detail(entry, 'message'), 'this message')}.`,
  'task-opened': silent,
  'task-checked': silent,
  'step-failed': silent,
  failed: silent,
  completed: silent,
  // Told to one person alone, or of no use in a thread.
  refused: silent,
  'credential-read': silent,
  'deposit-opened': silent,
  'config-changed': silent,
  'dry-run': silent,
  // Of the account, not of one request.
  'account-closed': silent,
  'account-changed': silent,
  'account-checked': silent,
  'owner-reminded': silent,
  'reminder-snoozed': silent,
  'review-asked': silent,
  'review-escalated': silent,
  'review-answered': silent,
  'hand-over-asked': silent,
  'handed-over': silent,
  'hand-over-declined': silent,
  'secret-destroyed': silent,
  'rolled-back': (entry, { order }, title) =>
    order.kind === 'flow-user'
      ? say`It stopped at “${title(detail(entry, 'after'))}”. Flow keeps one API key per user, so whichever key works is kept.`
      : say`It stopped at “${title(detail(entry, 'after'))}”, so the old credential stays in use. What was made for the new one is being taken back.`,
  'auto-approved': (_, request) =>
    say`Approved at once by the rule “${request.policy.rule}”; nobody needs to decide.`,
  approved: ({ actor }) => say`${person(actor)} approved this request.`,
  'break-glass': (entry, request) =>
    say`:rotating_light: ${person(entry.actor)} approved this alone${because(entry)}. For the other approvers, who were not waited for: ${everybodyBut(entry.actor, request)}.`,
  denied: (entry) => say`${person(entry.actor)} denied this request${because(entry)}.`,
  cancelled: ({ actor }) => say`${person(actor)} cancelled this request.`,
  expired: (_, request) =>
    say`Nobody decided in time, so this request expired. ${person(request.requester)} can send it again.`,
  reminded: (_, request) =>
    say`Still waiting for a decision until ${moment(request.expiresAt)}: ${people(request)}.`,
  escalated: (_, request) =>
    say`Nobody has decided yet, so these are asked as well: ${people(request)}.`,
  started: () => say`Setting up has begun.`,
  'step-done': (entry, _, title) => say`Done: ${title(detail(entry, 'step'))}`,
  'task-answered': (entry, _, title) =>
    say`${person(entry.actor)} reports that their part of “${title(detail(entry, 'step'))}” is done. Checking it now.`,
  retried: ({ actor }) => say`${person(actor)} had it tried again.`,
  'undo-started': ({ actor }) => say`${person(actor)} stopped it. What was made is being undone.`,
  'step-undone': (entry, _, title) => say`Undone: ${title(detail(entry, 'step'))}`,
  undone: () => say`Everything that was made for this request is undone.`,
  'credential-deposited': ({ actor }) =>
    say`${person(actor)} handed in the credential. It went straight into the store and is being checked.`,
  'deposit-refused': (entry) =>
    say`The credential that was handed in was not accepted${because(entry)}.`,
};

/** An event as a line of the request's thread; undefined when the thread does not tell it. */
export function threadLine(
  entry: AuditEntry,
  request: Request,
  title: (step: string) => string,
): Markup | undefined {
  return LINES[entry.action](entry, request, title);
}

function because(entry: AuditEntry): Markup {
  const reason = detail(entry, 'reason');
  return reason === '' ? say`` : say`: ${words(reason, 600)}`;
}

function detail(entry: AuditEntry, key: string): string {
  const value = entry.details[key];
  return typeof value === 'string' ? value : '';
}
