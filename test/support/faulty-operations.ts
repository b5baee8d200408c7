import type { Fault } from '../../src/sandbox/kit/faults.ts';
import type { Request } from '../../src/domain/request.ts';
import type { InUse } from './killed-operations.ts';
import { beginOperation, endingOf } from './killed-operations.ts';
import type { OperationEnding } from './killed-operations.ts';
import { witnessOf } from './mortal-credentials.ts';
import type { Watcher } from './mortal.ts';
import { live, member } from './mortal-world.ts';
import type { Life } from './mortal-world.ts';

/** Where a fault begins: at the request with this number. */
export interface Spot {
  readonly position: number;
  readonly what: string;
}

export interface FaultyEnding extends OperationEnding {
  readonly tookBack: boolean;
}

/** A rotation to which nothing happens, and the requests of it that are not alike. */
export async function requestsOfRotation(account: InUse): Promise<Spot[]> {
  const spots: Spot[] = [];
  const known = new Set<string>();
  let position = 0;
  let writes = 0;
  await rotate(account, ({ what, breakWith }) => {
    if (breakWith === null) {
      if (what === 'records update') writes += 1;
      return;
    }
    // Between two records the same request is made in the same step, for the same reason.
    const alike = `${writes} ${shapeOf(what)}`;
    if (!known.has(alike)) spots.push({ position, what: shapeOf(what) });
    known.add(alike);
    position += 1;
  });
  return spots;
}

/** Even on the way back it goes on for so many requests. */
const LINGERS = 2;
/** More than any step tries; the page where a person deposits something never gives up. */
const LONGEST = 12;

/**
 * From the spot on, every request like that one meets the fault, until the app has given up
 * and a little longer; then all is well again, and people try once more where the app waits for them.
 */
export async function rotateWithFault(
  account: InUse,
  spot: Spot,
  fault: Fault,
): Promise<FaultyEnding> {
  let position = 0;
  let broken = false;
  let givenUp = false;
  let left = LONGEST;
  const watch: Watcher = ({ what, breakWith }) => {
    if (breakWith === null) return;
    broken ||= position === spot.position;
    position += 1;
    if (!broken || shapeOf(what) !== spot.what) return;
    if (left > 0) breakWith(fault);
    left -= 1;
  };
  return rotate(account, watch, ({ state }) => {
    const hasGivenUp = state === 'undoing' || state === 'failed';
    if (hasGivenUp && !givenUp) left = Math.min(left, LINGERS);
    givenUp ||= hasGivenUp;
    return false;
  });
}

async function rotate(
  account: InUse,
  disturb: Watcher,
  until: (request: Request) => boolean = () => false,
): Promise<FaultyEnding> {
  const { world, made, lane } = account;
  const before = await lane.records.findAccount(made.id);
  const witness = witnessOf(world, made);
  const watch: Watcher = (effect) => {
    witness.watch(effect);
    disturb(effect);
  };
  const id = await beginOperation(account, 'rotate', witness.watch);
  const life = await world.start({ watch, isOver: () => false });
  let request = await live(world, life, id, { ...PATIENT, until });
  let tookBack = (await wasTakenBack(life, id)) || request.state === 'undone';
  if (request.state === 'failed') {
    until(request);
    await life.requests.retry(id, member('U0APPROVER'));
    request = await live(world, life, id, PATIENT);
    tookBack ||= request.state === 'undone';
  }
  return { ...(await endingOf(account, { life, request, before, witness })), tookBack };
}

const PATIENT = { goal: 'done', speaks: false, patient: true } as const;

async function wasTakenBack(life: Life, id: string): Promise<boolean> {
  const story = await life.records.audit.list({ subject: id, actions: ['rolled-back'] });
  return story.length > 0;
}

/** Numbers in it are ids, and another one's are as good. */
function shapeOf(what: string): string {
  return what.replaceAll(/\/\d+/g, '/0');
}
