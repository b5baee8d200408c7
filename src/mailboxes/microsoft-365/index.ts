import type { AdapterDeps } from '../../lib/adapter.ts';
import { proveByChallenge } from '../challenge.ts';
import { findMailIn, NEWEST, searchIn } from '../mailroom.ts';
import type { Mailroom } from '../mailroom.ts';
import { defineMailboxes } from '../mailboxes.ts';
import type { Mailboxes } from '../mailboxes.ts';
import { openPost } from '../smtp.ts';
import { createClient } from './client.ts';
import type { GraphClient } from './client.ts';
import { checkMicrosoft } from './doctor.ts';
import { microsoftExample, microsoftSchema } from './schema.ts';
import type { MicrosoftConfig } from './schema.ts';
import { ensureShared, removeShared } from './shared.ts';
import { openToken } from './token.ts';
import { ensureUser, removeUser } from './user.ts';

/** Addresses in Microsoft 365: licensed users that the app makes, or shared mailboxes by hand. */
export const microsoft365 = defineMailboxes({
  id: 'microsoft-365',
  name: 'Microsoft 365',
  schema: microsoftSchema,
  example: microsoftExample,
  open: openMicrosoft,
});

/**
 * Exchange Online writes no name into Authentication-Results, and renames what came with a mail.
 * https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 */
const TRUST = { authservId: null };

function openMicrosoft(config: MicrosoftConfig, deps: AdapterDeps): Mailboxes {
  const token = openToken(config, deps);
  const client = createClient(config, deps, token);
  const post = openPost(config.smtp, config.timeout_ms);
  const mailroom = config.read === 'graph' ? openGraphMail(client) : null;
  const tools = {
    clock: deps.clock,
    send: post.send,
    settles: true,
    search: mailroom === null ? null : searchIn(mailroom),
  };
  const inbox = (address: string) => ({
    name: address,
    url: `https://outlook.office.com/mail/${encodeURIComponent(address)}/`,
  });

  return {
    address: (localPart) => `${localPart}@${config.domain}`,
    ensure: (spec) =>
      config.mode === 'user'
        ? ensureUser(config, client, spec)
        : ensureShared(config, client, spec),
    prove: (spec, challenge, answers, keep) =>
      proveByChallenge(tools, spec, challenge, answers, keep),
    ...(mailroom === null ? {} : { findMail: findMailIn(mailroom, TRUST, inbox) }),
    remove: (spec) =>
      config.mode === 'user' ? removeUser(client, spec) : removeShared(client, spec),
    async check() {
      const [microsoft, smtp] = await Promise.all([
        checkMicrosoft(config, client, token),
        post.check(),
      ]);
      return [...microsoft, ...smtp];
    },
  };
}

/** Headers alone, which is all that the least permission shows; so nothing is marked as read. */
function openGraphMail(client: GraphClient): Mailroom {
  return {
    async find({ address, since }, fits) {
      const messages = await client.newestMessages(address, since, NEWEST);
      return messages
        .map(({ receivedDateTime, internetMessageHeaders }) => ({
          headers: internetMessageHeaders.map(({ name, value }) => [name, value] as const),
          receivedAt: new Date(receivedDateTime),
        }))
        .find(fits);
    },
  };
}
