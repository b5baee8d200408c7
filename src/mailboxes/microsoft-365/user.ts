import { ProductError, hasCode } from '../../domain/errors.ts';
import { done, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { generatePassword } from '../../lib/random.ts';
import { addressHidden, addressTaken } from '../made-address.ts';
import type { MailboxSpec } from '../mailboxes.ts';
import type { GraphClient, GraphUser, Sku } from './client.ts';
import { NAME } from './explain.ts';
import type { MicrosoftUserConfig } from './schema.ts';

const LOOK_AGAIN_MS = 30_000;

/** Makes a user that nobody signs in as, gives it the licence, and waits for its mailbox. */
export async function ensureUser(
  config: MicrosoftUserConfig,
  client: GraphClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  const found = await findOurs(client, spec);
  if (found === undefined) return create(config, client, spec);
  const sku = await getSku(config, client);
  if (!found.assignedLicenses.some(({ skuId }) => skuId === sku.skuId)) {
    return license(config, client, found, sku);
  }
  return hasMailbox(found, spec)
    ? done(undefined)
    : later(LOOK_AGAIN_MS, 'Microsoft has not made the mailbox yet');
}

async function create(
  config: MicrosoftUserConfig,
  client: GraphClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  // Without it the user would never get a mailbox; so nothing is begun.
  await getSku(config, client);
  try {
    await client.addUser({
      userPrincipalName: spec.address,
      mailNickname: spec.address.slice(0, spec.address.indexOf('@')),
      displayName: `Flow service account ${spec.marker}`,
      employeeId: spec.marker,
      usageLocation: config.usage_location,
      password: generatePassword(),
    });
  } catch (error) {
    if (!hasCode(error, 'exists')) throw error;
    if ((await findOurs(client, spec)) === undefined) {
      throw addressHidden(spec.address, 'a group, a contact or another mailbox');
    }
  }
  return later(LOOK_AGAIN_MS, 'Microsoft is making the user');
}

async function license(
  config: MicrosoftUserConfig,
  client: GraphClient,
  user: GraphUser,
  sku: Sku,
): Promise<Outcome<void>> {
  try {
    await client.assignLicense(user.id, sku.skuId);
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    // 400 has many causes; whether a licence is free shows only by counting.
    const { consumedUnits, prepaidUnits } = await getSku(config, client);
    if (consumedUnits < prepaidUnits.enabled) throw error;
    throw new ProductError('limit-reached', {
      subject: NAME,
      message: `No licence ${config.license} is free: ${consumedUnits} of ${prepaidUnits.enabled} are in use. Buy or free one, then try again.`,
    });
  }
  return later(LOOK_AGAIN_MS, 'Microsoft is making the mailbox');
}

/** Deletes the user that carries our mark, and with it its licence; restorable for 30 days. */
export async function removeUser(client: GraphClient, spec: MailboxSpec): Promise<Outcome<void>> {
  const found = await client.findUser(spec.address);
  if (found !== undefined && isOurs(found, spec)) await client.removeUser(found.id);
  return done(undefined);
}

async function findOurs(client: GraphClient, spec: MailboxSpec): Promise<GraphUser | undefined> {
  const found = await client.findUser(spec.address);
  if (found === undefined || isOurs(found, spec)) return found;
  throw addressTaken(spec.address, 'another user');
}

function isOurs({ employeeId }: GraphUser, { marker }: MailboxSpec): boolean {
  return employeeId === marker;
}

function hasMailbox({ mail, provisionedPlans }: GraphUser, { address }: MailboxSpec): boolean {
  const isMade = provisionedPlans.some(
    ({ service, provisioningStatus, capabilityStatus }) =>
      service?.toLowerCase() === 'exchange' &&
      provisioningStatus === 'Success' &&
      capabilityStatus === 'Enabled',
  );
  return isMade && mail?.toLowerCase() === address.toLowerCase();
}

async function getSku(config: MicrosoftUserConfig, client: GraphClient): Promise<Sku> {
  const sku = await client.findSku(config.license);
  if (sku !== undefined) return sku;
  throw new ProductError('invalid-config', {
    subject: NAME,
    message: `Your organisation has no product with the part number ${config.license}. Look at mailboxes.license; an example is EXCHANGESTANDARD.`,
  });
}
