import { ProductError } from '../../domain/errors.ts';
import type { Allowed, ConfluenceClient, Restrictions } from '../../lib/confluence-client.ts';

/**
 * Leaves a page to the group and ourselves, and looks whether Confluence really did so.
 * @throws ProductError `verification-failed` when others could still read it.
 */
export async function restrictTo(
  client: ConfluenceClient,
  pageId: string,
  groupName: string,
): Promise<void> {
  const { accountId } = await client.me();
  const isRight = ({ read, update }: Restrictions): boolean =>
    [read, update].every((allowed) => isExactly(allowed, accountId, groupName));
  if (isRight(await client.restrictions(pageId))) return;
  const only = { users: [accountId], groups: [await client.group(groupName)] };
  await client.restrict(pageId, { read: only, update: only });
  if (isRight(await client.restrictions(pageId))) return;
  throw new ProductError('verification-failed', {
    subject: 'Confluence',
    message:
      'Confluence did not restrict the page, so no value was written to it. Page restrictions need a paid plan and the right to restrict pages in the space.',
  });
}

function isExactly({ users, groups }: Allowed, user: string, group: string): boolean {
  return users.length === 1 && users[0] === user && groups.length === 1 && groups[0] === group;
}
