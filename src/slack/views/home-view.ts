import type { HomeView, KnownBlock } from '@slack/types';

import type { Request } from '../../domain/request.ts';
import { button, context, header, section } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { ACTION, COMMAND } from '../ids.ts';
import { link, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { requestLine } from './answers.ts';

export interface HomeData {
  readonly decisions: readonly Request[];
  readonly tasks: readonly {
    readonly request: Request;
    readonly title: string;
    readonly url: string | null;
  }[];
  readonly mine: readonly Request[];
  readonly catalogue: Catalogue;
  urlOf(request: Request): string | null;
}

const MOST = 10;

/** What waits for this person, and what they asked for. */
export function homeView(data: HomeData): HomeView {
  const line = (request: Request) =>
    section(requestLine(request, data.catalogue, data.urlOf(request)));
  const tasks = data.tasks.slice(0, MOST).map(({ request, title, url }) => {
    const text = words(title, 200);
    return section(say`• ${request.id}: ${url === null ? text : link(url, title)}`);
  });
  return {
    type: 'home',
    blocks: [
      header('Flow service accounts'),
      {
        type: 'actions',
        elements: [
          button({
            id: ACTION.openForm,
            label: 'Request a service account',
            spoken: 'Request a Flow service account',
            value: 'new',
            style: 'primary',
          }),
        ],
      },
      ...part(
        'Needs your decision',
        data.decisions.slice(0, MOST).map(line),
        data.decisions.length,
      ),
      ...part('Your tasks', tasks, data.tasks.length),
      ...part('Your requests', data.mine.slice(0, MOST).map(line), data.mine.length),
    ],
  };
}

/** For people who are no members: why there is nothing here. */
export function refusedHomeView(why: Markup): HomeView {
  return { type: 'home', blocks: [header('Flow service accounts'), section(why)] };
}

function part(title: string, lines: KnownBlock[], count: number): KnownBlock[] {
  const more = count - lines.length;
  return [
    header(title),
    ...(lines.length === 0 ? [section(say`Nothing at the moment.`)] : lines),
    ...(more > 0 ? [context(say`…and ${more} more: \`${COMMAND} list\``)] : []),
  ];
}
