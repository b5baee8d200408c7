import { hasCode } from '../../domain/errors.ts';
import { done, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { generatePassword } from '../../lib/random.ts';
import { addressHidden, addressTaken } from '../made-address.ts';
import type { MailboxSpec } from '../mailboxes.ts';
import type { GoogleClient, GoogleUser } from './client.ts';
import type { GoogleMode } from './schema.ts';

const LOOK_AGAIN_MS = 30_000;
const MARK = 'flow-service-account';

/** Makes a Workspace user of its own; it takes a licence, and minutes until mail arrives. */
export async function ensureUser(
  config: GoogleMode<'user'>,
  client: GoogleClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  const found = await findOurs(client, spec);
  if (found === undefined) return create(config, client, spec);
  return found.isMailboxSetup
    ? done(undefined)
    : later(LOOK_AGAIN_MS, 'Google has not made the mailbox yet');
}

async function create(
  { org_unit }: GoogleMode<'user'>,
  client: GoogleClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  try {
    await client.addUser({
      primaryEmail: spec.address,
      name: { givenName: 'Flow service account', familyName: spec.marker },
      // Nobody ever needs it: whoever opens the mailbox is let in by a Google administrator.
      password: generatePassword(),
      orgUnitPath: org_unit,
      externalIds: [{ type: 'custom', customType: MARK, value: spec.marker }],
    });
  } catch (error) {
    if (!hasCode(error, 'exists')) throw error;
    const holders = 'a group, an alias or a user that was deleted in the last 20 days';
    if ((await findOurs(client, spec)) === undefined) throw addressHidden(spec.address, holders);
  }
  return later(LOOK_AGAIN_MS, 'Google is making the mailbox');
}

/** Deletes the user that carries our mark; Google keeps it restorable for 20 days. */
export async function removeUser(client: GoogleClient, spec: MailboxSpec): Promise<Outcome<void>> {
  const found = await client.findUser(spec.address);
  if (found !== undefined && isOurs(found, spec)) await client.removeUser(found.id);
  return done(undefined);
}

async function findOurs(client: GoogleClient, spec: MailboxSpec): Promise<GoogleUser | undefined> {
  const found = await client.findUser(spec.address);
  if (found === undefined || isOurs(found, spec)) return found;
  throw addressTaken(spec.address, 'another user');
}

function isOurs({ primaryEmail, externalIds }: GoogleUser, spec: MailboxSpec): boolean {
  const isMarked = externalIds.some(
    ({ customType, value }) => customType === MARK && value === spec.marker,
  );
  return isMarked && primaryEmail.toLowerCase() === spec.address.toLowerCase();
}
