import type { Button, KnownBlock } from '@slack/types';

import type { Account } from '../../domain/account.ts';
import { counted } from '../../domain/counted.ts';
import { connectionWords, factsOf } from '../../domain/request.ts';
import { isLater, mayBeUndone } from '../../domain/operation.ts';
import type { Failure, Request } from '../../domain/request.ts';
import { button, context, message, note, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { ACTION } from '../ids.ts';
import { bold, day, join, joinUpTo, link, moment, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { accountLines, titleOf } from './card-details.ts';
import { operationDoneMessage } from './operation-messages.ts';
import { undoButton } from './request-card.ts';

/** Which step stopped, why, what there is so far, and the ways on. */
export function failureMessage(request: Request, failure: Failure, catalogue: Catalogue): Message {
  return failure.undoing === true
    ? undoFailureMessage(request, failure, catalogue)
    : stepFailureMessage(request, failure, catalogue);
}

/** What could not be taken back, and what is therefore still there. */
function undoFailureMessage(request: Request, failure: Failure, catalogue: Catalogue): Message {
  const step = catalogue.stepTitle(request, failure.step);
  const left = request.steps.filter(({ state, at }) => state !== 'undone' && at !== null);
  const lines = left.map(({ id }) => say`• ${catalogue.stepTitle(request, id)}`);
  const text = say`${request.id} could not be undone at “${step}”: ${words(failure.message, 600)}`;
  return message(text, [
    section(say`:x: ${bold(`Undoing stopped at “${step}”`)}\n${words(failure.message, 900)}`),
    section(say`Not undone yet:\n${joinUpTo(lines, 1500)}`),
    context(
      say`${request.id} · ${moment(failure.at)} · “Try again” goes on undoing from here. Approvers can choose it.`,
    ),
    { type: 'actions', elements: [retryButton(request.id)] },
  ]);
}

function stepFailureMessage(request: Request, failure: Failure, catalogue: Catalogue): Message {
  const step = catalogue.stepTitle(request, failure.step);
  const done = request.steps.filter(({ state }) => state === 'done');
  const text = say`${request.id} stopped at “${step}”: ${words(failure.message, 600)}`;
  const blocks: KnownBlock[] = [
    section(say`:x: ${bold(`Stopped at “${step}”`)}\n${words(failure.message, 900)}`),
    section(soFar(done.map(({ id }) => catalogue.stepTitle(request, id)))),
    context(
      say`${request.id} · ${moment(failure.at)} · “Try again” goes on at this step; nothing is made twice. Approvers can choose.`,
    ),
    {
      type: 'actions',
      elements: [
        retryButton(request.id),
        ...(mayBeUndone(request) ? [undoButton(request.id)] : []),
      ],
    },
  ];
  return message(text, blocks);
}

function retryButton(id: string): Button {
  return button({
    id: ACTION.retry,
    label: 'Try again',
    spoken: `Try again: request ${id}`,
    value: id,
    style: 'primary',
  });
}

function soFar(titles: readonly string[]): Markup {
  if (titles.length === 0) return say`Nothing has been made so far.`;
  return say`Done so far and kept:\n${joinUpTo(
    titles.map((title) => say`• ${title}`),
    1500,
  )}`;
}

/** What is left of a failure's message once somebody has chosen. */
export function pastFailureMessage(): Message {
  return note(
    say`:heavy_minus_sign: It had stopped at a problem here; somebody chose how to go on.`,
  );
}

/** The last word of a request: what was made, and the proof. */
export function confirmationMessage(
  request: Request,
  account: Account,
  catalogue: Catalogue,
): Message {
  return isLater(request.operation)
    ? operationDoneMessage(request, request.operation, account, catalogue)
    : readyMessage(request, account, catalogue);
}

function readyMessage(request: Request, account: Account, catalogue: Catalogue): Message {
  const { verification, secret, page } = account;
  const { count, noun } = verification.sees;
  const text = say`${request.id} is done: ${words(account.address, 200)} was verified and sees ${counted(count, noun)}.`;
  const blocks: KnownBlock[] = [
    section(
      say`:white_check_mark: ${bold(titleOf(request, catalogue))}\n${person(request.requester)}, your account is ready. Verified at ${moment(verification.at)}: sees ${counted(count, noun)}.`,
    ),
    section(
      joinUpTo([...accountLines(account, catalogue.storeName), ...connectionLine(request)], 2900),
    ),
    section(
      join([
        say`${link(secret.url, 'Open the stored credential')} (${secret.name})`,
        say`${link(page.url, `Open the page in ${catalogue.knowledgeName}`)}`,
        ...pageNews(request),
      ]),
    ),
    context(say`${request.id} · owner ${owners(account)} · next renewal ${day(account.rotateAt)}`),
  ];
  return message(text, blocks);
}

/** In the other end's own words: where only a person has looked, they say so. */
function connectionLine(request: Request): Markup[] {
  const says = connectionWords(request);
  return says === undefined ? [] : [say`• Connection: ${words(says, 300)}`];
}

/** People who had the old page open or bookmarked must hear of it. */
function pageNews(request: Request): Markup[] {
  return factsOf(request, 'confirm')?.['pageWasDeleted'] === true
    ? [say`Its page was no longer where it was, so it was published again.`]
    : [];
}

function owners(account: Account): Markup {
  return account.secondOwner === null
    ? person(account.owner)
    : say`${person(account.owner)}, then ${person(account.secondOwner)}`;
}
