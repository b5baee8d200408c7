import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { openImap } from '../sandbox-imap.ts';
import type { ImapSandbox } from '../sandbox-imap.ts';
import { codeIn, MailDrop, openSmtp, receiveFromOutside } from '../sandbox-post.ts';
import type { OutsideMail, SmtpSandbox, StoredMail } from '../sandbox-post.ts';

const DOMAIN = 'svc.acme.example';
const USER = 'flow-bot';
const SMTP_PASSWORD = 'smtp-password-of-the-sandbox';
const IMAP_PASSWORD = 'imap-password-of-the-sandbox';
const MAILBOX = 'INBOX';
const AUTHSERV_ID = 'mx.acme.example';

export interface CatchAllSandbox extends AdapterSandbox {
  readonly smtp: SmtpSandbox;
  readonly imap: ImapSandbox;
  messages(): readonly StoredMail[];
  /** Refuses the next mail with 550. */
  bounceNext(): void;
  /** Mail is taken but stays away until it is released. */
  holdMail(): void;
  releaseMail(): void;
  emptyMailbox(): void;
  /** Mail from outside, e.g. a vendor's invitation. */
  deliver(mail: OutsideMail): void;
}

/** A mail server whose one mailbox gets the mail of a whole domain. */
export async function openSandbox(deps: SandboxDeps): Promise<CatchAllSandbox> {
  const drop = new MailDrop(() => deps.clock.now());
  const smtp = await openSmtp(drop, {
    user: USER,
    password: SMTP_PASSWORD,
    accepts: (address) => address.toLowerCase().endsWith(`@${DOMAIN}`),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const imap = await openImap(drop, {
    user: USER,
    password: IMAP_PASSWORD,
    mailbox: MAILBOX,
    ...(deps.port === undefined ? {} : { port: deps.port + 1 }),
  });
  const server = { host: '127.0.0.1', secure: false, user: USER };

  return {
    servers: [],
    smtp,
    imap,
    config: {
      domain: DOMAIN,
      style: 'catch-all',
      smtp: {
        ...server,
        port: smtp.port,
        password: new Secret(SMTP_PASSWORD),
        from: `flow-bot@${DOMAIN}`,
      },
      imap: {
        ...server,
        port: imap.port,
        password: new Secret(IMAP_PASSWORD),
        mailbox: MAILBOX,
        authserv_id: AUTHSERV_ID,
      },
    },
    messages: () => drop.mails,
    bounceNext: () => smtp.failNext('refuse'),
    holdMail: () => drop.hold(),
    releaseMail: () => drop.release(),
    emptyMailbox: () => void drop.mails.splice(0),
    deliver: (mail) => receiveFromOutside(drop, mail, AUTHSERV_ID, deps.clock.now()),
    async perform(task, about) {
      if (!task.fields.some((field) => field.id === 'code')) return NOTHING;
      drop.release();
      const code = codeIn(drop, about.address, about.marker);
      return { answers: { code }, deposit: null };
    },
    async close() {
      await Promise.all([smtp.close(), imap.close()]);
    },
  };
}
