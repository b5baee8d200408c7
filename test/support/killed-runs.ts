import type { Request } from '../../src/domain/request.ts';
import type { DraftOrder } from '../../src/requests/requests.ts';
import type { WorkspaceOptions } from '../../src/sandbox/slack/workspace-options.ts';
import type { Lane } from './lanes.ts';
import { fate } from './mortal.ts';
import type { Fate } from './mortal.ts';
import { live, openMortalWorld, submit } from './mortal-world.ts';
import type { Life, MortalWorld } from './mortal-world.ts';

export interface Ending {
  readonly world: MortalWorld;
  readonly life: Life;
  readonly request: Request;
  /** What the first process was about to do when it was killed; null when it got through. */
  readonly killedBefore: string | null;
}

export interface KilledRun {
  /** The order's fields besides those that every order has. */
  readonly order: (life: Life) => Promise<Partial<DraftOrder>>;
  /** Where the request goes while the process is killed, and where it goes afterwards. */
  readonly first: 'done' | 'undone';
  readonly then: 'done' | 'undone';
  /** How far the request is before the process that is killed begins; at once when absent. */
  readonly from?: (request: Request) => boolean;
  /** So many first changes are passed over, because another kind makes the same ones. */
  readonly skip?: number;
  /** With its messages in Slack, in this workspace; null without them, which is quicker. */
  readonly workspace: WorkspaceOptions | null;
}

/** Kills a process before its change number `position`, and lets another one come to the end. */
export async function killAndStartAgain(
  run: KilledRun,
  position: number,
  { records, clock }: Lane,
): Promise<Ending> {
  const world = await openMortalWorld(records, clock, run.workspace ?? {});
  const speaks = run.workspace !== null;
  const before = await world.start();
  const id = await submit(before, { ...common(run), ...(await run.order(before)) } as DraftOrder);
  if (run.from !== undefined)
    await live(world, before, id, { goal: 'done', speaks, until: run.from });
  const killedBefore = await liveUntilKilled(world, id, run, fate(position));
  const life = await world.start();
  return {
    world,
    life,
    request: await live(world, life, id, { goal: run.then, speaks }),
    killedBefore,
  };
}

async function liveUntilKilled(
  world: MortalWorld,
  id: string,
  run: KilledRun,
  ends: Fate,
): Promise<string | null> {
  const life = await world.start(ends);
  try {
    await live(world, life, id, { goal: run.first, speaks: run.workspace !== null });
  } catch (error) {
    if (!ends.isOver()) throw error;
  }
  world.forget();
  return ends.lastWish();
}

/** What the app may read when its operator lets it find its own messages again. */
export const WITH_HISTORY: WorkspaceOptions = {
  botScopes: [
    'commands',
    'chat:write',
    'im:write',
    'users:read',
    'usergroups:read',
    'channels:history',
    'groups:history',
    'im:history',
    'metadata.message:read',
  ],
};

let count = 0;

function common({ first, then }: KilledRun): Partial<DraftOrder> {
  count += 1;
  return {
    localPart: `flow-${process.pid}-${count}`,
    purpose: `To be ${first}, then ${then}, with a process that dies.`,
    owner: 'U0OWNER',
    rotationDays: '90',
  };
}
