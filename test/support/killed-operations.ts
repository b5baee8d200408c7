import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect } from 'vitest';

import type { Account } from '../../src/domain/account.ts';
import { mayBeUndone } from '../../src/domain/operation.ts';
import { FINAL_STATES } from '../../src/domain/request.ts';
import type { Request } from '../../src/domain/request.ts';
import type { DraftOrder } from '../../src/requests/requests.ts';
import type { WorkspaceOptions } from '../../src/sandbox/slack/workspace-options.ts';
import { openLanes } from './lanes.ts';
import type { Lane, Lanes } from './lanes.ts';
import { witnessOf } from './mortal-credentials.ts';
import type { Witness } from './mortal-credentials.ts';
import { fate } from './mortal.ts';
import type { Fate, Watcher } from './mortal.ts';
import { live, member, openMortalWorld, submit } from './mortal-world.ts';
import type { Life, MortalWorld } from './mortal-world.ts';
import { mistakesIn } from './traces.ts';

/** An account in use, and the world in which it is. */
export interface InUse {
  readonly world: MortalWorld;
  readonly lane: Lane;
  /** The request that made it. */
  readonly made: Request;
}

export interface OperationRun {
  readonly kind: 'rotate' | 'close';
  readonly order: (life: Life) => Promise<Partial<DraftOrder>>;
  /** Where it goes afterwards; back only as long as there is a way back. */
  readonly then: 'done' | 'undone';
  /** How far it is when the process that is killed begins; at once when absent. */
  readonly from?: (request: Request) => boolean;
  /** Where it goes while the process is killed; `then` when absent. */
  readonly first?: 'done' | 'undone';
  /** With its messages in Slack, in this workspace. */
  readonly workspace?: WorkspaceOptions;
}

export interface OperationEnding extends InUse {
  readonly life: Life;
  readonly request: Request;
  /** Before the operation. */
  readonly before: Account;
  readonly after: Account;
  readonly killedBefore: string | null;
  /** Moments in which nothing that works was in use. */
  readonly outages: readonly string[];
  /** Every value that was stored while it went on. */
  readonly stored: ReadonlySet<string>;
}

export type OperateEverywhere = (
  run: OperationRun,
  look: (ending: OperationEnding, where: string) => Promise<void> | void,
) => Promise<number>;

/**
 * For a test file: has an operation's process killed before each of its changes of the world in
 * turn. An account can be rotated as often as one likes, so all of that happens in one world; what
 * was closed is followed by another account.
 */
export function operatingEverywhere(lanesBesideEachOther?: number): OperateEverywhere {
  let lanes: Lanes | undefined;
  beforeAll(async () => {
    lanes = await openLanes(lanesBesideEachOther);
  });
  afterAll(async () => {
    const broken = await lanes?.verifyAudit();
    await lanes?.close();
    expect(broken).toBeUndefined();
  });

  return async (run, look) => {
    if (lanes === undefined) throw new Error('The lanes are not open yet');
    const worlds = new Map<Lane, InUse>();
    const deaths = await lanes.forEvery(async (position, lane) => {
      const present = worlds.get(lane);
      const fresh = present === undefined || run.kind === 'close';
      const account = fresh ? await openAccount(run, lane, present?.world) : present;
      worlds.set(lane, account);
      const ending = await operateAndKill(account, run, position);
      const where = `killed before change ${position}, ${ending.killedBefore}`;
      expect.soft(ending.outages, where).toEqual([]);
      await look(ending, where);
      expect.soft(mistakesIn(account.world), where).toEqual([]);
      return ending.killedBefore === null ? 'enough' : 'more';
    });
    for (const { world } of worlds.values()) await world.close();
    return deaths;
  };
}

let count = 0;

/** A new account, in a world of its own if there is none yet. */
export async function openAccount(
  { order, workspace }: Pick<OperationRun, 'order' | 'workspace'>,
  lane: Lane,
  present?: MortalWorld,
): Promise<InUse> {
  const world = present ?? (await openMortalWorld(lane.records, lane.clock, workspace));
  lane.clock.set(Date.now());
  const life = await world.start();
  count += 1;
  const id = await submit(life, {
    localPart: `used-${process.pid}-${count}`,
    purpose: `To be looked after, number ${count}.`,
    owner: 'U0OWNER',
    rotationDays: '90',
    ...(await order(life)),
  } as DraftOrder);
  const made = await live(world, life, id, { goal: 'done', speaks: false });
  if (made.state !== 'done') throw new Error(`Not made: ${JSON.stringify(made.failure)}`);
  return { world, lane, made };
}

async function operateAndKill(
  account: InUse,
  run: OperationRun,
  position: number,
): Promise<OperationEnding> {
  const { world, lane, made } = account;
  const before = await getAccount(account);
  const witness = witnessOf(world, made);
  const watch: Watcher = run.kind === 'rotate' ? witness.watch : () => undefined;
  const id = await beginOperation(account, run.kind, watch, run.from);
  const killedBefore = await liveUntilKilled(account, id, run, watch, fate(position));
  const life = await world.start({ watch, isOver: () => false });
  const found = await lane.records.get(id);
  const isOver = FINAL_STATES.includes(found.state);
  const goal = run.then === 'undone' && (isOver || mayBeUndone(found)) ? 'undone' : 'done';
  const request = isOver
    ? found
    : await live(world, life, id, { goal, speaks: run.workspace !== undefined });
  if (run.workspace !== undefined) await life.slack.render(id);
  const ending = await endingOf(account, { life, request, before, witness });
  return { ...ending, killedBefore };
}

interface End {
  readonly life: Life;
  readonly request: Request;
  readonly before: Account | undefined;
  readonly witness: Witness;
}

/** What is left when it is over, and whether there was trouble on the way. */
export async function endingOf(
  account: InUse,
  { life, request, before, witness }: End,
): Promise<OperationEnding> {
  if (request.operation.kind === 'rotate') {
    witness.watch({ what: 'its end', changes: false, breakWith: null });
  }
  account.world.forget();
  const after = await getAccount(account);
  const { seen: outages, stored } = witness;
  if (before === undefined) throw new Error('There was no account');
  return { ...account, life, request, before, after, killedBefore: null, outages, stored };
}

/** Somebody asks for it, and a process that lives goes on with it as far as told. */
export async function beginOperation(
  { world, lane, made }: InUse,
  kind: OperationRun['kind'],
  watch: Watcher,
  until: (request: Request) => boolean = () => true,
): Promise<string> {
  lane.clock.set(Date.now());
  const life = await world.start({ watch, isOver: () => false });
  const asked = await life.requests.operate({
    account: made.id,
    kind,
    by: member('U0OWNER'),
    reason: 'It is time.',
    dedupeKey: randomUUID(),
  });
  if (asked.kind !== 'done') throw new Error(`Refused: ${JSON.stringify(asked)}`);
  const { id } = asked.value;
  await live(world, life, id, { goal: 'done', speaks: false, until });
  return id;
}

async function liveUntilKilled(
  { world }: InUse,
  id: string,
  run: OperationRun,
  watch: Watcher,
  ends: Fate,
): Promise<string | null> {
  const both: Watcher = (effect) => {
    watch(effect);
    ends.watch(effect);
  };
  const life = await world.start({ watch: both, isOver: ends.isOver });
  try {
    const goal = run.first ?? run.then;
    await live(world, life, id, { goal, speaks: run.workspace !== undefined });
  } catch (error) {
    if (!ends.isOver()) throw error;
  }
  world.forget();
  return ends.lastWish();
}

async function getAccount({ lane, made }: InUse): Promise<Account> {
  const account = await lane.records.findAccount(made.id);
  if (account === undefined) throw new Error(`There is no account ${made.id}`);
  return account;
}
