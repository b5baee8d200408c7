import type { Fault } from '../../src/sandbox/kit/faults.ts';
import type { Request } from '../../src/domain/request.ts';
import type { DraftOrder } from '../../src/requests/requests.ts';
import type { Lane } from './lanes.ts';
import type { Watcher } from './mortal.ts';
import { live, openMortalWorld, submit } from './mortal-world.ts';
import type { Life, MortalWorld } from './mortal-world.ts';

export interface FaultyRun {
  readonly order: (life: Life) => Promise<Partial<DraftOrder>>;
  readonly fault: Fault;
}

export interface Outcome {
  readonly world: MortalWorld;
  readonly life: Life;
  readonly request: Request;
  /** The requests that met the fault. */
  readonly struck: readonly Struck[];
}

export interface Struck {
  readonly what: string;
  readonly at: number;
  /** When the same system was asked again; null when it was not. */
  askedAgainAt: number | null;
  /** Failed tries in a row that the journal counted afterwards, the most of any step. */
  attempts: number;
}

/**
 * Every so-many-th request meets the fault: with each `position` below this, each request of a
 * run has met it. More than any step needs, or that step would never get through.
 */
export const STRIDE = 24;

/** A run in which some HTTP requests meet a fault; time goes on as it must. */
export async function runWithFaults(
  run: FaultyRun,
  position: number,
  { records, clock }: Lane,
): Promise<Outcome> {
  const world = await openMortalWorld(records, clock);
  const before = await world.start();
  const order = { ...common(), ...(await run.order(before)) } as DraftOrder;
  const id = await submit(before, order);
  const blows = strike(world, position, run.fault);
  const life = await world.start({ watch: blows.watch, isOver: () => false });
  const request = await live(world, life, id, {
    goal: 'done',
    speaks: false,
    patient: true,
    until: blows.noteAttempts,
  });
  world.forget();
  return { world, life, request, struck: blows.struck };
}

function strike(world: MortalWorld, position: number, fault: Fault) {
  let seen = 0;
  const struck: Struck[] = [];
  const watch: Watcher = ({ what, breakWith }) => {
    if (breakWith === null) return;
    const now = world.now().getTime();
    for (const each of struck) {
      if (systemOf(each.what) === systemOf(what)) each.askedAgainAt ??= now;
    }
    if (seen % STRIDE === position) {
      struck.push({ what, at: now, askedAgainAt: null, attempts: 0 });
      breakWith(fault);
    }
    seen += 1;
  };
  return {
    watch,
    struck,
    noteAttempts({ steps }: Request): boolean {
      const last = struck.at(-1);
      if (last !== undefined) last.attempts = Math.max(...steps.map((step) => step.attempts));
      return false;
    },
  };
}

/** "GitLab" of `GitLab GET /api/v4/user`. */
export function systemOf(what: string): string {
  return what.replace(/ (?:GET|POST|PUT|PATCH|DELETE) .*/, '');
}

let count = 0;

function common(): Partial<DraftOrder> {
  count += 1;
  return {
    localPart: `faulty-${process.pid}-${count}`,
    purpose: 'To be made although something goes wrong on the way.',
    owner: 'U0OWNER',
    rotationDays: '90',
  };
}
