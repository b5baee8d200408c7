import type { PageLink } from '../domain/account.ts';
import type { AccountIndex, IndexEntry } from '../domain/page.ts';

/** Begins the markers of the index and of nothing else: a request's number has six signs. */
export const INDEX_MARKER = 'flow-sa-index';
const TITLE = 'Flow service accounts';
// A table of this length still opens at once in every knowledge base we know.
const MOST = 500;

/** One page of the index: either lines, grouped, or, of a long index, its contents. */
export interface IndexPage {
  readonly marker: string;
  readonly title: string;
  readonly summary: string;
  readonly groups: readonly { readonly title: string; readonly entries: readonly IndexEntry[] }[];
  readonly parts: readonly { readonly title: string; readonly url: string }[];
}

/**
 * Publishes the index on one page, or, when it is long, on parts of 500 accounts with a page of
 * contents, which comes last because it links to them. Returns where it begins.
 */
export async function publishPages(
  { entries }: AccountIndex,
  put: (page: IndexPage) => Promise<PageLink>,
): Promise<PageLink> {
  const sorted = entries.toSorted(
    (a, b) => compare(a.connection, b.connection) || compare(a.account, b.account),
  );
  const front = { marker: INDEX_MARKER, title: TITLE, summary: summaryOf(entries) };
  if (sorted.length <= MOST) return put({ ...front, groups: grouped(sorted), parts: [] });
  const parts: { title: string; url: string }[] = [];
  for (let from = 0; from < sorted.length; from += MOST) {
    const slice = sorted.slice(from, from + MOST);
    const number = parts.length + 1;
    const { url } = await put({
      marker: `${INDEX_MARKER}-${number}`,
      title: `${TITLE}, part ${number}`,
      summary: summaryOf(slice),
      groups: grouped(slice),
      parts: [],
    });
    parts.push({ title: `Part ${number}: ${range(slice)}`, url });
  }
  return put({ ...front, groups: [], parts });
}

/** By code points: the same order on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function summaryOf(entries: readonly IndexEntry[]): string {
  const active = entries.filter(({ status }) => status === 'active').length;
  return `${active} active, ${entries.length - active} closed.`;
}

function range(entries: readonly IndexEntry[]): string {
  const [first, last] = [entries[0], entries.at(-1)];
  const name = (entry: IndexEntry | undefined): string =>
    entry === undefined ? '' : `${entry.connection}, ${entry.account}`;
  return `${name(first)} to ${name(last)}`;
}

function grouped(sorted: readonly IndexEntry[]): IndexPage['groups'] {
  const groups = Map.groupBy(sorted, ({ connection }) => connection);
  return [...groups].map(([title, entries]) => ({ title, entries }));
}
