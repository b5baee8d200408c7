import type { Outside } from '../../outside.ts';
import { readStorageFormat } from '../storage-format.ts';
import { cell, linkTo, state } from './board.ts';
import type { Board } from './board.ts';

export function drawConfluence({ confluence }: Outside): Board {
  const pages = confluence.pages();
  return {
    name: 'Confluence',
    about: 'The knowledge base: one page for every account, kept up to date by the app.',
    tables: [
      {
        title: 'Pages',
        columns: ['Title', 'Version', 'Who can read it', 'State'],
        rows: pages.map((page) => [
          linkTo(page.title, { to: 'board', board: 'confluence', entry: page.id }),
          cell(page.version.number),
          cell(confluence.isOpen(page) ? 'everybody in the space' : 'a few people'),
          state(page.status, page.status === 'current' ? 'good' : 'quiet'),
        ]),
        empty: 'There are no pages yet.',
      },
    ],
    entries: pages.map((page) => ({
      id: page.id,
      title: page.title,
      facts: [],
      body: readStorageFormat(page.body),
      reveal: null,
    })),
  };
}
