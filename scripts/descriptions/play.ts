import { ProductError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { createLog } from '../../src/lib/log.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import type { Exchange, SandboxServer } from '../../src/sandbox/kit/server.ts';

export interface PlayClock {
  now(): Date;
  advance(ms: number): void;
}

export const DAY_MS = 24 * 60 * 60 * 1000;
export const silent = createLog('silent');

export function playClock(): PlayClock {
  let now = Date.parse('2026-11-23T10:00:00.000Z');
  return {
    now: () => new Date(now),
    advance(ms) {
      now += ms;
    },
  };
}

/** Plays on an open sandbox, closes it, and gives back everything that went over its wires. */
export async function record<Sandbox extends AdapterSandbox>(
  sandbox: Sandbox,
  play: (sandbox: Sandbox) => Promise<void>,
): Promise<Exchange[]> {
  try {
    await play(sandbox);
  } finally {
    await sandbox.close();
  }
  const strange = sandbox.servers.flatMap(({ unexpected }) => unexpected);
  if (strange.length > 0) throw new Error(`The sandbox did not expect: ${strange.join('; ')}`);
  return sandbox.servers.flatMap(({ exchanges }) => exchanges);
}

/** Repeats a call as the runner does, with a person doing each task, until it is done. */
export async function untilDone<T>(
  sandbox: AdapterSandbox,
  about: { readonly address: string; readonly marker: string },
  call: (answers: Readonly<Record<string, string>>) => Promise<Outcome<T>>,
): Promise<T> {
  let answers: Readonly<Record<string, string>> = {};
  for (let round = 0; round < 8; round += 1) {
    const outcome = await call(answers);
    if (outcome.kind === 'done') return outcome.value;
    // The play's clock stands still; a sandbox goes on when it is asked again.
    if (outcome.kind === 'later') continue;
    const performed = await sandbox.perform(outcome.task, about);
    answers = { ...answers, ...performed.answers };
  }
  throw new Error('It is not done after eight rounds.');
}

/** A call that the vendor must refuse, so that its refusals are compared too. */
export async function refused(call: Promise<unknown>): Promise<void> {
  const outcome = await call.then(
    () => 'no refusal came',
    (error: unknown) => (error instanceof ProductError ? undefined : error),
  );
  if (outcome !== undefined) throw new Error('A refusal was due.', { cause: outcome });
}

/** Holds the next two such requests back until both are there: makes two runs meet for certain. */
export function letTwoMeet(server: SandboxServer, method: string, ending: string): void {
  let arrived = 0;
  let goOn: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  server.onRequest((request) => {
    if (arrived === 2 || request.method !== method || !request.path.endsWith(ending)) return;
    arrived += 1;
    if (arrived === 2) goOn();
    return both;
  });
}
