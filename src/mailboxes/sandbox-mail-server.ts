import { Secret } from '../domain/secret.ts';
import type { Clock } from '../lib/clock.ts';
import { MailDrop, openSmtp, receiveFromOutside } from './sandbox-post.ts';
import type { OutsideMail, SmtpSandbox, StoredMail } from './sandbox-post.ts';

export const MAIL_DOMAIN = 'acme.example';
const USER = 'flow-bot';
const PASSWORD = 'smtp-password-of-the-sandbox';

/** The mail servers of a provider that knows by itself who has a mailbox. */
export interface MailServerSandbox {
  readonly smtp: SmtpSandbox;
  readonly drop: MailDrop;
  readonly config: Readonly<Record<string, unknown>>;
  messages(): readonly StoredMail[];
  /** Mail from outside; a real server refuses it where nobody may receive it. */
  deliver(mail: OutsideMail): void;
}

export interface MailServerRules {
  readonly clock: Clock;
  readonly authservId: string | null;
  readonly port: number | undefined;
  readonly accepts: (address: string, from: 'inside' | 'outside') => boolean;
}

export async function openMailServer(rules: MailServerRules): Promise<MailServerSandbox> {
  const drop = new MailDrop(() => rules.clock.now());
  const smtp = await openSmtp(drop, {
    user: USER,
    password: PASSWORD,
    accepts: (address) => rules.accepts(address.toLowerCase(), 'inside'),
    ...(rules.port === undefined ? {} : { port: rules.port }),
  });
  return {
    smtp,
    drop,
    config: {
      host: '127.0.0.1',
      port: smtp.port,
      secure: false,
      user: USER,
      password: new Secret(PASSWORD),
      from: `flow-bot@${MAIL_DOMAIN}`,
    },
    messages: () => drop.mails,
    deliver(mail) {
      if (!rules.accepts(mail.to.toLowerCase(), 'outside')) throw new Error(`550 ${mail.to}`);
      receiveFromOutside(drop, mail, rules.authservId, rules.clock.now());
    },
  };
}
