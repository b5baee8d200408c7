import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { carriesSecret } from '../../src/domain/secret.ts';
import { describeError } from '../../src/lib/log.ts';
import type { Challenge, Mailboxes, MailboxSpec } from '../../src/mailboxes/mailboxes.ts';
import type { OutsideMail } from '../../src/mailboxes/sandbox-post.ts';
import { reactTo } from '../../src/steps/retry.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import type { SandboxServer } from '../../src/sandbox/kit/server.ts';

export interface MailboxClock {
  now(): Date;
  advance(ms: number): void;
}

export interface MailboxWorld<Sandbox extends AdapterSandbox> {
  readonly mailboxes: Mailboxes;
  readonly sandbox: Sandbox;
  readonly clock: MailboxClock;
}

export interface MailboxCase<Sandbox extends AdapterSandbox> {
  readonly name: string;
  open(): Promise<MailboxWorld<Sandbox>>;
  /** The address the sandbox's domain gives the local part `flow-api`. */
  readonly address: string;
  /** Raw mails that reached the address, counted inside the sandbox. */
  received(sandbox: Sandbox, address: string): readonly string[];
  /** The mail server takes mails and then loses the connection, once. */
  loseAnswer(sandbox: Sandbox): void;
  /** Mail from outside; only where the app reads the mailbox and knows its server. */
  readonly deliver?: (sandbox: Sandbox, mail: OutsideMail) => void;
  /** Only where addresses are made by calls. */
  readonly making?: {
    server(sandbox: Sandbox): SandboxServer;
    /** How many things there are that receive mail for the address. */
    count(sandbox: Sandbox, address: string): number;
    /** The adapter as another process would open it, knowing nothing. */
    reopen(world: MailboxWorld<Sandbox>): Mailboxes;
  };
}

/** What the step's journal is to `prove`: it remembers the last challenge. */
export interface Journal {
  kept: Challenge | null;
  readonly writes: Challenge[];
  readonly keep: (challenge: Challenge) => Promise<void>;
}

export function journal(): Journal {
  const self: Journal = {
    kept: null,
    writes: [],
    keep: async (challenge) => {
      self.kept = challenge;
      self.writes.push(challenge);
    },
  };
  return self;
}

export function mailboxClock(start = '2026-11-23T10:00:00.000Z'): MailboxClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(ms) {
      now += ms;
    },
  };
}

export function aMailbox(address: string): MailboxSpec {
  return { address, marker: 'flow-sa-7k3f9q', purpose: "Reads Flow's API for the data platform" };
}

/** Repeats a call as the runner does, doing each human task, until it is done. */
export async function drive<T>(
  world: MailboxWorld<AdapterSandbox>,
  spec: MailboxSpec,
  call: (answers: Readonly<Record<string, string>>) => Promise<Outcome<T>>,
): Promise<T> {
  let answers: Readonly<Record<string, string>> = {};
  for (let round = 0; round < 20; round += 1) {
    const outcome = await call(answers);
    if (outcome.kind === 'done') return outcome.value;
    if (outcome.kind === 'later') world.clock.advance(outcome.afterMs);
    else {
      answers = { ...answers, ...(await world.sandbox.perform(outcome.task, spec)).answers };
      world.clock.advance(outcome.task.pollMs ?? 0);
    }
  }
  throw new Error('The mailbox is not done after twenty rounds.');
}

export async function mailFailure(call: Promise<unknown>): Promise<ProductError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProductError);
  expect(carriesSecret(JSON.stringify(describeError(error)))).toBe(false);
  return error as ProductError;
}

/** The behaviour every way of making addresses owes the steps. */
export function describeMailboxes<Sandbox extends AdapterSandbox>(
  subject: MailboxCase<Sandbox>,
): void {
  describe(`${subject.name} as mailboxes`, () => {
    let world: MailboxWorld<Sandbox>;
    const spec = aMailbox(subject.address);

    beforeEach(async () => {
      world = await subject.open();
      await drive(world, spec, (answers) => world.mailboxes.ensure(spec, answers));
    });

    afterEach(() => world.sandbox.close());

    it('shows the address before anything is made', () => {
      expect(world.mailboxes.address('flow-api')).toBe(subject.address);
    });

    it('proves with one mail that mail arrives', async () => {
      const book = journal();

      const proof = await drive(world, spec, (answers) =>
        world.mailboxes.prove(spec, book.kept, answers, book.keep),
      );

      expect(proof.how).not.toBe('');
      expect(Date.parse(proof.at)).toBe(world.clock.now().getTime());
      expect(subject.received(world.sandbox, spec.address)).toHaveLength(1);
    });

    it('keeps the hash before the mail leaves, and never the code', async () => {
      const book = journal();
      let sentAtFirstWrite = -1;

      await world.mailboxes.prove(spec, null, {}, async (challenge) => {
        if (sentAtFirstWrite === -1) {
          sentAtFirstWrite = subject.received(world.sandbox, spec.address).length;
        }
        await book.keep(challenge);
      });

      const mail = subject.received(world.sandbox, spec.address)[0] ?? '';
      const code = /^Code: (\S+)/m.exec(mail)?.[1] ?? 'no code';
      expect(sentAtFirstWrite).toBe(0);
      expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      expect(JSON.stringify(book.writes)).not.toContain(code);
      expect(book.writes.map(({ sends }) => sends)).toEqual([0, 1]);
      expect(book.writes.map(({ sentAt }) => sentAt !== '')).toEqual([false, true]);
    });

    it('sends no second mail when it is asked again', async () => {
      const book = journal();
      await world.mailboxes.prove(spec, book.kept, {}, book.keep);
      world.clock.advance(1000);

      await world.mailboxes.prove(spec, book.kept, {}, book.keep);

      expect(subject.received(world.sandbox, spec.address)).toHaveLength(1);
    });

    it('sends a new code when the last run died with the mail under way', async () => {
      const book = journal();
      subject.loseAnswer(world.sandbox);
      const error = await mailFailure(world.mailboxes.prove(spec, null, {}, book.keep));
      const lost = book.kept;

      const proof = await drive(world, spec, (answers) =>
        world.mailboxes.prove(spec, book.kept, answers, book.keep),
      );

      expect(error.code).toBe('unreachable');
      expect(lost?.sentAt).toBe('');
      expect(book.kept?.codeHash).not.toBe(lost?.codeHash);
      expect(proof.how).not.toBe('');
    });

    it('accepts the code however a person types it', async () => {
      const book = journal();
      await world.mailboxes.prove(spec, null, {}, book.keep);
      const mail = subject.received(world.sandbox, spec.address)[0] ?? '';
      const code = /^Code: (\S+)/m.exec(mail)?.[1] ?? '';
      const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;

      const outcome = await world.mailboxes.prove(spec, book.kept, { code: typed }, book.keep);

      expect(outcome).toMatchObject({
        kind: 'done',
        value: { how: expect.stringContaining('entered') },
      });
    });

    it('never accepts a code after a day, and mails a new one', async () => {
      const book = journal();
      await world.mailboxes.prove(spec, null, {}, book.keep);
      const mail = subject.received(world.sandbox, spec.address)[0] ?? '';
      const code = /^Code: (\S+)/m.exec(mail)?.[1] ?? '';
      world.clock.advance(24 * 60 * 60_000);

      const outcome = await world.mailboxes.prove(spec, book.kept, { code }, book.keep);

      // Where the app reads the mailbox, the new mail may prove it at once; the old code never does.
      expect(JSON.stringify(outcome)).not.toContain('entered');
      expect(subject.received(world.sandbox, spec.address)).toHaveLength(2);
      expect(book.kept?.sends).toBe(1);
    });

    it('takes the address back, and does so quietly twice', async () => {
      await drive(world, spec, () => world.mailboxes.remove(spec));
      const second = await world.mailboxes.remove(spec);

      expect(second.kind).toBe('done');
      expect(subject.making?.count(world.sandbox, spec.address) ?? 0).toBe(0);
    });

    it('finds nothing to complain about when all is well', async () => {
      const findings = await world.mailboxes.check();

      expect(findings).not.toHaveLength(0);
      expect(findings.filter((finding) => finding.level !== 'ok')).toEqual([]);
    });

    it('can tell of mail exactly where it can read and judge it', () => {
      expect(world.mailboxes.findMail !== undefined).toBe(subject.deliver !== undefined);
    });
  });
  const { deliver, making } = subject;
  if (deliver !== undefined) describeSightings(subject, deliver);
  if (making !== undefined) describeMaking(subject, making);
}

const INVITATION: Omit<OutsideMail, 'to'> = {
  from: 'Vendor <noreply@vendor.example>',
  subject: 'You are invited',
  text: 'https://vendor.example/invitations/a-link-that-is-a-credential',
};

const FORGED = 'dkim=pass header.d=vendor.example; dmarc=pass header.from=vendor.example';

function describeSightings<Sandbox extends AdapterSandbox>(
  subject: MailboxCase<Sandbox>,
  deliver: NonNullable<MailboxCase<Sandbox>['deliver']>,
): void {
  describe(`${subject.name}, where an invitation is awaited`, () => {
    let world: MailboxWorld<Sandbox>;
    const spec = aMailbox(subject.address);

    beforeEach(async () => {
      world = await subject.open();
      await drive(world, spec, (answers) => world.mailboxes.ensure(spec, answers));
      const book = journal();
      await drive(world, spec, (answers) =>
        world.mailboxes.prove(spec, book.kept, answers, book.keep),
      );
    });

    afterEach(() => world.sandbox.close());

    const look = (from = ['vendor.example'], since = world.clock.now()) =>
      world.mailboxes.findMail?.(spec.address, { since, from });

    it('tells when it came, from whom and where it lies, and nothing of what it says', async () => {
      const since = world.clock.now();
      world.clock.advance(90_000);
      const at = world.clock.now().toISOString();
      deliver(world.sandbox, { ...INVITATION, to: spec.address });

      const seen = await look(['other.example', 'vendor.example'], since);

      expect(seen).toMatchObject({ sender: 'vendor.example' });
      expect(Date.parse(seen?.arrivedAt ?? '')).toBe(Math.floor(Date.parse(at) / 1000) * 1000);
      expect(seen?.inbox.name).not.toBe('');
      expect(JSON.stringify(seen)).not.toContain('invit');
    });

    it.each<[string, Partial<OutsideMail>]>([
      ['from another domain', { from: 'a@stranger.example' }],
      ['from a look-alike domain', { from: 'a@evilvendor.example' }],
      ['whose origin the receiving server denies', { verdict: 'fail' }],
      [
        'that brings its own verdict along',
        { verdict: 'fail', headers: { 'Authentication-Results': `mx.acme.example; ${FORGED}` } },
      ],
      [
        'that names the expected sender only in its display name',
        { from: '"noreply@vendor.example" <a@stranger.example>' },
      ],
    ])('does not believe mail %s', async (_title, change) => {
      const since = world.clock.now();
      deliver(world.sandbox, { ...INVITATION, to: spec.address, ...change });

      const seen = await look(undefined, since);

      expect(seen).toBeUndefined();
    });

    it('takes mail that came in the very second from which it counts', async () => {
      world.clock.advance(1000 - (world.clock.now().getTime() % 1000) + 400);
      const since = world.clock.now();
      deliver(world.sandbox, { ...INVITATION, to: spec.address });

      const seen = await look(undefined, since);

      expect(seen?.sender).toBe('vendor.example');
    });

    it('does not take mail that came before', async () => {
      deliver(world.sandbox, { ...INVITATION, to: spec.address });
      world.clock.advance(60_000);

      const seen = await look();

      expect(seen).toBeUndefined();
    });
  });
}

const FAULTS: [string, Fault][] = [
  ['500', fault.status(500)],
  ['429', fault.rateLimited(7)],
  ['a broken connection', fault.drop()],
  ['an answer that got lost', fault.dropAfterEffect()],
  ['half an answer', fault.half()],
];

function describeMaking<Sandbox extends AdapterSandbox>(
  subject: MailboxCase<Sandbox>,
  { server, count, reopen }: NonNullable<MailboxCase<Sandbox>['making']>,
): void {
  describe(`${subject.name}, while it is made`, () => {
    const spec = aMailbox(subject.address);

    it.each(FAULTS)('ends with one of everything when any call meets %s', async (_name, broken) => {
      let calls = 1;
      for (let hit = 0; hit < calls; hit += 1) {
        const world = await subject.open();
        let seen = 0;
        server(world.sandbox).onRequest(() => {
          if (seen === hit) server(world.sandbox).faults.inject({ fault: broken });
          seen += 1;
        });

        await driveThroughFailures(world, spec, () => reopen(world));

        calls = Math.max(calls, seen - 1);
        expect([hit, count(world.sandbox, spec.address)]).toEqual([hit, 1]);
        expect(server(world.sandbox).unexpected).toEqual([]);
        await world.sandbox.close();
      }
      expect(calls).toBeGreaterThan(1);
    });
  });
}

/** As the runner does: what may be tried again is, in a new process each time. */
async function driveThroughFailures(
  world: MailboxWorld<AdapterSandbox>,
  spec: MailboxSpec,
  reopen: () => Mailboxes,
): Promise<void> {
  for (let attempts = 1; attempts < 10; attempts += 1) {
    const mailboxes = reopen();
    try {
      await drive(world, spec, (answers) => mailboxes.ensure(spec, answers));
      return;
    } catch (error) {
      if (!(error instanceof ProductError)) throw error;
      const reaction = reactTo(error, attempts);
      if (reaction.kind === 'stop') throw error;
      world.clock.advance(reaction.afterMs);
    }
  }
  throw new Error('The address is not made after ten tries.');
}
