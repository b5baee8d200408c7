import { hasCode, isAmbiguous } from '../domain/errors.ts';
import type { ShelfDocument } from './shelf.ts';
import { sign } from './storage-format.ts';
import type { Wiki, WikiPage } from './wiki-shelf.ts';

const PROPERTY = 'flow.request';
// https://confluence.atlassian.com/confkb (page titles): 255 characters.
const LONGEST_TITLE = 255;

/**
 * The titles to try for a page, in order. Titles are unique in a space, archived pages included,
 * so when somebody else has the plain one the marker makes ours unique.
 */
export function titles({ title, marker }: Pick<ShelfDocument, 'title' | 'marker'>): string[] {
  const plain = title.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
  return ['', ` (${marker})`, ` (${marker}, 2)`, ` (${marker}, 3)`].map(
    (suffix) => cut(plain === '' ? marker : plain, LONGEST_TITLE - suffix.length) + suffix,
  );
}

/** Our present page for the marker: by its titles at once, or renamed by hand, by the index. */
export async function locate(wiki: Wiki, page: ShelfDocument): Promise<WikiPage | undefined> {
  for (const title of titles(page)) {
    const found = await locateTitle(wiki, page.marker, title);
    if (found !== undefined) return found;
  }
  for (const id of await wiki.mentioning(page.marker)) {
    const candidate = await wiki.page(id).catch((error: unknown) => {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    });
    if (candidate?.status !== 'current') continue;
    if ((await wiki.property(id, PROPERTY)) === page.marker) return candidate;
  }
  return undefined;
}

export async function locateTitle(
  wiki: Wiki,
  marker: string,
  title: string,
): Promise<WikiPage | undefined> {
  for (const candidate of await wiki.titled(title)) {
    if (await isOurs(wiki, candidate, marker)) return candidate;
  }
  return undefined;
}

/** Puts the marker on the page; quiet when it is there. */
export async function mark(wiki: Wiki, pageId: string, marker: string): Promise<void> {
  if ((await wiki.property(pageId, PROPERTY)) === marker) return;
  try {
    await wiki.addProperty(pageId, PROPERTY, marker);
  } catch (error) {
    if (!hasCode(error, 'exists', 'conflict') && !isAmbiguous(error)) throw error;
    if ((await wiki.property(pageId, PROPERTY)) !== marker) throw error;
  }
}

/** Marked, or made by us and not marked yet because something stopped us in between. */
async function isOurs(wiki: Wiki, page: WikiPage, marker: string): Promise<boolean> {
  const mark = await wiki.property(page.id, PROPERTY);
  if (mark !== undefined) return mark === marker;
  return page.authorId === (await wiki.ownId()) && page.body.includes(sign(marker));
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/\p{Cs}$/u, '')}…`;
}
