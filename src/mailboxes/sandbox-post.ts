import type { AddressInfo, Socket } from 'node:net';

import { SMTPServer } from 'smtp-server';

/** A mail as it lies in a mailbox. */
export interface StoredMail {
  readonly uid: number;
  /** The envelope's recipient, whatever the headers say. */
  readonly to: string;
  readonly raw: string;
  readonly receivedAt: Date;
  readonly flags: Set<string>;
}

/** The mailbox behind a mail server; mail can be held back, as grey-listing does. */
export class MailDrop {
  readonly mails: StoredMail[] = [];
  readonly #now: () => Date;
  #held: { to: string; raw: string }[] | null = null;

  constructor(now: () => Date) {
    this.#now = now;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { to, raw } of held) this.receive(to, raw);
  }

  receive(to: string, raw: string): void {
    if (this.#held !== null) {
      this.#held.push({ to, raw });
      return;
    }
    this.mails.push({
      uid: this.mails.length + 1,
      to,
      raw: `Delivered-To: ${to}\r\n${raw}`,
      receivedAt: this.#now(),
      flags: new Set(),
    });
  }

  sentTo(address: string): StoredMail[] {
    return this.mails.filter((mail) => mail.to.toLowerCase() === address.toLowerCase());
  }
}

type SmtpFault =
  /** 550 to the recipient. */
  | 'refuse'
  /** 451, as grey-listing does. */
  | 'defer'
  | 'hang'
  /** The connection breaks before, or after, the mail is in the mailbox. */
  | 'drop'
  | 'drop-after-effect';

export interface SmtpSandbox {
  readonly port: number;
  /** How often a password was sent to it. */
  logins(): number;
  /** Connections so far. */
  visits(): number;
  failNext(fault: SmtpFault): void;
  close(): Promise<void>;
}

interface SmtpRules {
  readonly user: string;
  readonly password: string;
  readonly port?: number;
  /** Does mail to this address have a mailbox? */
  accepts(address: string): boolean;
}

/** A submission server on loopback: login first, 550 for strangers, then into the drop. */
export async function openSmtp(drop: MailDrop, rules: SmtpRules): Promise<SmtpSandbox> {
  const faults: SmtpFault[] = [];
  let logins = 0;
  const takeFault = (...kinds: SmtpFault[]) => {
    const next = faults[0];
    return next !== undefined && kinds.includes(next) ? faults.shift() : undefined;
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authMethods: ['PLAIN'],
    closeTimeout: 50,
    logger: false,
    onAuth(auth, _session, callback) {
      logins += 1;
      const right = auth.username === rules.user && auth.password === rules.password;
      if (right) callback(null, { user: rules.user });
      else callback(reply(535, 'Authentication credentials invalid'));
    },
    onRcptTo({ address }, _session, callback) {
      const fault = takeFault('refuse', 'defer');
      if (fault === 'defer') callback(reply(451, 'Grey-listed, try again later'));
      else if (fault === 'refuse' || !rules.accepts(address)) callback(reply(550, 'No such user'));
      else callback();
    },
    onData(stream, session, callback) {
      const fault = takeFault('hang', 'drop', 'drop-after-effect');
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (fault === 'hang') return;
        const raw = Buffer.concat(chunks).toString('utf8');
        const recipients = fault === 'drop' ? [] : session.envelope.rcptTo;
        for (const { address } of recipients) drop.receive(address, raw);
        if (fault === undefined) callback();
        else connections.cut();
      });
    },
  });
  server.on('error', () => undefined);
  const connections = track(server);
  await new Promise<void>((resolve) => {
    server.listen(rules.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    logins: () => logins,
    visits: () => connections.visits(),
    failNext: (fault) => void faults.push(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function track(server: SMTPServer) {
  const sockets = new Set<Socket>();
  let visits = 0;
  server.server.on('connection', (socket: Socket) => {
    visits += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    visits: () => visits,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Reads one header of a raw mail, unfolded; empty when there is none. */
export function header(raw: string, name: string): string {
  const [head = ''] = raw.split(/\r?\n\r?\n/, 1);
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const line = lines.find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

/** The code a person would read in the newest challenge mail to this address. */
export function codeIn(drop: MailDrop, address: string, marker: string): string {
  const mail = drop
    .sentTo(address)
    .findLast((each) => header(each.raw, 'subject').includes(marker));
  const code = /^Code: (\S+)/m.exec(mail?.raw ?? '')?.[1];
  if (code === undefined) throw new Error(`There is no mail with a code for ${address}.`);
  return code;
}

/** A mail from outside, e.g. a vendor's invitation. */
export interface OutsideMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the receiving server finds out about it; it really comes from there unless told otherwise. */
  readonly verdict?: 'pass' | 'fail';
}

/** Receives a mail as a server does: its own verdict goes on top of what the sender wrote. */
export function receiveFromOutside(
  drop: MailDrop,
  mail: OutsideMail,
  authservId: string | null,
  now: Date,
): void {
  const domain = /@([^\s<>@]+)>?$/.exec(mail.from)?.[1] ?? '';
  const verdict = mail.verdict ?? 'pass';
  const headers = {
    'Authentication-Results': [
      ...(authservId === null ? [] : [authservId]),
      `spf=${verdict} smtp.mailfrom=bounces.${domain}`,
      `dkim=${verdict} (signature checked) header.d=${domain}`,
      `dmarc=${verdict} header.from=${domain}`,
    ].join(';\r\n '),
    From: mail.from,
    To: mail.to,
    Subject: mail.subject,
    Date: now.toUTCString(),
  };
  const lines = [...Object.entries(headers), ...Object.entries(mail.headers ?? {})].map(
    ([name, value]) => `${name}: ${value}`,
  );
  drop.receive(mail.to, [...lines, '', ...mail.text.split('\n'), ''].join('\r\n'));
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
