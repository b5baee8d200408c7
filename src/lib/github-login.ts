import { ProductError } from '../domain/errors.ts';
import type { GitHubAccount } from './github-order.ts';
import type { GitHubPlace } from './github-place.ts';

/** The account under its present login; by id, because a freed login may be a stranger's now. */
export async function presentLogin(
  { client }: Pick<GitHubPlace, 'client'>,
  user: GitHubAccount,
): Promise<string | undefined> {
  return (await client.findUserById(user.id))?.login;
}

export async function needLogin(
  place: Pick<GitHubPlace, 'client'>,
  user: GitHubAccount,
): Promise<string> {
  const login = await presentLogin(place, user);
  if (login !== undefined) return login;
  throw new ProductError('not-found', {
    subject: user.login,
    message: `The GitHub account ${user.login} no longer exists. Undo this request and make a new one.`,
  });
}
