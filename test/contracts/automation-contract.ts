import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Automation, Slot } from '../../src/automations/automation.ts';
import { ProductError, isAmbiguous } from '../../src/domain/errors.ts';
import { Secret, carriesSecret } from '../../src/domain/secret.ts';
import { describeError } from '../../src/lib/log.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';

export const STORE_URL = 'https://vault.acme.example/ui/flow-sa-7k3f9q-token';

/** One opened automation on a fresh sandbox. Give it a time-out of at most 500 ms. */
export interface AutomationWorld<Sandbox extends AdapterSandbox> {
  readonly automation: Automation;
  readonly sandbox: Sandbox;
}

/** What the suite must know about one automation. A `null` says that it has no such thing. */
export interface AutomationCase<Sandbox extends AdapterSandbox> {
  readonly name: string;
  open(): Promise<AutomationWorld<Sandbox>>;
  /** A place the policy allows. */
  readonly target: string;
  /** Places the policy does not allow, and texts that are no places. */
  readonly foreignTargets: readonly string[];
  readonly wrongNames: readonly string[];
  /** Every value that the place keeps under the name, read inside the sandbox. */
  readonly values: ((sandbox: Sandbox, slot: Slot) => string[]) | null;
  /** Somebody else sets a value of that name there. */
  readonly setByHand: ((sandbox: Sandbox, slot: Slot, value: string) => void) | null;
  /** Somebody deletes it there. */
  readonly deleteByHand: ((sandbox: Sandbox, slot: Slot) => void) | null;
  /** False where each credential has a place of its own. */
  readonly keepsNeighbours: boolean;
  /** The requests that write; the connection is dropped after them. */
  readonly writes: readonly { readonly method: string; readonly path: string }[];
  /** The requests that put a new value in the place of ours. */
  readonly rewrites: readonly { readonly method: string; readonly path: string }[];
}

export function aSlot(target: string, overrides: Partial<Slot> = {}): Slot {
  return {
    target,
    secretName: 'FLOW_TOKEN',
    marker: 'flow-sa-7k3f9q',
    process: 'nightly release',
    ...overrides,
  };
}

/** Ends in a ProductError that gives no secret away. */
export async function failureOf(call: Promise<unknown>): Promise<ProductError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProductError)) throw new Error('No ProductError came.', { cause: error });
  expect(carriesSecret(JSON.stringify(describeError(error)))).toBe(false);
  return error;
}

export async function closeWorld(world: AutomationWorld<AdapterSandbox>): Promise<void> {
  await world.sandbox.close();
  for (const server of world.sandbox.servers) {
    expect(server.unexpected).toEqual([]);
    const urls = server.exchanges.map(
      ({ request }) => `${request.path}?${request.query.toString()}`,
    );
    expect(urls.filter(carriesSecret)).toEqual([]);
  }
}

/** Puts the credential there as the runner does, doing each human task. */
export async function place(
  { automation, sandbox }: AutomationWorld<AdapterSandbox>,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  let answers: Readonly<Record<string, string>> = {};
  for (let round = 0; round < 4; round += 1) {
    const outcome = await automation.ensure(slot, credential, STORE_URL, answers);
    if (outcome.kind === 'done') return;
    if (outcome.kind === 'later') throw new Error('Nothing here needs time.');
    const about = { address: 'automation@acme.example', marker: slot.marker };
    answers = { ...answers, ...(await sandbox.perform(outcome.task, about)).answers };
  }
  throw new Error('The credential is not in its place after four rounds.');
}

async function removeFrom(
  { automation, sandbox }: AutomationWorld<AdapterSandbox>,
  slot: Slot,
): Promise<void> {
  let answers: Readonly<Record<string, string>> = {};
  for (let round = 0; round < 3; round += 1) {
    const outcome = await automation.remove(slot, answers);
    if (outcome.kind === 'done') return;
    if (outcome.kind === 'later') throw new Error('Nothing here needs time.');
    const about = { address: 'automation@acme.example', marker: slot.marker };
    answers = { ...answers, ...(await sandbox.perform(outcome.task, about)).answers };
  }
  throw new Error('The credential is not removed after three rounds.');
}

const FAULTS: readonly {
  title: string;
  make: () => Fault;
  codes: readonly string[];
  wait?: number;
}[] = [
  {
    title: 'is told to slow down',
    make: () => fault.rateLimited(7),
    codes: ['rate-limited'],
    wait: 7000,
  },
  { title: 'meets a broken server', make: () => fault.status(503), codes: ['unavailable'] },
  { title: 'gets no answer', make: () => fault.hang(), codes: ['timeout'] },
  {
    title: 'gets half an answer',
    make: () => fault.half(),
    codes: ['unexpected-answer', 'unreachable'],
  },
];

/** The behaviour every automation owes the steps. */
export function describeAutomation<Sandbox extends AdapterSandbox>(
  subject: AutomationCase<Sandbox>,
): void {
  describe(`${subject.name} as an automation`, () => {
    let world: AutomationWorld<Sandbox>;
    const slot = aSlot(subject.target);
    const first = new Secret('github_pat_first-0123456789');
    const second = new Secret('github_pat_second-0123456789');

    beforeEach(async () => {
      world = await subject.open();
    });

    afterEach(() => closeWorld(world));

    it('finds nothing to complain about when all is well', async () => {
      const findings = await world.automation.check();

      expect(findings).not.toHaveLength(0);
      expect(findings.filter((finding) => finding.level !== 'ok')).toEqual([]);
    });

    it('puts the credential in its place once when asked twice', async () => {
      await place(world, slot, first);
      await place(world, slot, first);

      const outcome = await world.automation.verify(slot);
      expect(outcome).toMatchObject({ kind: 'done' });
      expect(outcome.kind === 'done' ? outcome.value : '').toContain(slot.secretName);
      const kept = subject.values?.(world.sandbox, slot) ?? [first.reveal()];
      expect(kept).toEqual([first.reveal()]);
    });

    it('takes its own away and is quiet the second time', async () => {
      await place(world, slot, first);

      await removeFrom(world, slot);
      await removeFrom(world, slot);

      expect(subject.values?.(world.sandbox, slot) ?? []).toEqual([]);
    });

    it.each(subject.wrongNames)('refuses the name "%s" with a valid example', (name) => {
      expect(world.automation.refuseName(name)).toMatch(/FLOW_TOKEN/);
      expect(world.automation.refuseName('FLOW_TOKEN')).toBeUndefined();
    });

    it.each(subject.foreignTargets)(
      'refuses the place "%s" before anything is sent',
      async (target) => {
        const calls = () => world.sandbox.servers.flatMap(({ exchanges }) => exchanges).length;

        const refusal = world.automation.refuseTarget(target);
        const error = await failureOf(
          world.automation.ensure({ ...slot, target }, first, STORE_URL, {}),
        );

        expect(refusal).toMatch(/\S/);
        expect(world.automation.refuseTarget(subject.target)).toBeUndefined();
        expect(error.code).toBe('invalid-input');
        expect(calls()).toBe(0);
      },
    );

    it('offers only places that the policy allows', async () => {
      const targets = await world.automation.searchTargets('');
      const none = await world.automation.searchTargets('no-such-thing-anywhere');

      const refused = targets.filter(({ id }) => world.automation.refuseTarget(id) !== undefined);
      expect(refused).toEqual([]);
      expect(none).toEqual([]);
    });

    const { values, setByHand, deleteByHand } = subject;
    if (values === null || setByHand === null || deleteByHand === null) return;

    it('offers the place when it is looked for', async () => {
      const targets = await world.automation.searchTargets(subject.target);

      expect(targets.map(({ id }) => id)).toContain(subject.target);
    });

    it('replaces its own value by the new one', async () => {
      await place(world, slot, first);

      await place(world, slot, second);

      expect(values(world.sandbox, slot)).toEqual([second.reveal()]);
    });

    it('replaces its own value only, and takes only that away', async () => {
      const neighbour = { ...slot, secretName: 'THEIR_TOKEN' };
      if (subject.keepsNeighbours) setByHand(world.sandbox, neighbour, 'a-neighbours-value');
      const others = () => values(world.sandbox, neighbour);
      const before = others();
      await place(world, slot, first);

      await place(world, slot, second);
      const after = others();
      await removeFrom(world, slot);

      expect(before).toEqual(subject.keepsNeighbours ? ['a-neighbours-value'] : []);
      expect([after, others()]).toEqual([before, before]);
      expect(values(world.sandbox, slot)).toEqual([]);
    });

    it('says the same of a value that it has replaced', async () => {
      await place(world, slot, first);
      const before = await world.automation.verify(slot);
      await place(world, slot, second);

      const after = await world.automation.verify(slot);

      expect(after).toEqual(before);
    });

    it.each(subject.rewrites)(
      'ends with the new value when the answer to its $method $path is lost',
      async (call) => {
        await place(world, slot, first);
        world.sandbox.servers[0]?.faults.inject({ ...call, fault: fault.dropAfterEffect() });

        const error = await failureOf(world.automation.ensure(slot, second, STORE_URL, {}));
        await place(world, slot, second);

        expect(isAmbiguous(error)).toBe(true);
        expect(values(world.sandbox, slot)).toEqual([second.reveal()]);
      },
    );

    it.each(subject.rewrites)(
      'keeps the old value, and later sets the new, when its $method $path is refused',
      async (call) => {
        await place(world, slot, first);
        world.sandbox.servers[0]?.faults.inject({ ...call, fault: fault.status(503) });

        const error = await failureOf(world.automation.ensure(slot, second, STORE_URL, {}));
        const between = values(world.sandbox, slot);
        await place(world, slot, second);

        expect(error.code).toBe('unavailable');
        expect(between).toEqual([first.reveal()]);
        expect(values(world.sandbox, slot)).toEqual([second.reveal()]);
      },
    );

    it('ends with one right value when two runs replace it at the same moment', async () => {
      await place(world, slot, first);
      const runs = [1, 2].map(() => world.automation.ensure(slot, second, STORE_URL, {}));

      await Promise.allSettled(runs);

      expect(values(world.sandbox, slot)).toEqual([second.reveal()]);
    });

    it('refuses another request of ours to replace it, however often that tries', async () => {
      await place(world, slot, first);
      const other = { ...slot, marker: 'flow-sa-000000' };

      const codes: string[] = [];
      for (const _time of ['first', 'second']) {
        const error = await failureOf(world.automation.ensure(other, second, STORE_URL, {}));
        codes.push(error.code);
      }

      expect(codes).toEqual(['name-taken', 'name-taken']);
      expect(values(world.sandbox, slot)).toEqual([first.reveal()]);
    });

    it('leaves alone what somebody else has set under that name', async () => {
      setByHand(world.sandbox, slot, 'somebody-elses-value');

      const error = await failureOf(world.automation.ensure(slot, first, STORE_URL, {}));
      await removeFrom(world, slot);

      expect(error.code).toBe('name-taken');
      expect(values(world.sandbox, slot)).toEqual(['somebody-elses-value']);
    });

    it('leaves alone what another request of ours has set there', async () => {
      await place(world, slot, first);
      const other = { ...slot, marker: 'flow-sa-000000' };

      const error = await failureOf(world.automation.ensure(other, second, STORE_URL, {}));
      await removeFrom(world, other);

      expect(error.code).toBe('name-taken');
      expect(values(world.sandbox, slot)).toEqual([first.reveal()]);
    });

    it('says that it is gone when somebody has deleted it', async () => {
      await place(world, slot, first);
      deleteByHand(world.sandbox, slot);

      const error = await failureOf(world.automation.verify(slot));

      expect(error.code).toBe('verification-failed');
    });

    it.each(subject.writes)(
      'ends with one right value when the answer to $method $path is lost',
      async (call) => {
        const rule = { ...call, fault: fault.dropAfterEffect() };
        world.sandbox.servers[0]?.faults.inject(rule);

        const error: unknown = await world.automation.ensure(slot, first, STORE_URL, {}).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        await place(world, slot, first);

        expect(error === undefined || isAmbiguous(error)).toBe(true);
        expect(values(world.sandbox, slot)).toEqual([first.reveal()]);
      },
    );

    it('ends with one right value when two runs come at the same moment', async () => {
      const runs = [1, 2].map(() => world.automation.ensure(slot, first, STORE_URL, {}));

      await Promise.allSettled(runs);
      await place(world, slot, first);

      expect(values(world.sandbox, slot)).toEqual([first.reveal()]);
    });

    it.each(FAULTS)('says $codes when a call $title', async ({ make, codes, wait }) => {
      await place(world, slot, first);
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        ensure: () => world.automation.ensure(slot, first, STORE_URL, {}),
        verify: () => world.automation.verify(slot),
        searchTargets: () => world.automation.searchTargets('web'),
        remove: () => world.automation.remove(slot),
      };

      const failures: { name: string; code: string; wait: number | undefined }[] = [];
      for (const [name, call] of Object.entries(calls)) {
        for (const server of world.sandbox.servers) server.faults.inject({ fault: make() });
        const { code, retryAfterMs } = await failureOf(call());
        for (const server of world.sandbox.servers) server.faults.clear();
        failures.push({ name, code, wait: retryAfterMs });
      }

      expect(failures.filter(({ code }) => !codes.includes(code))).toEqual([]);
      expect(failures.filter((failure) => failure.wait !== wait)).toEqual([]);
    });

    it('reports a dead credential of ours as a problem instead of throwing', async () => {
      for (const server of world.sandbox.servers) {
        server.faults.inject({ fault: fault.status(401), times: 100 });
      }

      const findings = await world.automation.check();

      expect(findings.some((finding) => finding.level === 'problem')).toBe(true);
    });
  });
}
