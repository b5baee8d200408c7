import type { PageLink } from '../domain/account.ts';
import type { Finding } from '../domain/finding.ts';
import { done } from '../domain/outcome.ts';
import type { AccountPage } from '../domain/page.ts';
import { refuseExposure } from './guard.ts';
import { publishPages } from './index-pages.ts';
import type { IndexPage } from './index-pages.ts';
import { NOTHING_EARLIER } from './knowledge-base.ts';
import type { KnowledgeBase } from './knowledge-base.ts';

/** A text with a marker, ready to be put where people find it. */
export interface ShelfDocument<Body = string> {
  readonly marker: string;
  readonly title: string;
  readonly body: Body;
}

export interface Placed {
  readonly link: PageLink;
  /** There was none before. */
  readonly made: boolean;
}

/** Documents found by their marker, whatever system keeps them. */
export interface Shelf<Body = string> {
  check(): Promise<Finding[]>;
  /** Brings the document up to date, or makes it; writes nothing when it is as it should be. */
  put(document: ShelfDocument<Body>): Promise<Placed>;
  /** Brings the document up to date if it is there. */
  revise(document: ShelfDocument<Body>): Promise<void>;
}

/** How pages look in a knowledge base. Every value is escaped. */
export interface Format<Body = string> {
  page(page: AccountPage): Body;
  index(page: IndexPage): Body;
}

/** The rules that all knowledge bases share, on the shelf of one of them. */
export function knowledgeOn<Body>(shelf: Shelf<Body>, format: Format<Body>): KnowledgeBase {
  function written<Page extends AccountPage | IndexPage>(
    page: Page,
    render: (page: Page) => Body,
  ): ShelfDocument<Body> {
    const body = render(page);
    refuseExposure(page, typeof body === 'string' ? body : JSON.stringify(body));
    return { marker: page.marker, title: page.title, body };
  }

  return {
    check: () => shelf.check(),
    async publish(page, { link: before } = NOTHING_EARLIER) {
      const { link, made } = await shelf.put(written(page, format.page));
      return done({ link, wasDeleted: before !== null && (made || before.id !== link.id) });
    },
    publishIndex: (index) =>
      publishPages(index, async (page) => (await shelf.put(written(page, format.index))).link),
    async archive(page) {
      const status = page.status === 'undone' ? page.status : 'closed';
      await shelf.revise(written({ ...page, status }, format.page));
      return done(undefined);
    },
  };
}
