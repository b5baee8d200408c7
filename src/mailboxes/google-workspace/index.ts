import type { Outcome } from '../../domain/outcome.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { proveByChallenge } from '../challenge.ts';
import { findMailIn, searchIn } from '../mailroom.ts';
import { defineMailboxes } from '../mailboxes.ts';
import type { Mailboxes, MailboxSpec } from '../mailboxes.ts';
import { openPost } from '../smtp.ts';
import { ensureAlias, removeAlias } from './alias.ts';
import { createClient } from './client.ts';
import type { GoogleClient } from './client.ts';
import { checkGoogle, readerOf } from './doctor.ts';
import { openGmail } from './gmail.ts';
import { ensureGroup, removeGroup } from './group.ts';
import { googleExample, googleSchema } from './schema.ts';
import type { GoogleConfig } from './schema.ts';
import { openTokens } from './token.ts';
import { ensureUser, removeUser } from './user.ts';

/** Addresses in Google Workspace: aliases of one mailbox, groups, or users of their own. */
export const googleWorkspace = defineMailboxes({
  id: 'google-workspace',
  name: 'Google Workspace',
  schema: googleSchema,
  example: googleExample,
  open: openGoogle,
});

const WEBMAIL = 'https://mail.google.com/';

function openGoogle(config: GoogleConfig, deps: AdapterDeps): Mailboxes {
  const tokens = openTokens(config, deps);
  const client = createClient(config, deps, tokens);
  const post = openPost(config.smtp, config.timeout_ms);
  const mailboxOf = (address: string) => (config.mode === 'user' ? address : readerOf(config));
  const mailroom = config.read === 'gmail' ? openGmail(client, mailboxOf) : null;
  const tools = {
    clock: deps.clock,
    send: post.send,
    settles: true,
    search: mailroom === null ? null : searchIn(mailroom),
  };
  const inbox = (address: string) => ({ name: mailboxOf(address), url: WEBMAIL });

  return {
    address: (localPart) => `${localPart}@${config.domain}`,
    ensure: (spec) => ensure(config, client, spec),
    prove: (spec, challenge, answers, keep) =>
      proveByChallenge(tools, spec, challenge, answers, keep),
    ...(mailroom === null
      ? {}
      : { findMail: findMailIn(mailroom, { authservId: config.authserv_id }, inbox) }),
    remove: (spec) => remove(config, client, spec),
    async check() {
      const [google, smtp] = await Promise.all([checkGoogle(config, client, tokens), post.check()]);
      return [...google, ...smtp];
    },
  };
}

function ensure(
  config: GoogleConfig,
  client: GoogleClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  switch (config.mode) {
    case 'alias':
      return ensureAlias(config, client, spec);
    case 'group':
      return ensureGroup(config, client, spec);
    case 'user':
      return ensureUser(config, client, spec);
  }
}

function remove(
  config: GoogleConfig,
  client: GoogleClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  switch (config.mode) {
    case 'alias':
      return removeAlias(config, client, spec);
    case 'group':
      return removeGroup(client, spec);
    case 'user':
      return removeUser(client, spec);
  }
}
