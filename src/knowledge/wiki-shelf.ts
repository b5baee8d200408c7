import { createHash } from 'node:crypto';

import { hasCode, isAmbiguous } from '../domain/errors.ts';
import type { Shelf, ShelfDocument } from './shelf.ts';
import { locate, locateTitle, mark, titles } from './wiki-locate.ts';

export interface WikiPage {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly authorId: string;
  readonly version: { readonly number: number; readonly message: string };
  /** Storage format. */
  readonly body: string;
  readonly url: string;
}

/** What a shelf needs of Confluence, be it Cloud or Data Center. */
export interface Wiki {
  /** Our own user, as it shows in `authorId`. */
  ownId(): Promise<string>;
  /** Present pages of the space with exactly this title. */
  titled(title: string): Promise<readonly WikiPage[]>;
  /** @throws ProductError `not-found` */
  page(id: string): Promise<WikiPage>;
  /** Ids of pages whose text has the word; from a search index that is behind. */
  mentioning(word: string): Promise<readonly string[]>;
  property(pageId: string, key: string): Promise<unknown>;
  addProperty(pageId: string, key: string, value: unknown): Promise<void>;
  /** A new page, hidden from others until `release` where the wiki can do that. @throws ProductError `name-taken` */
  create(draft: { readonly title: string; readonly body: string }): Promise<WikiPage>;
  /** The next version. @throws ProductError `conflict` when `present` is no longer the present one */
  update(
    present: WikiPage,
    draft: { readonly title: string; readonly body: string; readonly message: string },
  ): Promise<WikiPage>;
  /** Lets those see the page for whom it is meant; the last call for each page. */
  release(pageId: string): Promise<void>;
}

const ROUNDS = 3;

/** Documents as pages of a Confluence space. */
export function shelfOn(wiki: Wiki, check: Shelf['check']): Shelf {
  async function putOnce(document: ShelfDocument) {
    const found = await locate(wiki, document);
    const present =
      found === undefined
        ? await create(wiki, document)
        : await bringUpToDate(wiki, found, document);
    await mark(wiki, present.id, document.marker);
    await wiki.release(present.id);
    return { link: { id: present.id, url: present.url }, made: found === undefined };
  }

  return {
    check,
    put: (document) => retried(() => putOnce(document)),
    revise: (document) =>
      retried(async () => {
        const found = await locate(wiki, document);
        if (found !== undefined) await bringUpToDate(wiki, found, document);
      }),
  };
}

/** Somebody else may edit or delete the page between two of our calls: look again and go on. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!hasCode(error, 'conflict', 'not-found') || round === ROUNDS) throw error;
    }
  }
}

async function create(wiki: Wiki, document: ShelfDocument): Promise<WikiPage> {
  let taken: unknown;
  for (const title of titles(document)) {
    try {
      return await wiki.create({ title, body: document.body });
    } catch (error) {
      if (!hasCode(error, 'name-taken') && !isAmbiguous(error)) throw error;
      const ours = await locateTitle(wiki, document.marker, title);
      if (ours !== undefined) return ours;
      if (isAmbiguous(error)) throw error;
      taken = error;
    }
  }
  throw taken;
}

async function bringUpToDate(
  wiki: Wiki,
  present: WikiPage,
  document: ShelfDocument,
): Promise<WikiPage> {
  const { body } = document;
  const [wanted = document.marker, ...others] = titles(document);
  const hasTitle = [wanted, ...others].includes(present.title);
  // Confluence rewrites what it stores, so the version's message tells whose text it is.
  const message = `Flow service accounts ${digest(wanted, body)}`;
  const isCurrent = present.body === body || present.version.message === message;
  if (hasTitle && isCurrent) return present;
  for (const title of hasTitle ? [present.title] : [wanted, ...others, present.title]) {
    try {
      return await wiki.update(present, { title, body, message });
    } catch (error) {
      if (hasCode(error, 'name-taken')) continue;
      if (!isAmbiguous(error)) throw error;
      const now = await wiki.page(present.id);
      if (now.version.message === message) return now;
      throw error;
    }
  }
  return present;
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
