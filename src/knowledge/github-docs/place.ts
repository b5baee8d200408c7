import { ensureText } from '../ensure-text.ts';
import type { ShelfDocument } from '../shelf.ts';
import type { DocsClient, DocsFile } from './client.ts';

/** The document's file on the branch as it should be, and what was there at first. */
export function placeFile(
  client: DocsClient,
  branch: string,
  file: string,
  document: ShelfDocument,
): Promise<{ readonly first: DocsFile | undefined; readonly present: DocsFile }> {
  const { title, body: text } = document;
  const place = {
    find: () => client.findFile(branch, file),
    write(present: DocsFile | undefined) {
      const message = `${present === undefined ? 'Add' : 'Update'} ${oneLine(title)}`;
      return client.write({ branch, file, text, message, sha: present?.sha });
    },
  };
  return ensureText(place, document, file);
}

/** As a commit's or pull request's subject. */
export function oneLine(title: string): string {
  return title.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').slice(0, 200);
}
