import { LIMITS } from '../../slack/block-limits.ts';
import { describeBlockProblem, findBlockProblems } from '../../slack/lint-blocks.ts';
import { nameBlocks, valuesOf } from './fields.ts';
import { isJson, jsonList, stringOf } from './json.ts';
import type { Json } from './json.ts';
import { invalid, SlackRefusal } from './slack-refusal.ts';
import type { StoredView, World } from './world.ts';

// https://docs.slack.dev/surfaces/modals#lifecycle
const DEEPEST = 3;

export function openModal(world: World, userId: string, view: unknown): StoredView {
  const opened = store(world, { userId, view: checkView(world, 'modal', view) });
  setStack(world, userId, [opened]);
  return opened;
}

export function pushModal(world: World, userId: string, view: unknown): StoredView {
  const stack = world.modals.get(userId) ?? [];
  const top = stack.at(-1);
  if (top === undefined) throw new SlackRefusal('not_found');
  if (stack.length >= DEEPEST) throw new SlackRefusal('push_limit_reached');
  const pushed = store(world, { userId, view: checkView(world, 'modal', view), below: top });
  setStack(world, userId, [...stack, pushed]);
  return pushed;
}

/** Replaces what a view shows; typed values stay where block and action ids stay. */
export function updateView(
  world: World,
  target: { readonly id?: string | undefined; readonly externalId?: string | undefined },
  view: unknown,
  hash?: string,
): StoredView {
  const old = liveViews(world).find((one) =>
    target.id === undefined
      ? stringOf(one.view['external_id']) === target.externalId
      : one.id === target.id,
  );
  if (old === undefined) throw new SlackRefusal('not_found');
  const checked = checkView(world, old.view['type'] === 'home' ? 'home' : 'modal', view, old.id);
  if (hash !== undefined && hash !== old.hash) throw new SlackRefusal('hash_conflict');
  return replaceView(world, old, { ...redraw(world, checked, old), errors: {} });
}

export function publishHome(
  world: World,
  userId: string,
  view: unknown,
  hash?: string,
): StoredView {
  const old = world.homes.get(userId);
  const checked = checkView(world, 'home', view, old?.id);
  if (hash !== undefined && old !== undefined && hash !== old.hash) {
    throw new SlackRefusal('hash_conflict');
  }
  const home =
    old === undefined
      ? store(world, { userId, view: checked })
      : { ...old, ...redraw(world, checked, old) };
  world.homes.set(userId, home);
  world.changed();
  return home;
}

export function replaceView(
  world: World,
  old: StoredView,
  change: Partial<StoredView>,
): StoredView {
  const next = { ...old, ...change };
  if (old.view['type'] === 'home') world.homes.set(old.userId, next);
  const stack = world.modals.get(old.userId) ?? [];
  setStack(
    world,
    old.userId,
    stack.map((one) => (one.id === old.id ? next : one)),
  );
  return next;
}

export function setStack(world: World, userId: string, stack: readonly StoredView[]): void {
  world.modals.set(userId, stack);
  world.changed();
}

/** A view as the Web API and payloads show it. */
export function describeView(world: World, stored: StoredView): Json {
  const { view } = stored;
  return {
    id: stored.id,
    team_id: world.teamId,
    type: view['type'],
    blocks: stored.blocks,
    private_metadata: view['private_metadata'] ?? '',
    callback_id: view['callback_id'] ?? '',
    external_id: view['external_id'] ?? '',
    title: view['title'] ?? null,
    submit: view['submit'] ?? null,
    close: view['close'] ?? null,
    clear_on_close: view['clear_on_close'] ?? false,
    notify_on_close: view['notify_on_close'] ?? false,
    state: { values: stored.values },
    hash: stored.hash,
    root_view_id: stored.rootViewId,
    previous_view_id: stored.previousViewId,
    app_id: world.appId,
    bot_id: world.botId,
    app_installed_team_id: world.teamId,
  };
}

function checkView(
  world: World,
  surface: 'modal' | 'home',
  view: unknown,
  replacedId?: string,
): Json {
  if (!isJson(view)) throw invalid('invalid_arguments', ['missing required field: view']);
  if (Buffer.byteLength(JSON.stringify(view)) > LIMITS.viewBytes) {
    throw new SlackRefusal('view_too_large');
  }
  const problems = findBlockProblems(surface, view).map((problem) => ({
    text: describeBlockProblem({ ...problem, pointer: `/view${problem.pointer}` }),
    refused: problem.severity === 'refused',
  }));
  const refused = problems.filter((problem) => problem.refused).map(({ text }) => text);
  if (refused.length > 0) throw invalid('invalid_arguments', refused);
  const externalId = stringOf(view['external_id']);
  const taken = liveViews(world).some(
    (one) => one.id !== replacedId && stringOf(one.view['external_id']) === externalId,
  );
  if (externalId !== '' && taken) throw new SlackRefusal('duplicate_external_id');
  world.advice.push(...problems.map(({ text }) => text));
  return view;
}

function store(
  world: World,
  made: { readonly userId: string; readonly view: Json; readonly below?: StoredView },
): StoredView {
  const id = world.nextId('V');
  const blocks = nameBlocks(world, jsonList(made.view['blocks']));
  return {
    id,
    rootViewId: made.below?.rootViewId ?? id,
    previousViewId: made.below?.id ?? null,
    userId: made.userId,
    hash: world.nextTs(),
    view: made.view,
    blocks,
    values: valuesOf(blocks, {}),
    errors: {},
  };
}

function redraw(world: World, view: Json, old: StoredView): Partial<StoredView> {
  const blocks = nameBlocks(world, jsonList(view['blocks']));
  return { view, blocks, values: valuesOf(blocks, old.values), hash: world.nextTs() };
}

function liveViews(world: World): readonly StoredView[] {
  return [...[...world.modals.values()].flat(), ...world.homes.values()];
}
