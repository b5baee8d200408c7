import type { AccountAnswer } from '../../../accounts/accounts.ts';
import type { Account } from '../../../domain/account.ts';
import type { Member } from '../../../domain/approval.ts';
import type { Tell } from '../../answering.ts';
import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { accountMember, explainAccountRefusal } from '../../account-members.ts';
import type { Click } from '../../payloads.ts';
import { person, say, words } from '../../text.ts';
import type { Markup } from '../../text.ts';
import { closeView, handOverView, snoozeView } from '../../views/account-forms.ts';
import { HEALTH } from '../../views/account-messages.ts';
import { askForOperation } from '../../ask-for-operation.ts';
import type { OnClick } from './on-click.ts';

/** A click that changes an account: who it is, the use case, and one sentence about what came of it. */
function changing(
  act: (account: string, by: Member, deps: RoomDeps) => Promise<AccountAnswer>,
  sentence: (account: Account) => Markup,
): OnClick {
  return async (click, deps, tell) => {
    const by = await accountMember(click.person, click.value, deps);
    const answer = await act(click.value, by, deps);
    await tell(
      note(
        answer.kind === 'done'
          ? sentence(answer.value)
          : explainAccountRefusal(answer.refusal, answer.account, deps),
      ),
    );
  };
}

const healthSentence = ({ address, care }: Account): Markup =>
  say`${words(address, 200)}: ${HEALTH[care.health.state].toLowerCase()}. ${words(care.health.says.join(' '), 900)}`;

export const check = changing((id, by, deps) => deps.accounts.check(id, by, false), healthSentence);

export const accept = changing((id, by, deps) => deps.accounts.check(id, by, true), healthSentence);

export const keep = changing(
  (id, by, deps) => deps.accounts.keep(id, by),
  ({ address }) => say`Thank you. ${words(address, 200)} is kept.`,
);

export const takeOver = changing(
  (id, by, deps) => deps.accounts.answerHandOver(id, by, true),
  ({ address }) => say`Thank you. You own ${words(address, 200)} now.`,
);

export const decline = changing(
  (id, by, deps) => deps.accounts.answerHandOver(id, by, false),
  ({ address, owner }) => say`${words(address, 200)} stays with ${person(owner)} for now.`,
);

export async function rotate(click: Click, deps: RoomDeps, tell: Tell): Promise<void> {
  const wish = { account: click.value, kind: 'rotate' as const, reason: '' };
  await askForOperation({ ...wish, person: click.person, trigger: click.trigger }, deps, tell);
}

/** Opens a form in one Slack call. */
function opening(view: (account: Account) => Parameters<RoomDeps['modals']['open']>[1]): OnClick {
  return async (click, deps, tell) => {
    const account = await deps.accounts.find(click.value);
    if (account === undefined) await tell(note(say`There is no service account ${click.value}.`));
    else await deps.modals.open(click.trigger, view(account));
  };
}

export const close = opening(closeView);
export const snooze = opening(snoozeView);
export const handOver = opening(handOverView);
