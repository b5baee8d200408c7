import { answerList, answerShow, answerStory } from '../../inventory-answers.ts';
import { answerWhereClicked } from '../../surface.ts';
import type { OnClick } from './on-click.ts';

/** Another page takes the place of the one that was looked at. */
export const listAccounts: OnClick = (click, deps, _tell, turn) =>
  answerWhereClicked(click, deps, turn, (tell) =>
    answerList(click.person, click.value, tell, deps),
  );

export const showAccount: OnClick = (click, deps, tell) =>
  answerWhereClicked(click, deps, tell, (there) =>
    answerShow(click.person, 'show', click.value, there, deps),
  );

export const accountStory: OnClick = (click, deps, tell) =>
  answerWhereClicked(click, deps, tell, (there) =>
    answerStory(click.person, click.value, there, deps),
  );
