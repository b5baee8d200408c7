import { hasCode } from '../../domain/errors.ts';
import { done, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { addressHidden, addressTaken, describeAddress } from '../made-address.ts';
import type { MailboxSpec } from '../mailboxes.ts';
import type { GoogleClient, GoogleGroup, GroupSettings } from './client.ts';
import type { GoogleMode } from './schema.ts';

// Google asks to wait a minute before a new group gets members.
const LOOK_AGAIN_MS = 60_000;

/**
 * Vendors must be able to write to it, and nobody but its members may read it: by default a whole
 * company reads a group's archive, and with it every link that resets the account's password.
 */
const SETTINGS: GroupSettings = {
  whoCanPostMessage: 'ANYONE_CAN_POST',
  whoCanViewGroup: 'ALL_MEMBERS_CAN_VIEW',
  whoCanJoin: 'INVITED_CAN_JOIN',
  isArchived: 'false',
  messageModerationLevel: 'MODERATE_NONE',
};

/** Makes a group that anybody may write to and whose members get its mail; it takes no licence. */
export async function ensureGroup(
  { members }: GoogleMode<'group'>,
  client: GoogleClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  const group = await findOurs(client, spec);
  if (group === undefined) return create(client, spec);
  // Before anybody is a member: what arrives in between must not lie open.
  const isSafe = await ensureSettings(client, spec.address);
  const isFull = isSafe && (await ensureMembers(client, group.id, members));
  return isFull
    ? done(undefined)
    : later(LOOK_AGAIN_MS, 'The new group is not known everywhere at Google yet');
}

async function create(client: GoogleClient, spec: MailboxSpec): Promise<Outcome<void>> {
  try {
    await client.addGroup({
      email: spec.address,
      name: spec.marker,
      description: describeAddress(spec),
    });
  } catch (error) {
    if (!hasCode(error, 'exists')) throw error;
    if ((await findOurs(client, spec)) === undefined) {
      throw addressHidden(spec.address, 'a user or an alias');
    }
  }
  return later(LOOK_AGAIN_MS, 'Google is making the group');
}

async function ensureSettings(client: GoogleClient, address: string): Promise<boolean> {
  const current = await client.findSettings(address);
  if (current === undefined) return false;
  const names = Object.keys(SETTINGS) as (keyof GroupSettings)[];
  if (names.some((name) => current[name] !== SETTINGS[name])) {
    await client.changeSettings(address, SETTINGS);
  }
  return true;
}

async function ensureMembers(
  client: GoogleClient,
  id: string,
  wanted: readonly string[],
): Promise<boolean> {
  const present = await client.findMembers(id);
  if (present === undefined) return false;
  for (const member of wanted.filter((each) => !present.includes(each))) {
    try {
      await client.addMember(id, member);
    } catch (error) {
      // A second run of ours was faster, or a lost answer had done it.
      if (!hasCode(error, 'exists')) throw error;
    }
  }
  return true;
}

/** Deletes the group that carries our mark. */
export async function removeGroup(client: GoogleClient, spec: MailboxSpec): Promise<Outcome<void>> {
  const found = await client.findGroup(spec.address);
  if (found !== undefined && isOurs(found, spec)) await client.removeGroup(found.id);
  return done(undefined);
}

async function findOurs(client: GoogleClient, spec: MailboxSpec): Promise<GoogleGroup | undefined> {
  const found = await client.findGroup(spec.address);
  if (found === undefined || isOurs(found, spec)) return found;
  throw addressTaken(spec.address, 'another group');
}

function isOurs({ email, description }: GoogleGroup, spec: MailboxSpec): boolean {
  const isMarked = description.includes(`(${spec.marker})`);
  return isMarked && email.toLowerCase() === spec.address.toLowerCase();
}
