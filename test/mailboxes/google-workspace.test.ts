import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { googleWorkspace } from '../../src/mailboxes/google-workspace/index.ts';
import { openSandbox } from '../../src/mailboxes/google-workspace/sandbox.ts';
import type { GoogleSandbox } from '../../src/mailboxes/google-workspace/sandbox.ts';
import { BOT, MOST_ALIASES } from '../../src/mailboxes/google-workspace/sandbox-state.ts';
import { googleSchema } from '../../src/mailboxes/google-workspace/schema.ts';
import { SCOPE } from '../../src/mailboxes/google-workspace/scopes.ts';
import type { Mailboxes } from '../../src/mailboxes/mailboxes.ts';
import {
  aMailbox,
  describeMailboxes,
  drive,
  journal,
  mailboxClock,
  mailFailure,
} from '../contracts/mailbox-contract.ts';
import type { MailboxClock, MailboxWorld } from '../contracts/mailbox-contract.ts';

const log = createLog('silent');
const SPEC = aMailbox('flow-api@acme.example');
const MODES = {
  alias: { mode: 'alias', bot: BOT },
  group: { mode: 'group', members: [BOT] },
  user: { mode: 'user', org_unit: '/Service accounts' },
} as const;
type Mode = keyof typeof MODES;
const MODE_NAMES = Object.keys(MODES) as Mode[];

const NEEDED: Record<Mode, string[]> = {
  alias: [SCOPE.aliases, SCOPE.gmail],
  group: [SCOPE.groups, SCOPE.settings, SCOPE.gmail],
  user: [SCOPE.users, SCOPE.gmail],
};

function open(
  sandbox: GoogleSandbox,
  clock: MailboxClock,
  mode: Mode,
  extra: Record<string, unknown> = {},
): Mailboxes {
  const slice = { ...sandbox.config, ...MODES[mode], timeout_ms: 5000, ...extra };
  return googleWorkspace.open(googleSchema.parse(slice), { clock, log });
}

function delegate({ workspace }: GoogleSandbox, scopes: readonly string[]): void {
  workspace.delegated.clear();
  for (const scope of scopes) workspace.delegated.add(scope);
}

async function aWorld(mode: Mode, extra: Record<string, unknown> = {}) {
  const clock = mailboxClock();
  const sandbox = await openSandbox({ clock });
  delegate(sandbox, extra['read'] === 'none' ? NEEDED[mode].slice(0, -1) : NEEDED[mode]);
  return { mailboxes: open(sandbox, clock, mode, extra), sandbox, clock };
}

function makingOf(mode: Mode) {
  return {
    server: ({ google }: GoogleSandbox) => google,
    count: ({ workspace }: GoogleSandbox, address: string) =>
      workspace.mailboxesOf(address, 'outside').length,
    reopen: ({ sandbox, clock }: MailboxWorld<GoogleSandbox>) => open(sandbox, clock, mode),
  };
}

for (const mode of MODE_NAMES) {
  for (const read of ['gmail', 'none'] as const) {
    describeMailboxes<GoogleSandbox>({
      name: `Google Workspace in mode ${mode}, reading ${read}`,
      address: SPEC.address,
      open: () => aWorld(mode, { read }),
      received: (sandbox, address) =>
        sandbox
          .messages()
          .filter(({ to }) => to === address)
          .map(({ raw }) => raw),
      loseAnswer: (sandbox) => sandbox.smtp.failNext('drop-after-effect'),
      ...(read === 'gmail'
        ? { deliver: (sandbox: GoogleSandbox, mail) => sandbox.deliver(mail) }
        : {}),
      ...(read === 'gmail' ? { making: makingOf(mode) } : {}),
    });
  }
}

describe('Google Workspace', () => {
  let clock: MailboxClock;
  let sandbox: GoogleSandbox;

  beforeEach(async () => {
    clock = mailboxClock();
    sandbox = await openSandbox({ clock });
  });

  afterEach(closeCleanly);

  async function closeCleanly(): Promise<void> {
    await sandbox.close();
    expect(sandbox.google.unexpected).toEqual([]);
  }

  const make = (mailboxes: Mailboxes) =>
    drive({ mailboxes, sandbox, clock }, SPEC, (answers) => mailboxes.ensure(SPEC, answers));

  it.each(MODE_NAMES)('makes an address in mode %s with its own scopes alone', async (mode) => {
    delegate(sandbox, NEEDED[mode]);

    await make(open(sandbox, clock, mode));

    const statuses = sandbox.google.exchanges.map(({ answer }) => answer.status);
    expect(statuses.filter((status) => status === 401 || status === 403)).toEqual([]);
  });

  it.each(MODE_NAMES)('never takes over in mode %s what somebody else made', async (mode) => {
    if (mode === 'group') sandbox.workspace.addGroup(SPEC.address, 'Everybody at Acme');
    else sandbox.workspace.addUser(SPEC.address, []);
    const mailboxes = open(sandbox, clock, mode);

    const error = await mailFailure(mailboxes.ensure(SPEC, {}));
    await mailboxes.remove(SPEC);

    expect(error.code).toBe(mode === 'alias' ? 'unavailable' : 'name-taken');
    expect(error.message).toContain(SPEC.address);
    expect(sandbox.workspace.isTaken(SPEC.address)).toBe(true);
  });

  it('makes a group that the world may write to and only its members may read', async () => {
    await make(open(sandbox, clock, 'group'));

    expect(sandbox.workspace.findGroup(SPEC.address)?.settings).toMatchObject({
      whoCanPostMessage: 'ANYONE_CAN_POST',
      whoCanViewGroup: 'ALL_MEMBERS_CAN_VIEW',
      whoCanJoin: 'INVITED_CAN_JOIN',
      isArchived: 'false',
    });
  });

  it('closes a group again that somebody opened for reading', async () => {
    const mailboxes = open(sandbox, clock, 'group');
    await make(mailboxes);
    const group = sandbox.workspace.findGroup(SPEC.address);
    Object.assign(group?.settings ?? {}, { whoCanViewGroup: 'ANYONE_CAN_VIEW' });

    await make(mailboxes);

    expect(group?.settings['whoCanViewGroup']).toBe('ALL_MEMBERS_CAN_VIEW');
  });

  it('waits for a new user that Google does not show yet, and makes no second one', async () => {
    sandbox.workspace.delays.visible = 20_000;
    const mailboxes = open(sandbox, clock, 'user');
    await mailboxes.ensure(SPEC, {});

    const error = await mailFailure(mailboxes.ensure(SPEC, {}));
    clock.advance(60_000);
    const outcome = await mailboxes.ensure(SPEC, {});

    expect(error.code).toBe('unavailable');
    expect(outcome.kind).toBe('done');
    expect(sandbox.workspace.users.size).toBe(3);
  });

  it('waits with the challenge while the mail servers do not know the address', async () => {
    sandbox.workspace.delays.mail = 10 * 60_000;
    const mailboxes = open(sandbox, clock, 'user');
    const book = journal();
    await make(mailboxes);

    const early = await mailboxes.prove(SPEC, null, {}, book.keep);
    const proof = await drive({ mailboxes, sandbox, clock }, SPEC, (answers) =>
      mailboxes.prove(SPEC, book.kept, answers, book.keep),
    );

    expect(early).toMatchObject({ kind: 'later', why: expect.stringContaining('does not know') });
    expect(proof.how).toBe('The challenge mail arrived');
    expect(sandbox.messages()).toHaveLength(1);
  });

  it('says after two hours that the mail servers refuse the address', async () => {
    sandbox.workspace.delays.mail = 24 * 60 * 60_000;
    const mailboxes = open(sandbox, clock, 'user');
    const book = journal();
    await make(mailboxes);

    const error = await mailFailure(
      (async () => {
        for (let round = 0; round < 200; round += 1) {
          const outcome = await mailboxes.prove(SPEC, book.kept, {}, book.keep);
          clock.advance(outcome.kind === 'later' ? 10 * outcome.afterMs : 0);
        }
      })(),
    );

    expect(error.code).toBe('refused');
  });

  it.each([
    ['user', 'no licence is free'],
    ['alias', '30 aliases'],
  ] as const)('says plainly that a limit is reached in mode %s', async (mode, words) => {
    sandbox.workspace.seats = 2;
    const bot = sandbox.workspace.users.get(BOT);
    for (let n = 0; n < MOST_ALIASES; n += 1) bot?.aliases.add(`a${n}@acme.example`);

    const error = await mailFailure(open(sandbox, clock, mode).ensure(SPEC, {}));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain(words);
  });

  it('does not make the address of the bot’s own mailbox', async () => {
    const error = await mailFailure(
      open(sandbox, clock, 'alias').ensure({ ...SPEC, address: BOT }, {}),
    );

    expect(error.code).toBe('name-taken');
  });

  it('reads no mail’s contents, whatever is in the mailbox', async () => {
    const mailboxes = open(sandbox, clock, 'alias');
    await make(mailboxes);
    sandbox.deliver({
      from: 'noreply@vendor.example',
      to: SPEC.address,
      subject: 'You are invited',
      text: 'https://vendor.example/secret-link',
    });

    await mailboxes.findMail?.(SPEC.address, { since: clock.now(), from: ['vendor.example'] });

    expect(JSON.stringify(sandbox.google.exchanges)).not.toContain('secret-link');
  });

  it('asks for a new token when the old one has run out', async () => {
    const mailboxes = open(sandbox, clock, 'alias');
    await make(mailboxes);
    clock.advance(2 * 60 * 60_000);

    const outcome = await mailboxes.ensure(SPEC, {});

    expect(outcome.kind).toBe('done');
  });

  it.each(MODE_NAMES)('tells the doctor in mode %s of each scope that is missing', async (mode) => {
    for (const scope of NEEDED[mode]) {
      delegate(
        sandbox,
        NEEDED[mode].filter((each) => each !== scope),
      );

      const findings = await open(sandbox, clock, mode).check();

      const problems = findings.filter(({ level }) => level === 'problem');
      expect(problems.map(({ message }) => message)).toEqual([`Not delegated: ${scope}.`]);
      expect(problems[0]?.advice).toContain('104567890123456789012');
    }
  });

  it('tells the doctor when more is delegated than is needed', async () => {
    delegate(sandbox, [...NEEDED.alias, 'https://mail.google.com/', SCOPE.users]);

    const findings = await open(sandbox, clock, 'alias').check();

    const warnings = findings.filter(({ level }) => level === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('https://mail.google.com/');
    expect(warnings[0]?.message).toContain(SCOPE.users);
  });

  it.each([
    ['is not a key', 'a-value-that-is-no-key', 'not a key of a Google service account'],
    ['is cut off', '{"client_email":"a@b.example","private_key":"-----BEGIN"}', 'not a key'],
  ])('reports a key that %s without showing it', async (_title, key, words) => {
    const findings = await open(sandbox, clock, 'alias', { key: new Secret(key) }).check();

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems[0]?.message).toContain(words);
    expect(JSON.stringify(findings)).not.toContain('BEGIN');
  });

  it('reports an administrator whom Google does not know', async () => {
    const mailboxes = open(sandbox, clock, 'alias', { admin: 'nobody@acme.example' });

    const findings = await mailboxes.check();

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('admin');
  });

  it('sends its key to no address without TLS', () => {
    const slice = { ...sandbox.config, ...MODES.alias, token_url: 'http://tokens.example/token' };

    const issues = googleSchema.safeParse(slice).error?.issues ?? [];

    expect(issues.map(({ path }) => path)).toEqual([['token_url']]);
  });
});
