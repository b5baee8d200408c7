import type { HomeView, KnownBlock } from '@slack/types';

import type { Account } from '../../domain/account.ts';
import type { Request } from '../../domain/request.ts';
import type { AccountCount } from '../../records/records.ts';
import { button, context, header, section } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { ACTION, COMMAND } from '../ids.ts';
import { link, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { accountRow } from './account-list.ts';
import { requestLine } from './answers.ts';
import { totalBlocks } from './home-totals.ts';
import { nextDates } from './next-dates.ts';

export interface HomeData {
  readonly decisions: readonly Request[];
  readonly tasks: readonly {
    readonly request: Request;
    readonly title: string;
    readonly url: string | null;
  }[];
  readonly mine: readonly Request[];
  readonly accounts: readonly Account[];
  /** Null for those who are no admins. */
  readonly totals: readonly AccountCount[] | null;
  readonly catalogue: Catalogue;
  urlOf(request: Request): string | null;
}

/** As many lines of each list are shown. */
export const HOME_LINES = 10;

/** What waits for this person, what they asked for, and the accounts they look after. */
export function homeView(data: HomeData): HomeView {
  const line = (request: Request) =>
    section(requestLine(request, data.catalogue, data.urlOf(request)), 900);
  const tasks = data.tasks.slice(0, HOME_LINES).map(({ request, title, url }) => {
    const text = words(title, 200);
    return section(say`• ${request.id}: ${url === null ? text : link(url, title)}`);
  });
  const row = (account: Account) => accountRow(account, data.catalogue);
  const dates = nextDates(data.accounts);
  return {
    type: 'home',
    blocks: [
      header('Flow service accounts'),
      { type: 'actions', elements: [requestButton()] },
      ...part('Needs your decision', data.decisions.slice(0, HOME_LINES).map(line), data.decisions),
      ...part('Your tasks', tasks, data.tasks),
      ...part('Your requests', data.mine.slice(0, HOME_LINES).map(line), data.mine),
      ...part('Accounts you own', data.accounts.slice(0, HOME_LINES).map(row), data.accounts),
      ...(dates === undefined ? [] : [header('Next dates'), section(dates)]),
      ...(data.totals === null ? [] : totalBlocks(data.totals)),
    ],
  };
}

/** For people who are no members: why there is nothing here. */
export function refusedHomeView(why: Markup): HomeView {
  return { type: 'home', blocks: [header('Flow service accounts'), section(why)] };
}

function requestButton() {
  return button({
    id: ACTION.openForm,
    label: 'Request a service account',
    spoken: 'Request a service account for Flow',
    value: 'new',
    style: 'primary',
  });
}

function part(title: string, lines: KnownBlock[], all: readonly unknown[]): KnownBlock[] {
  const more = all.length > lines.length;
  return [
    header(title),
    ...(lines.length === 0 ? [section(say`Nothing at the moment.`)] : lines),
    ...(more ? [context(say`…and more: \`${COMMAND} list\``)] : []),
  ];
}
