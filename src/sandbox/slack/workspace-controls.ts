import { createActor } from './actor.ts';
import type { Actor } from './actor.ts';
import type { Answer, Courier, Delivery, DeliveryKind } from './courier.ts';
import { deliverEvent } from './deliver-event.ts';
import type { Json } from './json.ts';
import { addChannel, addPerson, changePerson, setGroup } from './seeds.ts';
import type { ChannelSeed, GroupSeed, PersonSeed } from './seeds.ts';
import type { Forgery } from './signed-post.ts';
import { waitFor } from './wait-for.ts';
import type { WaitOptions } from './wait-for.ts';
import type { Channel, Message, Person, UserGroup, World } from './world.ts';

/** Who and what is in the workspace, and what people see there. */
export interface Places {
  as(userId: string): Actor;
  /** Messages at the top level of a channel, named by id or name, oldest first. */
  messages(channel: string): readonly Message[];
  /** The replies to a message, oldest first. */
  thread(channel: string, ts: string): readonly Message[];
  waitFor<T>(look: () => T | undefined | null | false, options?: WaitOptions): Promise<T>;
  addPerson(seed: PersonSeed): Person;
  addChannel(seed: ChannelSeed): Channel;
  setGroup(seed: GroupSeed): UserGroup;
  /** Changes a person and sends the user_change event. */
  changePerson(id: string, change: Partial<Person>): Promise<Delivery>;
  /** The organisation's edit window for this message is over. */
  lockMessage(ts: string): void;
}

/** What Slack sends to the app besides what people do. */
export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  /** Delivers to this URL from now on; null goes back to Socket Mode. */
  connect(appUrl: string | null): void;
  sendEvent(event: Json): Promise<Delivery>;
  /** Slack's question to a new request URL; true when the app gave the challenge back. */
  verifyUrl(): Promise<boolean>;
  /** Starts a custom workflow step and returns its execution id. */
  runFunction(callbackId: string, inputs: Json): Promise<string>;
  /** The same event or interaction once more, as a retry. */
  redeliver(delivery: Delivery): Promise<Delivery>;
  rawPost(kind: DeliveryKind, payload: Json, forgery?: Forgery): Promise<Answer>;
  replay(delivery: Delivery): Promise<Answer>;
}

export function peopleAndPlaces(world: World, courier: Courier): Places {
  const actors = new Map<string, Actor>();
  const inChannel = (name: string): readonly Message[] => {
    const plain = name.replace(/^#/, '');
    const id = [...world.channels.values()].find((one) => one.name === plain)?.id ?? plain;
    return world.messages.filter((one) => one.channel === id && one.ephemeralFor === null);
  };
  return {
    as(userId) {
      const known = actors.get(userId);
      if (known !== undefined) return known;
      const person = world.people.get(userId);
      if (person === undefined) throw new Error(`Nobody has the id ${userId}.`);
      const actor = createActor(
        { world, courier, waitFor: (look, what) => waitFor(world, look, { what }) },
        person,
      );
      actors.set(userId, actor);
      return actor;
    },
    messages: (channel) => inChannel(channel).filter((one) => one.threadTs === null),
    thread: (channel, ts) => inChannel(channel).filter((one) => one.threadTs === ts),
    waitFor: (look, waiting) => waitFor(world, look, waiting),
    addPerson: (person) => addPerson(world, person),
    addChannel: (channel) => addChannel(world, channel),
    setGroup: (group) => setGroup(world, group),
    changePerson: (id, change) => deliverEvent(world, courier, changePerson(world, id, change)),
    lockMessage: (ts) => void world.lockedMessages.add(ts),
  };
}

export function deliveryControls(world: World, courier: Courier): Deliveries {
  return {
    deliveries: courier.deliveries,
    connect: courier.connect,
    sendEvent: (event) => deliverEvent(world, courier, event),
    async verifyUrl() {
      const challenge = world.nextId('challenge-');
      const { body } = await courier.rawPost('url_verification', {
        type: 'url_verification',
        challenge,
      });
      return JSON.stringify(body ?? '').includes(challenge);
    },
    async runFunction(callbackId, inputs) {
      const id = world.nextId('Fx');
      const execution = { id, functionId: callbackId, outcome: 'running', result: {} } as const;
      world.executions.set(id, execution);
      await deliverEvent(world, courier, {
        type: 'function_executed',
        function: { id: world.nextId('Fn'), callback_id: callbackId, type: 'app' },
        inputs,
        function_execution_id: id,
        workflow_execution_id: world.nextId('Wx'),
        bot_access_token: world.botToken,
      });
      return id;
    },
    redeliver: (delivery) => courier.deliver(delivery.kind, delivery.payload, delivery.retry + 1),
    rawPost: courier.rawPost,
    replay: courier.replay,
  };
}
