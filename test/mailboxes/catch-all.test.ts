import { ImapFlow } from 'imapflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { catchAll } from '../../src/mailboxes/catch-all/index.ts';
import { openSandbox } from '../../src/mailboxes/catch-all/sandbox.ts';
import type { CatchAllSandbox } from '../../src/mailboxes/catch-all/sandbox.ts';
import { catchAllSchema } from '../../src/mailboxes/catch-all/schema.ts';
import type { Mailboxes } from '../../src/mailboxes/mailboxes.ts';
import type { OutsideMail } from '../../src/mailboxes/sandbox-post.ts';
import {
  aMailbox,
  describeMailboxes,
  drive,
  journal,
  mailboxClock,
  mailFailure,
} from '../contracts/mailbox-contract.ts';
import type { Journal, MailboxClock } from '../contracts/mailbox-contract.ts';

const log = createLog('silent');
const SPEC = aMailbox('flow-api@svc.acme.example');
const MINUTE = 60_000;
const CODE = 'mail-code';

let sandbox: CatchAllSandbox;
let clock: MailboxClock;
let book: Journal;

function open(extra: Record<string, unknown> = {}): Mailboxes {
  const config = catchAllSchema.parse({ ...sandbox.config, timeout_ms: 400, ...extra });
  return catchAll.open(config, { clock, log });
}

function received(from: CatchAllSandbox, address: string): string[] {
  return from
    .messages()
    .filter((mail) => mail.to === address)
    .map((mail) => mail.raw);
}

/** The next answer of `prove`, with the journal as it is. */
function prove(mailboxes: Mailboxes, answers: Record<string, string> = {}) {
  return mailboxes.prove(SPEC, book.kept, answers, book.keep);
}

for (const style of ['with a reader', 'without a reader'] as const) {
  describeMailboxes({
    name: `A catch-all domain ${style}`,
    address: SPEC.address,
    async open() {
      const clock = mailboxClock();
      const sandbox = await openSandbox({ clock });
      const imap = style === 'with a reader' ? {} : { imap: undefined };
      const config = catchAllSchema.parse({ ...sandbox.config, timeout_ms: 400, ...imap });
      return { mailboxes: catchAll.open(config, { clock, log }), sandbox, clock };
    },
    received,
    loseAnswer: (sandbox) => sandbox.smtp.failNext('drop-after-effect'),
    ...(style === 'with a reader'
      ? { deliver: (sandbox: CatchAllSandbox, mail: OutsideMail) => sandbox.deliver(mail) }
      : {}),
  });
}

beforeEach(async () => {
  clock = mailboxClock();
  book = journal();
  sandbox = await openSandbox({ clock });
});

afterEach(closeCleanly);

async function closeCleanly(): Promise<void> {
  await sandbox.close();
  expect(sandbox.imap.unexpected).toEqual([]);
}

describe('A mailbox that the app reads', () => {
  it('is proven without a person, and the mail stays there, marked as seen', async () => {
    const mailboxes = open();

    const outcome = await prove(mailboxes);

    expect(outcome).toMatchObject({ kind: 'done', value: { how: 'The challenge mail arrived' } });
    expect([...(sandbox.messages()[0]?.flags ?? [])]).toEqual(['\\Seen']);
    expect(sandbox.imap.commands.at(-1)).toBe('LOGOUT');
  });

  it('waits longer and longer for a late mail, then asks a person too, and still looks', async () => {
    const mailboxes = open();
    sandbox.holdMail();
    const first = await prove(mailboxes);
    const waits: number[] = [];
    for (let outcome = await prove(mailboxes); outcome.kind === 'later';) {
      waits.push(outcome.afterMs);
      clock.advance(outcome.afterMs);
      outcome = await prove(mailboxes);
    }
    const asked = await prove(mailboxes);
    sandbox.releaseMail();
    const found = await prove(mailboxes);

    expect(first).toMatchObject({ kind: 'later', afterMs: 1000 });
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    expect(Math.max(...waits)).toBe(MINUTE);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(asked).toMatchObject({ kind: 'human', task: { id: CODE, pollMs: 5 * MINUTE } });
    expect(found.kind).toBe('done');
    expect(sandbox.messages()).toHaveLength(1);
  });

  it.each([
    ['takes the mail with the code, however it came', {}, 'done'],
    ['does not take a mail for another address', { to: 'other@svc.acme.example' }, 'later'],
    ['does not take a mail of another request', { marker: 'flow-sa-000000' }, 'later'],
    ['does not take a mail with another code', { code: '0000-0000' }, 'later'],
    ['does not take a mail with no code', { code: '' }, 'later'],
  ])('%s for the proof', async (_title, change, kind) => {
    const mailboxes = open();
    await prove(mailboxes);
    const code = /^Code: (\S+)/m.exec(sandbox.messages()[0]?.raw ?? '')?.[1] ?? '';
    const mail = { to: SPEC.address, marker: SPEC.marker, code, ...change };
    sandbox.emptyMailbox();
    sandbox.deliver({
      from: 'x@acme.example',
      to: mail.to,
      subject: `Code for ${SPEC.marker}`,
      text: '',
      headers: { 'X-Flow-Challenge': `${mail.marker} ${mail.code}` },
    });

    const outcome = await prove(mailboxes);

    expect(outcome.kind).toBe(kind);
  });

  it.each([
    ['no', 'unavailable'],
    ['drop', 'unreachable'],
    ['hang', 'timeout'],
  ] as const)(
    'says that it could not look when the search meets %s, and lets the connection go',
    async (how, code) => {
      const mailboxes = open();
      await prove(mailboxes);
      sandbox.imap.failNext({ command: 'UID SEARCH', how });

      const error = await mailFailure(prove(mailboxes));

      expect(error.code).toBe(code);
      await expect.poll(() => sandbox.imap.connections()).toBe(0);
    },
  );

  it('is found under its plus address', async () => {
    const domain = 'svc.acme.example';
    const mailboxes = open({ style: 'plus', base: 'bot' });
    const spec = aMailbox(mailboxes.address('flow-api'));

    const proof = await drive({ mailboxes, sandbox, clock }, spec, (answers) =>
      mailboxes.prove(spec, book.kept, answers, book.keep),
    );

    expect(spec.address).toBe(`bot+flow-api@${domain}`);
    expect(proof.how).toBe('The challenge mail arrived');
  });
});

describe('A mailbox that only a person reads', () => {
  it('asks for the code at once and does not check again by itself', async () => {
    const outcome = await prove(open({ imap: undefined }));

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: CODE, pollMs: null, finding: null },
    });
  });

  it('says so when the code is wrong, and sends nothing', async () => {
    const mailboxes = open({ imap: undefined });
    await prove(mailboxes);

    const outcome = await prove(mailboxes, { code: 'AAAA-AAAA' });

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { finding: expect.stringContaining('not the code') },
    });
    expect(sandbox.messages()).toHaveLength(1);
  });

  it('sends another mail when asked, every ten minutes and five times a day at most', async () => {
    const mailboxes = open({ imap: undefined });
    await prove(mailboxes);
    const early = await prove(mailboxes, { code: 'new' });
    const mailsEarly = sandbox.messages().length;
    for (let round = 0; round < 8; round += 1) {
      clock.advance(10 * MINUTE);
      await prove(mailboxes, { code: 'New' });
    }
    const late = await prove(mailboxes, { code: 'new' });

    expect(early).toMatchObject({ task: { finding: expect.stringContaining('ten minutes') } });
    expect(mailsEarly).toBe(1);
    expect(sandbox.messages()).toHaveLength(5);
    expect(late).toMatchObject({ task: { finding: expect.stringContaining('5 mails') } });
    const ids = sandbox.messages().map((mail) => /^Message-ID: (.+)$/im.exec(mail.raw)?.[1]);
    expect(new Set(ids).size).toBe(5);
  });

  it('refuses the code of an older mail', async () => {
    const mailboxes = open({ imap: undefined });
    await prove(mailboxes);
    const old = /^Code: (\S+)/m.exec(sandbox.messages()[0]?.raw ?? '')?.[1] ?? '';
    clock.advance(10 * MINUTE);
    await prove(mailboxes, { code: 'new' });

    const outcome = await prove(mailboxes, { code: old });

    expect(outcome.kind).toBe('human');
  });
});

describe('The mail server of a catch-all domain', () => {
  it.each([
    ['refuse', 'refused'],
    ['defer', 'unavailable'],
    ['hang', 'timeout'],
    ['drop', 'unreachable'],
  ] as const)('that answers with %s leads to %s and no counted mail', async (smtpFault, code) => {
    sandbox.smtp.failNext(smtpFault);

    const error = await mailFailure(prove(open()));

    expect(error.code).toBe(code);
    expect(book.kept).toMatchObject({ sends: 0, sentAt: '' });
    expect(sandbox.messages()).toHaveLength(0);
  });

  it('is told a hostile purpose as plain text only', async () => {
    const purpose = 'x\r\nBcc: evil@example.com\r\n\r\nCode: 1111-1111\n.\nend';
    await open().prove({ ...SPEC, purpose }, null, {}, book.keep);

    const raw = sandbox.messages()[0]?.raw ?? '';
    const [head = ''] = raw.split('\r\n\r\n');
    expect(head).not.toContain('evil');
    expect(sandbox.messages()).toHaveLength(1);
    expect(raw.match(/^Code: /gm)?.length).toBe(2);
    expect(/^Code: (\S+)/m.exec(raw)?.[1]).not.toBe('1111-1111');
  });
});

describe('The doctor on a catch-all domain', () => {
  it.each([
    ['smtp', { password: 'wrong' }, 'does not accept the user'],
    ['imap', { password: 'wrong' }, 'does not accept the user'],
    ['imap', { mailbox: 'Nowhere' }, 'no mailbox named Nowhere'],
    ['imap', { port: 1 }, 'could not be reached'],
    ['smtp', { port: 1 }, 'could not be reached'],
  ] as const)('reports a wrong %s setting %j', async (part, change, message) => {
    const slice = sandbox.config[part] as Record<string, unknown>;
    const wrong = 'password' in change ? { password: new Secret('a-wrong-password') } : change;

    const findings = await open({ [part]: { ...slice, ...wrong } }).check();

    const problems = findings.filter((finding) => finding.level === 'problem');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
  });
});

describe('Passwords of the mail server', () => {
  it('do not leave this machine unencrypted', async () => {
    // Not known as loopback in this spelling, but it leads there.
    const host = 'LOCALHOST';
    const parts = ['smtp', 'imap'].map((part) => [
      part,
      { ...(sandbox.config[part] as Record<string, unknown>), host },
    ]);

    const findings = await open({ ...Object.fromEntries(parts), timeout_ms: 2000 }).check();

    expect(findings.map((finding) => finding.level)).toEqual(['problem', 'problem']);
    expect(findings.every((finding) => finding.message.includes('TLS'))).toBe(true);
    expect(sandbox.smtp.logins()).toBe(0);
    expect([sandbox.smtp.visits(), sandbox.imap.visits()]).toEqual([1, 1]);
    expect(sandbox.imap.commands).not.toContain('AUTHENTICATE');
    expect(sandbox.imap.commands).not.toContain('LOGIN');
  });
});

describe('The IMAP stand-in', () => {
  it('serves a reader that lists, searches, fetches whole mails and waits', async () => {
    sandbox.deliver({
      from: 'no-reply@vendor.example',
      to: SPEC.address,
      subject: 'You are invited',
      text: 'Grüße\nfrom the vendor',
    });
    const { host, port, user } = sandbox.config['imap'] as Record<string, string>;
    const client = new ImapFlow({
      host: host!,
      port: Number(port),
      secure: false,
      auth: { user: user!, pass: 'imap-password-of-the-sandbox' },
      logger: false,
    });
    await client.connect();
    const folders = await client.list();
    await client.mailboxOpen('INBOX', { readOnly: true });
    const found = await client.search({ to: SPEC.address, subject: 'invited', seen: false });
    const mail = await client.fetchOne('1', {
      source: true,
      envelope: true,
      flags: true,
      uid: true,
    });
    const none = await client.search({ since: new Date('2026-11-25') });
    void client.idle();
    await expect.poll(() => sandbox.imap.commands).toContain('IDLE');
    await client.noop();
    await client.logout();

    expect(folders.map((folder) => folder.path)).toEqual(['INBOX']);
    expect([found, none]).toEqual([[1], []]);
    expect(mail).toMatchObject({ uid: 1, envelope: { subject: 'You are invited' } });
    expect(mail !== false && mail.source?.toString('utf8')).toContain('Grüße\r\nfrom the vendor');
  });
});
