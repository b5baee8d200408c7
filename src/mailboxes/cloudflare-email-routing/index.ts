import type { AdapterDeps } from '../../lib/adapter.ts';
import { proveByChallenge } from '../challenge.ts';
import { openImapReader } from '../imap.ts';
import { defineMailboxes } from '../mailboxes.ts';
import type { Mailboxes } from '../mailboxes.ts';
import { openPost } from '../smtp.ts';
import { createClient } from './client.ts';
import { checkCloudflare } from './doctor.ts';
import { ensureRule, removeRule } from './rule.ts';
import { cloudflareExample, cloudflareSchema } from './schema.ts';
import type { CloudflareConfig } from './schema.ts';

/** Addresses that Cloudflare forwards to one mailbox, with one rule for each. */
export const cloudflareEmailRouting = defineMailboxes({
  id: 'cloudflare-email-routing',
  name: 'Cloudflare Email Routing',
  schema: cloudflareSchema,
  example: cloudflareExample,
  open: openCloudflare,
});

function openCloudflare(config: CloudflareConfig, deps: AdapterDeps): Mailboxes {
  const client = createClient(config, deps);
  const post = openPost(config.smtp, config.timeout_ms);
  const reader = config.imap === undefined ? null : openImapReader(config.imap, config.timeout_ms);
  const tools = {
    clock: deps.clock,
    send: post.send,
    settles: true,
    search: reader?.search ?? null,
  };

  return {
    address: (localPart) => `${localPart}@${config.domain}`,
    ensure: (spec) => ensureRule(config, client, spec),
    prove: (spec, challenge, answers, keep) =>
      proveByChallenge(tools, spec, challenge, answers, keep),
    ...(reader?.findMail === undefined ? {} : { findMail: reader.findMail }),
    remove: (spec) => removeRule(client, spec),
    async check() {
      const [cloudflare, smtp, imap] = await Promise.all([
        checkCloudflare(config, client),
        post.check(),
        reader?.check() ?? [],
      ]);
      return [...cloudflare, ...smtp, ...imap];
    },
  };
}
