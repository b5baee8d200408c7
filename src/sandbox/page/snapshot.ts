import { directChannel } from '../slack/channels.ts';
import { wordsOf } from '../slack/json.ts';
import type { Message, StoredView } from '../slack/world.ts';
import { boardsOf, originsOf } from './boards/index.ts';
import { readAppWords } from './app-words.ts';
import { guidePaths } from './guide.ts';
import { partOf } from './parts-of-people.ts';
import type { Stage } from './stage.ts';
import type { MessageView, OpenView, WorkspaceView } from './wire.ts';

/** Everything one person sees right now, by key; each value is JSON, so that two can be compared. */
export async function snapshotFor(
  stage: Stage,
  personId: string,
): Promise<ReadonlyMap<string, string>> {
  // Newest first; the vendors of this sandbox know nothing of requests from before it began.
  const all = await stage.product.requests.list(null);
  const requests = all.filter(({ createdAt }) => createdAt >= stage.since);
  const actor = stage.sandbox.slack.as(personId);
  const modals = stage.sandbox.slack.world.modals.get(personId) ?? [];
  const home = actor.home();
  const parts: [string, unknown][] = [
    ['workspace', workspaceOf(stage, personId)],
    ['modal', openView(modals.at(-1), modals.length - 1)],
    ['home', openView(home, 0)],
    ['guide', guidePaths(stage, requests)],
    ['troubles', troublesOf(stage)],
    ...boardsOf(stage, requests).map((board): [string, unknown] => [`board:${board.id}`, board]),
    ...messagesFor(stage, personId).map((one): [string, unknown] => [keyOf(one), one]),
  ];
  return new Map(parts.map(([key, value]) => [key, JSON.stringify(value)]));
}

const words = readAppWords();

function workspaceOf(stage: Stage, personId: string): WorkspaceView {
  const { world } = stage.sandbox.slack;
  const person = world.people.get(personId);
  const channels = [...world.channels.values()].filter(
    ({ kind, members }) => kind !== 'im' && members.has(personId),
  );
  return {
    name: 'Acme',
    appId: world.botUserId,
    appName: words.name,
    people: [...world.people.values()].map(({ id, realName, isBot }) => ({
      id,
      name: isBot ? words.name : realName,
      part: partOf(id),
      bot: isBot,
    })),
    groups: [...world.groups.values()].map(({ id, handle }) => ({ id, handle })),
    channels: channels.map(({ id, name }) => ({ id, name })),
    direct: person === undefined ? '' : directChannel(world, person).id,
    commands: words.commands,
    shortcuts: words.shortcuts,
    messageShortcuts: words.messageShortcuts,
    origins: originsOf(stage),
  };
}

function messagesFor({ sandbox }: Stage, personId: string): readonly MessageView[] {
  const { world } = sandbox.slack;
  const actor = sandbox.slack.as(personId);
  const shared = world.messages.filter(
    (one) =>
      one.ephemeralFor === null && world.channels.get(one.channel)?.members.has(personId) === true,
  );
  return [...shared, ...actor.ephemerals()].map(messageView);
}

function messageView(message: Message): MessageView {
  const { channel, ts, threadTs, user, text, blocks, ephemeralFor } = message;
  return { channel, ts, threadTs, user, text, blocks, ephemeral: ephemeralFor !== null };
}

function keyOf({ channel, ts }: MessageView): string {
  return `message:${channel}:${ts}`;
}

function openView(stored: StoredView | undefined, below: number): OpenView | null {
  if (stored === undefined) return null;
  const { view, blocks, values, errors, id } = stored;
  return {
    id,
    title: wordsOf(view['title']),
    submit: view['submit'] === undefined ? null : wordsOf(view['submit']),
    close: wordsOf(view['close']) || 'Close',
    below,
    blocks,
    values,
    errors,
  };
}

function troublesOf({ troubles, worker }: Stage) {
  const { state, since } = worker;
  return { systems: troubles.systems, worker: { state, since } };
}
