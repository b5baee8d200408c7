import type { Json } from './json.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Channel, Person, World } from './world.ts';

/** A channel the app can know of: public ones, and those it is in. */
export function findChannel(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  const hidden =
    channel === undefined || (channel.kind !== 'public' && !channel.members.has(world.botUserId));
  if (hidden) throw new SlackRefusal('channel_not_found');
  return channel;
}

/** Where a message to this id goes; a person's id means the direct conversation. */
export function placeToPost(world: World, id: string): Channel {
  const person = world.people.get(id);
  if (person !== undefined) {
    if (person.deleted || person.isBot) throw new SlackRefusal('channel_not_found');
    return directChannel(world, person);
  }
  const channel = findChannel(world, id);
  if (channel.archived) throw new SlackRefusal('is_archived');
  const mayPost =
    channel.members.has(world.botUserId) || world.botScopes.includes('chat:write.public');
  if (!mayPost) throw new SlackRefusal('not_in_channel');
  return channel;
}

export function directChannel(world: World, person: Person): Channel {
  const id = `D${person.id.slice(1)}`;
  const known = world.channels.get(id);
  if (known !== undefined) return known;
  const channel: Channel = {
    id,
    name: 'directmessage',
    kind: 'im',
    members: new Set([person.id, world.botUserId]),
    archived: false,
    extShared: false,
  };
  world.channels.set(id, channel);
  return channel;
}

export function describeChannel(world: World, channel: Channel): Json {
  const isIm = channel.kind === 'im';
  const user = [...channel.members].find((member) => member !== world.botUserId);
  return {
    id: channel.id,
    ...(isIm ? { user } : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: isIm,
    is_mpim: false,
    is_private: channel.kind !== 'public',
    is_archived: channel.archived,
    is_member: channel.members.has(world.botUserId),
    is_ext_shared: channel.extShared,
    is_org_shared: false,
    is_shared: channel.extShared,
    num_members: channel.members.size,
    context_team_id: world.teamId,
  };
}
