import type { Discovered } from '../../accounts/discover.ts';
import { context, message, note, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import { COMMAND } from '../ids.ts';
import { bold, join, joinUpTo, link, say, words } from '../text.ts';

/** What looks like an account for Flow and is not under care. */
export function discoveredMessage({ connection, accounts }: Discovered): Message {
  if (accounts.length === 0) {
    return note(
      say`At ${words(connection, 100)} nothing looks like an account for Flow that is not under care already.`,
    );
  }
  const count = accounts.length === 1 ? '1 account' : `${accounts.length} accounts`;
  const text = say`At ${words(connection, 100)} ${count} may be for Flow and not under care:`;
  const lines = accounts.map(({ login, name, url }) => {
    const shown = url === null ? words(login, 150) : link(url, login);
    return say`• ${shown}, ${words(name, 150)}`;
  });
  return message(text, [
    section(join([bold(text), joinUpTo(lines, 2700)])),
    context(
      say`They are found by their names alone. \`${COMMAND} adopt\` takes one under care; whatever nobody needs is best removed there.`,
    ),
  ]);
}
