import type { ConfluenceClient } from '../../lib/confluence-client.ts';

/**
 * Opens a page to whom it is meant for: the configured group, or, without one, whoever may see the
 * space. Restrictions that somebody tightened by hand stay; looser ones do not.
 */
export async function openToReaders(
  client: ConfluenceClient,
  pageId: string,
  readers: string | undefined,
): Promise<void> {
  const { accountId } = await client.me();
  const { read, update } = await client.restrictions(pageId);
  const onlyUs = read.users.join() === accountId && read.groups.length === 0;
  if (readers === undefined) {
    if (onlyUs) await client.unrestrict(pageId);
    return;
  }
  const isRight =
    read.users.join() === accountId &&
    read.groups.join() === readers &&
    update.users.join() === accountId &&
    update.groups.length === 0;
  if (isRight) return;
  const users = [accountId];
  const groups = [await client.group(readers)];
  await client.restrict(pageId, { read: { users, groups }, update: { users, groups: [] } });
}
