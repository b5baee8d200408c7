import type { Button, KnownBlock } from '@slack/types';

import type { Account, HealthState } from '../../domain/account.ts';
import { button, confirm, context, message, note, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import { ACTION } from '../ids.ts';
import { bold, day, join, joinUpTo, link, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';

export const HEALTH: Readonly<Record<HealthState, string>> = {
  healthy: 'Healthy',
  expiring: 'To be renewed soon',
  drifted: 'Changed since it was last found right',
  broken: 'Broken',
  unknown: 'Could not be checked',
};

/** What a check found, and what to do about it. */
export function healthMessage(account: Account): Message {
  const { health } = account.care;
  const name = say`${words(account.address, 200)} (${account.id})`;
  if (health.state === 'healthy') {
    return note(say`:white_check_mark: The service account ${name} is healthy again.`);
  }
  const text = say`The service account ${name}: ${HEALTH[health.state].toLowerCase()}.`;
  return message(text, [
    section(
      join([
        say`${health.state === 'broken' ? ':x:' : ':warning:'} ${bold(HEALTH[health.state])}: ${name}`,
        joinUpTo(
          health.says.map((sentence) => say`• ${words(sentence, 600)}`),
          2200,
        ),
      ]),
    ),
    about(account),
    actions(healthButtons(account)),
  ]);
}

function healthButtons(account: Account): Button[] {
  const again = accountButton('check', 'Check again', account);
  const { state } = account.care.health;
  if (state === 'drifted') return [accountButton('accept', 'This is right', account), again];
  return state === 'unknown' ? [again] : [again, rotateButton(account)];
}

/** The credential has to be renewed. */
export function reminderMessage(account: Account, days: number): Message {
  const when = days === 0 ? say`today` : say`on ${day(account.rotateAt)}`;
  const text = say`The credential of ${words(account.address, 200)} (${account.id}) is due to be renewed ${when}.`;
  return message(text, [
    section(say`:hourglass_flowing_sand: ${text}`),
    about(account),
    actions([rotateButton(account), accountButton('snooze', 'Remind me later…', account)]),
  ]);
}

/** Is the account still needed, and is its owner the right one? */
export function reviewMessage(account: Account): Message {
  const text = say`Is the service account ${words(account.address, 200)} (${account.id}) still needed?`;
  return message(text, [
    section(
      join([
        bold('Review of a service account'),
        text,
        say`It was made for: ${words(account.purpose, 600)}`,
      ]),
    ),
    about(account),
    actions([
      accountButton('keep', 'Keep it', account, 'primary'),
      accountButton('handOver', 'Change owner…', account),
      accountButton('close', 'Close it…', account, 'danger'),
    ]),
  ]);
}

/** What is left of a question once somebody has answered it, or nobody has to any more. */
export function answeredMessage(account: Account, what: 'review' | 'handOver'): Message {
  if (what === 'handOver') {
    return note(
      say`:heavy_minus_sign: ${words(account.address, 200)} (${account.id}) is owned by ${person(account.owner)}.`,
    );
  }
  const last = account.care.review.answers.at(-1);
  return last === undefined
    ? note(say`:heavy_minus_sign: The review of ${words(account.address, 200)} is over.`)
    : note(
        say`:white_check_mark: ${person(last.by)} keeps ${words(account.address, 200)} (${account.id}), ${day(last.at)}.`,
      );
}

/** Asks somebody, or any of the approvers, to become the owner. */
export function handOverMessage(account: Account, forApprovers: boolean): Message {
  const { handOver } = account.care;
  const why = words(handOver?.why ?? '', 300);
  const ask = forApprovers
    ? say`Who of the approvers takes over the service account ${words(account.address, 200)} (${account.id})?`
    : say`You are asked to take over the service account ${words(account.address, 200)} (${account.id}).`;
  const buttons = [accountButton('takeOver', 'I take it over', account, 'primary')];
  if (!forApprovers) buttons.push(accountButton('decline', 'Not me', account));
  return message(ask, [
    section(
      join([
        ask,
        why,
        say`Its owner is asked when it needs a person: when its credential has to be renewed, when it breaks, and whether it is still needed.`,
      ]),
    ),
    about(account),
    actions(buttons),
  ]);
}

function about(account: Account): KnownBlock {
  const facts: Markup[] = [
    say`owner ${person(account.owner)}`,
    say`next renewal ${day(account.rotateAt)}`,
    link(account.page.url, 'Open its page'),
  ];
  return context(join(facts, ' · '));
}

function actions(elements: Button[]): KnownBlock {
  return { type: 'actions', elements };
}

export function rotateButton(account: Account): Button {
  return button({
    id: ACTION.rotate,
    label: 'Rotate now',
    spoken: `Rotate now: account ${account.id} gets a new credential`,
    value: account.id,
    style: 'primary',
    confirm: confirm(
      `Rotate ${account.id}?`,
      account.kind === 'flow-user'
        ? say`Flow allows one API key per user: making the new key ends the old one at once.`
        : say`A new credential is made. The old one works until the new one is proven and in use.`,
      'Rotate',
      'Not now',
    ),
  });
}

type Plain = 'check' | 'accept' | 'snooze' | 'keep' | 'handOver' | 'close' | 'takeOver' | 'decline';

export function accountButton(
  what: Plain,
  label: string,
  { id }: Pick<Account, 'id'>,
  style?: 'primary' | 'danger',
): Button {
  return button({
    id: ACTION[what],
    label,
    spoken: `${label.replace('…', '')}: account ${id}`,
    value: id,
    ...(style === undefined ? {} : { style }),
  });
}
