import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { carriesSecret } from '../../src/domain/secret.ts';
import { describeError } from '../../src/lib/log.ts';
import type { Challenge, Mailboxes, MailboxSpec } from '../../src/mailboxes/mailboxes.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';

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
    else answers = { ...answers, ...(await world.sandbox.perform(outcome.task, spec)).answers };
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

    it('has nothing to take back, and does so quietly twice', async () => {
      const first = await world.mailboxes.remove(spec);
      const second = await world.mailboxes.remove(spec);

      expect([first.kind, second.kind]).toEqual(['done', 'done']);
    });

    it('finds nothing to complain about when all is well', async () => {
      const findings = await world.mailboxes.check();

      expect(findings).not.toHaveLength(0);
      expect(findings.filter((finding) => finding.level !== 'ok')).toEqual([]);
    });
  });
}
