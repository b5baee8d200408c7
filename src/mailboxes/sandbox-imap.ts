import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import type { MailDrop, StoredMail } from './sandbox-post.ts';
import { fetchItems } from './sandbox-imap-fetch.ts';
import { searchMails } from './sandbox-imap-search.ts';
import { inSet, takeCommand, words } from './sandbox-imap-syntax.ts';
import type { Argument, Command } from './sandbox-imap-syntax.ts';

interface ImapFault {
  /** The command it hits, e.g. `UID SEARCH`. */
  readonly command: string;
  /** NO from the server, a broken connection, or silence. */
  readonly how: 'no' | 'drop' | 'hang';
}

export interface ImapSandbox {
  readonly port: number;
  /** Commands this stand-in does not know; tests demand that this is empty. */
  readonly unexpected: string[];
  /** Commands in order, without arguments. */
  readonly commands: string[];
  /** Connections that are open now. */
  connections(): number;
  /** Connections so far. */
  visits(): number;
  failNext(fault: ImapFault): void;
  close(): Promise<void>;
}

interface Rules {
  readonly user: string;
  readonly password: string;
  readonly mailbox: string;
  readonly port?: number;
}

interface Session {
  readonly drop: MailDrop;
  readonly rules: Rules;
  readonly send: (line: string) => void;
  readonly end: () => void;
  isIn: boolean;
  selected: boolean;
  /** The tag of a command that waits for the client's next line: IDLE or AUTHENTICATE. */
  waiting: { readonly tag: string; readonly answer: (line: string) => string } | null;
}

const CAPABILITIES = 'IMAP4rev1 ID NAMESPACE IDLE UIDPLUS LITERAL+ SASL-IR AUTH=PLAIN';

/** Enough of IMAP4rev1 for a mail reader, on loopback. */
export async function openImap(drop: MailDrop, rules: Rules): Promise<ImapSandbox> {
  const unexpected: string[] = [];
  const commands: string[] = [];
  const faults: ImapFault[] = [];
  const sockets = new Set<Socket>();
  let visits = 0;

  const server = createServer((socket) => {
    visits += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const session: Session = {
      drop,
      rules,
      send: (line) => void socket.write(Buffer.from(`${line}\r\n`, 'utf8')),
      end: () => void socket.end(),
      isIn: false,
      selected: false,
      waiting: null,
    };
    session.send(`* OK [CAPABILITY ${CAPABILITIES}] ready`);
    listen(socket, session, (command) => {
      const name = fullName(command);
      commands.push(name);
      const index = faults.findIndex((fault) => fault.command === name);
      const fault = index === -1 ? undefined : faults.splice(index, 1)[0];
      if (fault?.how === 'drop') socket.destroy();
      else if (fault?.how === 'no') session.send(`${command.tag} NO [UNAVAILABLE] not now`);
      else if (fault === undefined) answer(session, command, name, unexpected);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(rules.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    unexpected,
    commands,
    connections: () => sockets.size,
    visits: () => visits,
    failNext: (fault) => void faults.push(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(socket: Socket, session: Session, onCommand: (command: Command) => void): void {
  let input = '';
  let toldToGoOn = false;
  socket.on('data', (chunk: string) => {
    input += chunk;
    while (input.includes('\r\n')) {
      if (session.waiting !== null) {
        const end = input.indexOf('\r\n');
        const { tag, answer } = session.waiting;
        session.waiting = null;
        session.send(`${tag} ${answer(input.slice(0, end))}`);
        input = input.slice(end + 2);
        continue;
      }
      const taken = takeCommand(input, toldToGoOn);
      if (taken.kind === 'go-on') session.send('+ go on');
      toldToGoOn = taken.kind !== 'command';
      if (taken.kind !== 'command') return;
      input = taken.rest;
      onCommand(taken.command);
    }
  });
}

function fullName({ name, args }: Command): string {
  return name === 'UID' ? `UID ${words(args[0]).toUpperCase()}` : name;
}

type Run = (session: Session, args: readonly Argument[], tag: string) => string;

/** What may be said before the login (RFC 3501, section 6). */
const ALWAYS: Readonly<Record<string, Run>> = {
  CAPABILITY(session) {
    session.send(`* CAPABILITY ${CAPABILITIES}`);
    return 'OK done';
  },
  ID(session) {
    session.send('* ID ("name" "sandbox")');
    return 'OK done';
  },
  NOOP: () => 'OK done',
  LOGIN: (session, [user, password]) => login(session, words(user), words(password)),
  AUTHENTICATE(session, [, initial], tag) {
    const check = (line: string) => {
      const [, user = '', password = ''] = Buffer.from(line, 'base64').toString('utf8').split('\0');
      return login(session, user, password);
    };
    if (initial !== undefined) return check(words(initial));
    session.waiting = { tag, answer: check };
    return '+';
  },
  LOGOUT(session) {
    session.send('* BYE until next time');
    return 'OK done';
  },
};

const AFTER_LOGIN: Readonly<Record<string, Run>> = {
  NAMESPACE(session) {
    session.send('* NAMESPACE (("" "/")) NIL NIL');
    return 'OK done';
  },
  LIST: (session, [, pattern]) => list(session, 'LIST', words(pattern)),
  LSUB: (session, [, pattern]) => list(session, 'LSUB', words(pattern)),
  SELECT: (session, [name]) => select(session, words(name), 'READ-WRITE'),
  EXAMINE: (session, [name]) => select(session, words(name), 'READ-ONLY'),
  IDLE(session, _args, tag) {
    session.waiting = { tag, answer: () => 'OK done' };
    return '+';
  },
};

const SELECTED: Readonly<Record<string, Run>> = {
  SEARCH: (session, keys) => search(session, keys, (mail) => position(session, mail)),
  'UID SEARCH': (session, [, ...keys]) => search(session, keys, (mail) => mail.uid),
  FETCH: (session, [set, wanted]) =>
    fetchMails(session, words(set), items(wanted), (mail) => position(session, mail)),
  'UID FETCH': (session, [, set, wanted]) =>
    fetchMails(session, words(set), ['UID', ...items(wanted)], (mail) => mail.uid),
  'UID STORE': (session, [, set, how, flags]) => {
    const mails = session.drop.mails.filter((mail) => inSet(words(set), mail.uid, mail.uid));
    for (const mail of mails) {
      for (const flag of items(flags)) {
        if (words(how).startsWith('+')) mail.flags.add(words(flag));
        else mail.flags.delete(words(flag));
      }
      session.send(`* ${position(session, mail)} FETCH (${fetchItems(mail, ['UID', 'FLAGS'])})`);
    }
    return 'OK done';
  },
  CLOSE(session) {
    session.selected = false;
    return 'OK done';
  },
};

function answer(session: Session, command: Command, name: string, unexpected: string[]): void {
  const run =
    ALWAYS[name] ??
    (session.isIn ? AFTER_LOGIN[name] : undefined) ??
    (session.selected ? SELECTED[name] : undefined);
  try {
    if (run === undefined) throw new Error(`not allowed now: ${name}`);
    const result = run(session, command.args, command.tag);
    session.send(result === '+' ? '+ ' : `${command.tag} ${result}`);
    if (name === 'LOGOUT') session.end();
  } catch (error) {
    unexpected.push(`IMAP: ${String(error)}`);
    session.send(`${command.tag} BAD ${String(error)}`);
  }
}

function login(session: Session, user: string, password: string): string {
  session.isIn = user === session.rules.user && password === session.rules.password;
  return session.isIn ? 'OK welcome' : 'NO [AUTHENTICATIONFAILED] wrong user or password';
}

function list(session: Session, kind: string, pattern: string): string {
  const { mailbox } = session.rules;
  if (['*', '%', mailbox.toLowerCase()].includes(pattern.toLowerCase())) {
    session.send(`* ${kind} (\\HasNoChildren) "/" ${mailbox}`);
  }
  return 'OK done';
}

function select(session: Session, name: string, mode: string): string {
  const { drop, rules } = session;
  session.selected = name.toLowerCase() === rules.mailbox.toLowerCase();
  if (!session.selected) return 'NO [NONEXISTENT] no such mailbox';
  session.send('* FLAGS (\\Seen \\Deleted)');
  session.send('* OK [PERMANENTFLAGS (\\Seen \\Deleted)] kept');
  session.send(`* ${drop.mails.length} EXISTS`);
  session.send('* 0 RECENT');
  session.send('* OK [UIDVALIDITY 1] stable');
  session.send(`* OK [UIDNEXT ${drop.mails.length + 1}] next`);
  return `OK [${mode}] selected`;
}

function search(
  session: Session,
  keys: readonly Argument[],
  number: (mail: StoredMail) => number,
): string {
  const found = searchMails(session.drop.mails, keys).map(number);
  session.send(['* SEARCH', ...found].join(' '));
  return 'OK done';
}

function fetchMails(
  session: Session,
  set: string,
  wanted: readonly Argument[],
  number: (mail: StoredMail) => number,
): string {
  const { mails } = session.drop;
  for (const mail of mails.filter((each) => inSet(set, number(each), mails.length))) {
    session.send(`* ${position(session, mail)} FETCH (${fetchItems(mail, wanted)})`);
  }
  return 'OK done';
}

function position(session: Session, mail: StoredMail): number {
  return session.drop.mails.indexOf(mail) + 1;
}

function items(argument: Argument | undefined): readonly Argument[] {
  return typeof argument === 'string' ? [argument] : (argument ?? []);
}
