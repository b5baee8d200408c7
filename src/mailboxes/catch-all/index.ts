import { done } from '../../domain/outcome.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { proveByChallenge } from '../challenge.ts';
import { openImapReader } from '../imap.ts';
import { defineMailboxes } from '../mailboxes.ts';
import type { Mailboxes } from '../mailboxes.ts';
import { openPost } from '../smtp.ts';
import { catchAllExample, catchAllSchema } from './schema.ts';
import type { CatchAllConfig } from './schema.ts';

/** Addresses that exist by themselves: a catch-all domain, or plus addresses of one mailbox. */
export const catchAll = defineMailboxes({
  id: 'catch-all',
  name: 'Catch-all domain or plus addresses (SMTP, IMAP)',
  schema: catchAllSchema,
  example: catchAllExample,
  open: openCatchAll,
});

function openCatchAll(config: CatchAllConfig, { clock }: AdapterDeps): Mailboxes {
  const post = openPost(config.smtp, config.timeout_ms);
  const reader = config.imap === undefined ? null : openImapReader(config.imap, config.timeout_ms);
  const tools = { clock, send: post.send, search: reader?.search ?? null };

  return {
    address(localPart) {
      const name = config.base === undefined ? localPart : `${config.base}+${localPart}`;
      return `${name}@${config.domain}`;
    },
    ensure: async () => done(undefined),
    prove: (spec, challenge, answers, keep) =>
      proveByChallenge(tools, spec, challenge, answers, keep),
    ...(reader?.findMail === undefined ? {} : { findMail: reader.findMail }),
    remove: async () => done(undefined),
    async check() {
      const [smtp, imap] = await Promise.all([post.check(), reader?.check() ?? []]);
      return [...smtp, ...imap];
    },
  };
}
