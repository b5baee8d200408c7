import type { Button, KnownBlock } from '@slack/types';

import { approvals, offersBreakGlass } from '../../domain/approval.ts';
import { mayBeUndone } from '../../domain/operation.ts';
import type { OperationKind } from '../../domain/operation.ts';
import type { Decision, Request } from '../../domain/request.ts';
import { button, confirm, context, header, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { ACTION } from '../ids.ts';
import { people, STATES } from '../sentences.ts';
import { bold, join, link, moment, person, quote, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { blastRadius, duplicates, factFields, titleOf } from './card-details.ts';
import { operationBlock } from './operation-messages.ts';
import { planBlocks } from './plan-blocks.ts';
import type { BlockStyle } from './plan-blocks.ts';

export interface CardData {
  readonly catalogue: Catalogue;
  readonly style: BlockStyle;
  /** Others with the same address or purpose; only shown while a decision is open. */
  readonly similar: readonly Request[];
}

/** The one message that shows a request from its beginning to its end, edited in place. */
export function requestCard(request: Request, data: CardData): Message {
  const title = titleOf(request, data.catalogue);
  const open = request.state === 'pending';
  const actions = buttons(request);
  const others = data.similar.filter(({ id }) => id !== request.id);
  const operation = operationBlock(request);
  const blocks: KnownBlock[] = [
    header(title),
    factFields(request, data.catalogue),
    ...(operation === undefined ? [] : [operation]),
    section(say`${bold('Purpose')}\n${quote(request.order.purpose, 800)}`, 900),
    ...(request.operation.kind === 'close' ? [] : [blastRadius(request.order, data.catalogue)]),
    ...(open && data.catalogue.storeWarning !== null
      ? [section(say`:warning: ${words(data.catalogue.storeWarning, 500)}`)]
      : []),
    ...(open && others.length > 0 ? [section(duplicates(others))] : []),
    section(decisionLines(request), 1500),
    ...planBlocks(request, data.catalogue, data.style),
    context(say`${request.id} · ${stateWords(request)} · asked ${moment(request.createdAt)}`),
    ...(actions.length === 0 ? [] : [{ type: 'actions' as const, elements: actions }]),
  ];
  return message(summary(request, title), blocks);
}

/** The card in one sentence. */
function summary(request: Request, title: string): Markup {
  return say`${request.id}, ${title}, asked for by ${person(request.requester)}: ${stateWords(request)}.`;
}

const LONG_WAIT_MS = 60_000;

/** The state in words; while it waits, for whom or until when. */
export function stateWords(request: Request): Markup {
  const { state, resumeAt, updatedAt } = request;
  const isLongWait =
    resumeAt !== null && Date.parse(resumeAt) - Date.parse(updatedAt) > LONG_WAIT_MS;
  if (state === 'provisioning' && isLongWait) return say`Goes on by itself ${moment(resumeAt)}`;
  if (state === 'provisioning' && request.operation.kind !== 'create') return say`Under way`;
  if (state !== 'waiting') return words(STATES[state]);
  const who = request.steps.flatMap(({ state, task }) =>
    state === 'human' && task !== null ? [person(task.assignee)] : [],
  );
  return who.length === 0
    ? say`Waiting for another system`
    : say`Waiting for ${join(who, ' and ')}`;
}

function decisionLines(request: Request): Markup {
  const { policy, decisions } = request;
  if (policy.autoApproved) {
    return say`${bold('Decision')}\nApproved at once by the rule “${policy.rule}”; nobody needs to decide.`;
  }
  const given = approvals(decisions).length;
  const made = decisions.map(decisionLine);
  const count = say`${given} of ${policy.needed} ${policy.needed === 1 ? 'approval' : 'approvals'}`;
  if (request.state !== 'pending') {
    return join([
      say`${bold('Decision')} (${count})`,
      ...(made.length === 0 ? [words(STATES[request.state])] : made),
    ]);
  }
  return join([
    say`${bold('Decision')} (${count} so far)`,
    ...made,
    say`You are asked because the rule “${policy.rule}” names you or your group: ${people(request)}.`,
    say`Please decide until ${moment(request.expiresAt)}.`,
  ]);
}

function decisionLine({ by, verdict, at, reason, skipped }: Decision): Markup {
  const why = words(reason ?? 'no reason given', 500);
  if (verdict === 'deny') return say`:no_entry: Denied by ${person(by)} on ${moment(at)}: ${why}`;
  if (skipped === undefined)
    return say`:white_check_mark: Approved by ${person(by)} on ${moment(at)}`;
  return say`:rotating_light: Approved by ${person(by)} alone on ${moment(at)}, without ${skipped} more: ${why}`;
}

function buttons(request: Request): Button[] {
  const { id } = request;
  if (request.state === 'pending') {
    const alone = offersBreakGlass(request.policy) ? [approveAlone(id)] : [];
    return [approve(request), ...alone, deny(id), cancel(id)];
  }
  const running = ['approved', 'provisioning', 'waiting'].includes(request.state);
  if (running && mayBeUndone(request)) return [undoButton(id)];
  return [];
}

function approve(request: Request): Button {
  const left = request.policy.needed - approvals(request.decisions).length;
  const effect =
    left > 1
      ? say`Your approval is recorded. ${left - 1} more from other people are needed before it begins.`
      : APPROVED[request.operation.kind](words(request.order.address, 120));
  return button({
    id: ACTION.approve,
    label: 'Approve',
    spoken: `Approve request ${request.id}`,
    value: request.id,
    style: 'primary',
    confirm: confirm(`Approve ${request.id}?`, effect, 'Approve', 'Not yet'),
  });
}

const APPROVED: Readonly<Record<OperationKind, (address: Markup) => Markup>> = {
  create: (address) =>
    say`The account ${address} is then made at once, with what the card says it will be allowed.`,
  rotate: (address) => say`A new credential for ${address} is then made at once.`,
  adopt: (address) =>
    say`The account ${address} is then looked for and proven at once. Nothing about it is changed.`,
  close: (address) => say`The account ${address} is then closed at once. This cannot be undone.`,
};

function approveAlone(id: string): Button {
  return button({
    id: ACTION.approveAlone,
    label: 'Approve alone…',
    spoken: `Approve alone: request ${id}; asks for a reason`,
    value: id,
  });
}

function deny(id: string): Button {
  return button({
    id: ACTION.deny,
    label: 'Deny…',
    spoken: `Deny request ${id}; asks for a reason`,
    value: id,
    style: 'danger',
  });
}

function cancel(id: string): Button {
  return button({
    id: ACTION.cancel,
    label: 'Cancel my request',
    spoken: `Cancel my request ${id}`,
    value: id,
    confirm: confirm(
      `Cancel ${id}?`,
      say`The request ends. Nothing has been made yet. Only the person who asked can do this.`,
      'Cancel the request',
      'Keep it',
    ),
  });
}

export function undoButton(id: string): Button {
  return button({
    id: ACTION.undo,
    label: 'Stop and undo',
    spoken: `Stop and undo request ${id}`,
    value: id,
    style: 'danger',
    confirm: confirm(
      `Undo ${id}?`,
      say`Work stops, and what was made for this request is taken away again: credentials, access and the account.`,
      'Stop and undo',
      'Go on',
    ),
  });
}

/** Replaces a second card of the same request, which a crash may leave behind. */
export function pointerCard(request: Request, url: string): Markup {
  return say`${request.id} is shown in another message now: ${link(url, 'open its card')}.`;
}
