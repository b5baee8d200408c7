import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { microsoft365 } from '../../src/mailboxes/microsoft-365/index.ts';
import { openSandbox } from '../../src/mailboxes/microsoft-365/sandbox.ts';
import type { MicrosoftSandbox } from '../../src/mailboxes/microsoft-365/sandbox.ts';
import { microsoftSchema } from '../../src/mailboxes/microsoft-365/schema.ts';
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
const MODES = ['user', 'shared'] as const;
type Mode = (typeof MODES)[number];

const NEEDED: Record<Mode, string[]> = {
  user: ['User.ReadWrite.All', 'LicenseAssignment.ReadWrite.All', 'LicenseAssignment.Read.All'],
  shared: ['User.Read.All'],
};

function open(
  sandbox: MicrosoftSandbox,
  clock: MailboxClock,
  mode: Mode,
  extra: Record<string, unknown> = {},
): Mailboxes {
  const { license, usage_location, ...shared } = sandbox.config;
  const own = mode === 'user' ? { license, usage_location } : {};
  const slice = { ...shared, ...own, mode, timeout_ms: 5000, ...extra };
  return microsoft365.open(microsoftSchema.parse(slice), { clock, log });
}

function consent({ tenant }: MicrosoftSandbox, permissions: readonly string[]): void {
  tenant.consented.clear();
  for (const each of permissions) tenant.consented.add(each);
}

function makingOf(mode: Mode) {
  return {
    server: ({ graph }: MicrosoftSandbox) => graph,
    count: ({ tenant }: MicrosoftSandbox, address: string) =>
      [...tenant.users.values()].filter(({ userPrincipalName }) => userPrincipalName === address)
        .length,
    reopen: ({ sandbox, clock }: MailboxWorld<MicrosoftSandbox>) => open(sandbox, clock, mode),
  };
}

for (const mode of MODES) {
  for (const read of ['graph', 'none'] as const) {
    describeMailboxes<MicrosoftSandbox>({
      name: `Microsoft 365 in mode ${mode}, reading ${read}`,
      address: SPEC.address,
      async open() {
        const clock = mailboxClock();
        const sandbox = await openSandbox({ clock });
        consent(sandbox, NEEDED[mode]);
        return { mailboxes: open(sandbox, clock, mode, { read }), sandbox, clock };
      },
      received: (sandbox, address) =>
        sandbox
          .messages()
          .filter(({ to }) => to === address)
          .map(({ raw }) => raw),
      loseAnswer: (sandbox) => sandbox.smtp.failNext('drop-after-effect'),
      ...(read === 'graph'
        ? {
            deliver: (sandbox: MicrosoftSandbox, mail) => sandbox.deliver(mail),
            making: makingOf(mode),
          }
        : {}),
    });
  }
}

describe('Microsoft 365', () => {
  let clock: MailboxClock;
  let sandbox: MicrosoftSandbox;

  beforeEach(async () => {
    clock = mailboxClock();
    sandbox = await openSandbox({ clock });
    consent(sandbox, NEEDED.user);
  });

  afterEach(closeCleanly);

  async function closeCleanly(): Promise<void> {
    await sandbox.close();
    expect(sandbox.graph.unexpected).toEqual([]);
  }

  const make = (mailboxes: Mailboxes) =>
    drive({ mailboxes, sandbox, clock }, SPEC, (answers) => mailboxes.ensure(SPEC, answers));

  it('makes a user as whom nobody can sign in, with one licence', async () => {
    await make(open(sandbox, clock, 'user'));

    expect(sandbox.tenant.find(SPEC.address)).toMatchObject({
      accountEnabled: false,
      employeeId: SPEC.marker,
      usageLocation: 'DE',
    });
    expect(sandbox.tenant.used()).toBe(1);
  });

  it('never takes over or removes a user that somebody else made', async () => {
    const user = sandbox.tenant.addShared(SPEC.address, 'Finance');
    const mailboxes = open(sandbox, clock, 'user');

    const error = await mailFailure(mailboxes.ensure(SPEC, {}));
    await mailboxes.remove(SPEC);

    expect(error.code).toBe('name-taken');
    expect(sandbox.tenant.users.has(user.id)).toBe(true);
  });

  it('waits when the address exists and its owner is not shown', async () => {
    sandbox.tenant.others.add(SPEC.address);

    const error = await mailFailure(open(sandbox, clock, 'user').ensure(SPEC, {}));

    expect(error.code).toBe('unavailable');
    expect(error.message).toContain('a group');
  });

  it('finds its own user although Graph did not show it at first', async () => {
    sandbox.tenant.delays.visible = 20_000;
    const mailboxes = open(sandbox, clock, 'user');
    await mailboxes.ensure(SPEC, {});

    const error = await mailFailure(mailboxes.ensure(SPEC, {}));
    clock.advance(30_000);
    await make(mailboxes);

    expect(error.code).toBe('unavailable');
    expect(sandbox.tenant.users.size).toBe(1);
  });

  it('says how many licences there are when none is free', async () => {
    sandbox.tenant.seats = 0;
    const mailboxes = open(sandbox, clock, 'user');

    const error = await mailFailure(make(mailboxes));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain('0 of 0');
  });

  it('begins nothing with a licence that the organisation does not have', async () => {
    const error = await mailFailure(
      open(sandbox, clock, 'user', { license: 'NOTHING' }).ensure(SPEC, {}),
    );

    expect(error.code).toBe('invalid-config');
    expect(error.message).toContain('NOTHING');
    expect(sandbox.tenant.users.size).toBe(0);
  });

  it('waits with the challenge while Exchange does not know the address', async () => {
    sandbox.tenant.delays.mail = 15 * 60_000;
    const mailboxes = open(sandbox, clock, 'user');
    const book = journal();
    await make(mailboxes);

    const early = await mailboxes.prove(SPEC, null, {}, book.keep);
    const proof = await drive({ mailboxes, sandbox, clock }, SPEC, (answers) =>
      mailboxes.prove(SPEC, book.kept, answers, book.keep),
    );

    expect(early.kind).toBe('later');
    expect(proof.how).toBe('The challenge mail arrived');
  });

  it.each([
    ['is not there', () => undefined, 'no mailbox with this address'],
    [
      'is somebody else’s',
      () => void sandbox.tenant.addShared(SPEC.address, 'Finance'),
      SPEC.marker,
    ],
    [
      'lets people sign in',
      () =>
        void sandbox.tenant.add({
          userPrincipalName: SPEC.address,
          displayName: `Flow service account ${SPEC.marker}`,
          employeeId: null,
          accountEnabled: true,
          usageLocation: null,
          isShared: true,
        }),
      'Block its sign-in',
    ],
    [
      'may not be read by the app',
      () => {
        sandbox.tenant.exchangeLetsRead = false;
        sandbox.tenant.addShared(SPEC.address, `Flow service account ${SPEC.marker}`);
      },
      'Application Mail.ReadBasic',
    ],
  ])('asks on for a shared mailbox that %s', async (_title, prepare, words) => {
    prepare();
    clock.advance(5 * 60_000);

    const outcome = await open(sandbox, clock, 'shared').ensure(SPEC, {});

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'make-address', role: 'mail-admin', finding: expect.stringContaining(words) },
    });
    expect(JSON.stringify(outcome)).toContain('New-Mailbox -Shared');
  });

  it('asks for the removal of a shared mailbox only when it is the account’s', async () => {
    const mailboxes = open(sandbox, clock, 'shared');
    sandbox.tenant.addShared(SPEC.address, 'Finance');
    clock.advance(5 * 60_000);
    const strangers = await mailboxes.remove(SPEC);
    sandbox.tenant.users.clear();
    await make(mailboxes);

    const own = await mailboxes.remove(SPEC);

    expect(strangers.kind).toBe('done');
    expect(own).toMatchObject({ kind: 'human', task: { id: 'remove-address' } });
  });

  it.each(MODES)('tells the doctor in mode %s of each permission that is missing', async (mode) => {
    for (const permission of NEEDED[mode]) {
      consent(
        sandbox,
        NEEDED[mode].filter((each) => each !== permission),
      );

      const findings = await open(sandbox, clock, mode).check();

      const problems = findings.filter(({ level }) => level === 'problem');
      expect(problems.map(({ message }) => message)).toEqual([`Missing: ${permission}.`]);
    }
  });

  it.each([
    ['Directory.ReadWrite.All', 'More than the app needs: Directory.ReadWrite.All.'],
    ['Mail.ReadBasic.All', 'covers the headers of every mailbox'],
  ])('warns of the wide permission %s', async (permission, words) => {
    consent(sandbox, [...NEEDED.user, permission]);

    const findings = await open(sandbox, clock, 'user').check();

    const warnings = findings.filter(({ level }) => level === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(words);
  });

  it('tells the doctor when no licence is left', async () => {
    sandbox.tenant.seats = 0;

    const findings = await open(sandbox, clock, 'user').check();

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('0 of 0');
  });

  it('reports a client secret that Microsoft does not take', async () => {
    const wrong = { client_secret: new Secret('a-wrong-client-secret') };

    const findings = await open(sandbox, clock, 'user', wrong).check();

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain('client_secret');
  });
});
