import type { Field } from './fields.ts';
import { valuesOf } from './fields.ts';
import type { Json } from './json.ts';
import { describeMessage } from './messages.ts';
import { describeView } from './modals.ts';
import type { Channel, Message, Person, StoredView, World } from './world.ts';

// A relic that apps must ignore; the signature is what counts.
const VERIFICATION_TOKEN = 'sandbox-verification-token';

export type Place = { readonly view: StoredView } | { readonly message: Message };

export function commandPayload(
  world: World,
  person: Person,
  channel: Channel,
  said: { readonly command: string; readonly text: string },
): Json {
  const names = { public: channel.name, private: 'privategroup', im: 'directmessage' };
  return {
    token: VERIFICATION_TOKEN,
    team_id: world.teamId,
    team_domain: world.teamDomain,
    channel_id: channel.id,
    channel_name: names[channel.kind],
    user_id: person.id,
    user_name: person.name,
    command: said.command,
    text: said.text,
    api_app_id: world.appId,
    is_enterprise_install: 'false',
    response_url: issueResponseUrl(world, person.id, channel.id, null),
    trigger_id: world.triggers.issue(person.id),
  };
}

export function shortcutPayload(world: World, person: Person, callbackId: string): Json {
  return {
    type: 'shortcut',
    ...common(world, person),
    action_ts: world.nextTs(),
    callback_id: callbackId,
    trigger_id: world.triggers.issue(person.id),
  };
}

export function messageShortcutPayload(
  world: World,
  person: Person,
  callbackId: string,
  message: Message,
): Json {
  const channel = world.channels.get(message.channel);
  return {
    type: 'message_action',
    ...common(world, person),
    action_ts: world.nextTs(),
    callback_id: callbackId,
    trigger_id: world.triggers.issue(person.id),
    channel: { id: message.channel, name: channel?.name ?? '' },
    message_ts: message.ts,
    message: describeMessage(world, message),
    response_url: issueResponseUrl(world, person.id, message.channel, message),
  };
}

export function actionPayload(
  world: World,
  person: Person,
  place: Place,
  field: Field,
  action: Json,
): Json {
  return {
    type: 'block_actions',
    ...common(world, person),
    ...placeOf(world, person, place),
    trigger_id: world.triggers.issue(person.id),
    actions: [
      {
        type: field.type,
        block_id: field.blockId,
        action_id: field.actionId,
        action_ts: world.nextTs(),
        ...action,
      },
    ],
  };
}

export function suggestionPayload(
  world: World,
  person: Person,
  place: Place,
  field: Field,
  typed: string,
): Json {
  const { response_url: _none, ...where } = placeOf(world, person, place);
  return {
    type: 'block_suggestion',
    ...common(world, person),
    ...where,
    block_id: field.blockId,
    action_id: field.actionId,
    value: typed,
  };
}

export function submissionPayload(world: World, person: Person, view: StoredView): Json {
  return {
    type: 'view_submission',
    ...common(world, person),
    trigger_id: world.triggers.issue(person.id),
    view: describeView(world, view),
    response_urls: [],
  };
}

export function closedPayload(
  world: World,
  person: Person,
  view: StoredView,
  isCleared: boolean,
): Json {
  return {
    type: 'view_closed',
    ...common(world, person),
    view: describeView(world, view),
    is_cleared: isCleared,
  };
}

export function eventPayload(world: World, event: Json): Json {
  return {
    token: VERIFICATION_TOKEN,
    team_id: world.teamId,
    api_app_id: world.appId,
    type: 'event_callback',
    event_id: world.nextId('Ev'),
    event_time: Math.floor(world.clock.now().getTime() / 1000),
    event: { event_ts: world.nextTs(), ...event },
    authorizations: [
      {
        enterprise_id: null,
        team_id: world.teamId,
        user_id: world.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}

function common(world: World, person: Person): Json {
  return {
    token: VERIFICATION_TOKEN,
    api_app_id: world.appId,
    team: { id: world.teamId, domain: world.teamDomain },
    user: {
      id: person.id,
      username: person.name,
      name: person.name,
      team_id: person.teamId,
    },
    enterprise: null,
    is_enterprise_install: false,
  };
}

function placeOf(world: World, person: Person, place: Place): Json {
  if ('view' in place) {
    return {
      container: { type: 'view', view_id: place.view.id },
      view: describeView(world, place.view),
    };
  }
  const { message } = place;
  const channel = world.channels.get(message.channel);
  const isEphemeral = message.ephemeralFor !== null;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: isEphemeral,
      ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    },
    channel: { id: message.channel, name: channel?.name ?? '' },
    // Slack does not hand ephemeral messages back.
    ...(isEphemeral ? {} : { message: describeMessage(world, message) }),
    state: { values: valuesOf(message.blocks, {}) },
    response_url: issueResponseUrl(world, person.id, message.channel, message),
  };
}

function issueResponseUrl(
  world: World,
  userId: string,
  channel: string,
  message: Message | null,
): string {
  const id = world.nextId('R');
  const at = world.clock.now().getTime();
  world.responseUrls.set(id, { userId, channel, message, at, uses: 0 });
  return `${world.url}/response/${id}`;
}
