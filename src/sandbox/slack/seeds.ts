import { describePerson } from './methods/people.ts';
import type { Json } from './json.ts';
import type { Channel, Person, UserGroup, World } from './world.ts';

export type PersonSeed = Pick<Person, 'id' | 'name'> & Partial<Person>;
export type ChannelSeed = Pick<Channel, 'id' | 'name'> &
  Partial<Omit<Channel, 'members'>> & { readonly members?: readonly string[] };
export type GroupSeed = Pick<UserGroup, 'id' | 'handle'> & Partial<UserGroup>;

export function addPerson(world: World, seed: PersonSeed): Person {
  const person: Person = {
    teamId: world.teamId,
    realName: seed.name,
    email: `${seed.name}@example.com`,
    tz: 'Europe/Berlin',
    deleted: false,
    isBot: false,
    isAdmin: false,
    isRestricted: false,
    isUltraRestricted: false,
    ...seed,
  };
  world.people.set(person.id, person);
  return person;
}

/** Members include the app unless the list of members leaves it out. */
export function addChannel(world: World, seed: ChannelSeed): Channel {
  const everyone = [...world.people.keys()];
  const channel: Channel = {
    kind: 'public',
    archived: false,
    extShared: false,
    ...seed,
    members: new Set(seed.members ?? everyone),
  };
  world.channels.set(channel.id, channel);
  return channel;
}

export function setGroup(world: World, seed: GroupSeed): UserGroup {
  const group: UserGroup = { name: seed.handle, users: [], disabled: false, ...seed };
  world.groups.set(group.id, group);
  return group;
}

/** Changes a person and returns the event that tells of it. */
export function changePerson(world: World, id: string, change: Partial<Person>): Json {
  const person = world.people.get(id);
  if (person === undefined) throw new Error(`Nobody has the id ${id}.`);
  const changed = { ...person, ...change, id };
  world.people.set(id, changed);
  return { type: 'user_change', user: describePerson(world, changed) };
}
