import { hasCode, isAmbiguous } from '../../domain/errors.ts';
import { markerOf } from '../front-matter.ts';
import type { Placed, ShelfDocument } from '../shelf.ts';
import type { DocsClient } from './client.ts';
import { oneLine, placeFile } from './place.ts';

const BRANCHES = 'flow-service-accounts';

/**
 * Proposes the document by a pull request from a branch of its own, found again by its name. Until
 * people merge the first one, the link leads to the pull request.
 */
export async function propose(
  client: DocsClient,
  base: string,
  file: string,
  document: ShelfDocument,
): Promise<Placed> {
  const merged = await client.findFile(base, file);
  if (merged?.text === document.body) return placedAt(file, merged.url, false);
  const branch = `${BRANCHES}/${document.marker}`;
  const open = await client.findPull(branch, base);
  if (open === undefined) await startBranch(client, branch, base, document.marker, file);
  await placeFile(client, branch, file, document);
  const pull = open ?? (await ensurePull(client, branch, base, document.title));
  return placedAt(file, merged?.url ?? pull.html_url, merged === undefined && open === undefined);
}

/** Is it there, be it merged or proposed? */
export async function isProposed(
  client: DocsClient,
  base: string,
  file: string,
  marker: string,
): Promise<boolean> {
  if ((await client.findFile(base, file)) !== undefined) return true;
  return (await client.findPull(`${BRANCHES}/${marker}`, base)) !== undefined;
}

function placedAt(file: string, url: string, made: boolean): Placed {
  return { link: { id: file, url }, made };
}

/** A branch without an open pull request is left from one that is closed, or from a run cut short. */
async function startBranch(
  client: DocsClient,
  branch: string,
  base: string,
  marker: string,
  file: string,
): Promise<void> {
  const head = (await client.findBranch(base))?.commit.sha ?? '';
  const present = await client.findBranch(branch);
  if (present === undefined) {
    try {
      await client.createBranch(branch, head);
    } catch (error) {
      if (!hasCode(error, 'refused', 'exists') && !isAmbiguous(error)) throw error;
      if ((await client.findBranch(branch)) === undefined) throw error;
    }
    return;
  }
  const text = (await client.findFile(branch, file))?.text;
  // Never thrown away: what somebody else keeps on a branch of that name.
  if (present.commit.sha === head) return;
  if (text === undefined || markerOf(text) === marker) await client.resetBranch(branch, head);
}

async function ensurePull(client: DocsClient, branch: string, base: string, title: string) {
  const text =
    'Written by the Flow service accounts app. Later changes are added to this pull request until it is merged or closed.';
  try {
    return await client.createPull(branch, base, oneLine(title), text);
  } catch (error) {
    if (!hasCode(error, 'refused', 'exists') && !isAmbiguous(error)) throw error;
    const present = await client.findPull(branch, base);
    if (present === undefined) throw error;
    return present;
  }
}
