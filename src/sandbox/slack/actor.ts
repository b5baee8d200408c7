import { directChannel } from './channels.ts';
import type { Delivery } from './courier.ts';
import { deliverEvent } from './deliver-event.ts';
import { findField, getField, spell } from './fields.ts';
import type { FieldName } from './fields.ts';
import { isJson, wordsOf } from './json.ts';
import type { Json } from './json.ts';
import { keep } from './messages.ts';
import { createModalHands } from './modal-hands.ts';
import type { ActorDeps, ModalHands } from './modal-hands.ts';
import {
  actionPayload,
  commandPayload,
  messageShortcutPayload,
  shortcutPayload,
} from './payloads.ts';
import type { Place } from './payloads.ts';
import { readAnswer, respond } from './response-urls.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Channel, Message, Person, StoredView, World } from './world.ts';

interface Click {
  /** What the confirmation dialog said; null without one. */
  readonly confirm: { readonly title: string; readonly text: string } | null;
  /** What the button opens in a browser. */
  readonly url: string | null;
  /** Null when the person refused the confirmation. */
  readonly delivery: Delivery | null;
}

interface ClickOptions {
  /** Click in this message, as it was when the person looked at it, even if it has changed since. */
  readonly message?: Message;
  readonly on?: 'message' | 'modal' | 'home';
  /** The answer to a confirmation dialog; accepted unless told otherwise. */
  readonly confirm?: 'accept' | 'refuse';
}

/** What one person can do and see. */
export interface Actor extends ModalHands {
  readonly id: string;
  /** "/command with text", typed in a channel the person is in. */
  slashCommand(line: string, options?: { readonly channel?: string }): Promise<Delivery>;
  shortcut(callbackId: string): Promise<Delivery>;
  /** Chooses a shortcut in a message's own menu. */
  messageShortcut(callbackId: string, message: Message): Promise<Delivery>;
  /** Writes a message of their own, as people do; nothing of it reaches the app. */
  write(channel: string, text: string): Message;
  /** Clicks a button by its action id or its text. */
  click(button: FieldName, options?: ClickOptions): Promise<Click>;
  openHome(): Promise<Delivery>;
  home(): StoredView | undefined;
  /** What only this person was shown, oldest first. */
  ephemerals(): readonly Message[];
  /** The direct conversation with the app. */
  dms(): readonly Message[];
}

export function createActor(deps: ActorDeps, person: Person): Actor {
  const { world, courier } = deps;

  return {
    id: person.id,
    ...createModalHands(deps, person),
    async slashCommand(line, options = {}) {
      const [command = '', ...words] = line.split(' ');
      const channel = channelToTypeIn(world, person, options.channel);
      const said = { command, text: words.join(' ') };
      const delivery = await courier.deliver(
        'command',
        commandPayload(world, person, channel, said),
      );
      showAnswer(world, person, channel, command, delivery);
      return delivery;
    },
    shortcut: (callbackId) =>
      courier.deliver('shortcut', shortcutPayload(world, person, callbackId)),
    messageShortcut: (callbackId, message) =>
      courier.deliver('shortcut', messageShortcutPayload(world, person, callbackId, message)),
    write: (channel, text) => writeMessage(world, person, channel, text),
    async click(name, options = {}) {
      const { place, blocks } = findButton(world, person, name, options);
      const field = getField(blocks, name);
      const { element } = field;
      const url = typeof element['url'] === 'string' ? element['url'] : null;
      const confirm = isJson(element['confirm'])
        ? { title: wordsOf(element['confirm']['title']), text: wordsOf(element['confirm']['text']) }
        : null;
      if (confirm !== null && options.confirm === 'refuse') return { confirm, url, delivery: null };
      const { value, text } = element;
      const action = { text, ...(value === undefined ? {} : { value }) };
      const payload = actionPayload(world, person, place, field, action);
      return { confirm, url, delivery: await courier.deliver('block_actions', payload) };
    },
    openHome() {
      const event = {
        type: 'app_home_opened',
        user: person.id,
        channel: directChannel(world, person).id,
        tab: 'home',
      };
      return deliverEvent(world, courier, event);
    },
    home: () => world.homes.get(person.id),
    ephemerals: () =>
      world.messages.filter(
        (message) => message.ephemeralFor === person.id && isShown(world, message),
      ),
    dms: () => {
      const { id } = directChannel(world, person);
      return world.messages.filter((one) => one.channel === id && one.ephemeralFor === null);
    },
  };
}

function writeMessage(world: World, person: Person, channel: string, text: string): Message {
  const said = slackbotSays(world, person, channelToTypeIn(world, person, channel), text);
  return keep(world, { ...said, user: person.id, ephemeralFor: null });
}

function channelToTypeIn(world: World, person: Person, id: string | undefined): Channel {
  if (id === undefined) {
    const [first] = [...world.channels.values()].filter(({ members }) => members.has(person.id));
    return first ?? directChannel(world, person);
  }
  const channel = world.channels.get(id);
  if (channel?.members.has(person.id) !== true) {
    throw new Error(`${person.name} is not in ${channel?.name ?? id}.`);
  }
  return channel;
}

/** What the acknowledgement of a command says, or Slackbot's words when there was none. */
function showAnswer(
  world: World,
  person: Person,
  channel: Channel,
  command: string,
  delivery: Delivery,
): void {
  if (delivery.error !== null) {
    const text = `${command} failed with the error "${delivery.error}"`;
    keep(world, slackbotSays(world, person, channel, text));
    return;
  }
  if (delivery.body === undefined) return;
  const answer = readAnswer(delivery.body);
  try {
    if (answer === undefined) throw new SlackRefusal('invalid_payload');
    respond(world, { userId: person.id, channel: channel.id, message: null }, answer);
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    world.unexpected.push(`answer to ${command}: ${error.message}`);
  }
}

function slackbotSays(world: World, person: Person, channel: Channel, text: string): Message {
  return {
    channel: channel.id,
    ts: world.nextTs(),
    user: 'USLACKBOT',
    botId: null,
    text,
    blocks: [],
    threadTs: null,
    metadata: null,
    edited: false,
    ephemeralFor: person.id,
    args: {},
  };
}

/** Where the button is: the open modal, else the newest message with it, else the Home tab. */
function findButton(
  world: World,
  person: Person,
  name: FieldName,
  options: ClickOptions,
): { place: Place; blocks: readonly Json[] } {
  if (options.message !== undefined) {
    return { place: { message: options.message }, blocks: options.message.blocks };
  }
  const has = (blocks: readonly Json[]): boolean => findField(blocks, name) !== undefined;
  const may = (surface: 'message' | 'modal' | 'home'): boolean =>
    (options.on ?? surface) === surface;
  const modal = world.modals.get(person.id)?.at(-1);
  if (may('modal') && modal !== undefined && has(modal.blocks)) {
    return { place: { view: modal }, blocks: modal.blocks };
  }
  const message = world.messages.findLast(
    (one) => isVisibleTo(world, one, person) && has(one.blocks),
  );
  if (may('message') && message !== undefined)
    return { place: { message }, blocks: message.blocks };
  const home = world.homes.get(person.id);
  if (may('home') && home !== undefined && has(home.blocks)) {
    return { place: { view: home }, blocks: home.blocks };
  }
  throw new Error(`${person.name} sees no button called ${spell(name)}.`);
}

function isVisibleTo(world: World, message: Message, person: Person): boolean {
  if (message.ephemeralFor !== null) {
    return message.ephemeralFor === person.id && isShown(world, message);
  }
  return world.channels.get(message.channel)?.members.has(person.id) === true;
}

/** Ephemeral messages in a thread show only while the thread is alive. */
function isShown(world: World, message: Message): boolean {
  if (message.threadTs === null) return true;
  return world.messages.some(
    (one) => one.threadTs === message.threadTs && one.ephemeralFor === null,
  );
}
