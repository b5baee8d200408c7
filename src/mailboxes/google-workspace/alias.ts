import { hasCode } from '../../domain/errors.ts';
import { done, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { addressHidden, addressTaken } from '../made-address.ts';
import type { MailboxSpec } from '../mailboxes.ts';
import type { GoogleClient } from './client.ts';
import type { GoogleMode } from './schema.ts';

const LOOK_AGAIN_MS = 15_000;

/**
 * Makes an alias of the bot's mailbox. Google keeps nothing with an alias that could carry our
 * mark, so the mailbox is ours alone, and no two living requests have the same address.
 */
export async function ensureAlias(
  { bot }: GoogleMode<'alias'>,
  client: GoogleClient,
  { address }: MailboxSpec,
): Promise<Outcome<void>> {
  if (address === bot) throw addressTaken(address, 'the mailbox of the app itself');
  if ((await client.aliases(bot)).includes(address)) return done(undefined);
  try {
    await client.addAlias(bot, address);
  } catch (error) {
    // It may be ours from a lost answer.
    if (!hasCode(error, 'exists')) throw error;
    if (!(await client.aliases(bot)).includes(address)) {
      throw addressHidden(address, 'another user or group');
    }
  }
  return later(LOOK_AGAIN_MS, 'Google is making the alias');
}

export async function removeAlias(
  { bot }: GoogleMode<'alias'>,
  client: GoogleClient,
  { address }: MailboxSpec,
): Promise<Outcome<void>> {
  if ((await client.aliases(bot)).includes(address)) await client.removeAlias(bot, address);
  return done(undefined);
}
