import { ProductError, isAmbiguous } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { AzureContext } from './context.ts';
import type { Added, Entitlement } from './schema.ts';
import { PRINCIPAL_FIELD, identityTask, markedName } from './tasks.ts';

/** Failed to assign a license: https://github.com/microsoft/terraform-provider-azuredevops/issues/1036 */
const NO_LICENSE = '5005';

/**
 * A person makes the identity in Microsoft Entra; we take it into the organisation. Who may set a
 * display name there is an administrator, so our mark in it proves that the identity is for us.
 */
export async function ensureAccount(
  context: AzureContext,
  spec: AccountSpec,
  answers: Readonly<Record<string, string>>,
): Promise<Outcome<VendorUser>> {
  const known = await findByAddress(context, spec);
  if (known !== undefined) return done(claim(context, spec, known));
  const answer = answers[PRINCIPAL_FIELD]?.trim() ?? '';
  if (answer === '') return human(identityTask(context.config, spec, null));
  if (!isSame(answer, spec.address)) {
    const finding = `The identity must be ${spec.address}, because Flow knows the account by that address; "${answer}" is another one.`;
    return human(identityTask(context.config, spec, finding));
  }
  return add(context, spec, answer);
}

export async function findAccount(
  context: AzureContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const known = await findByAddress(context, spec);
  return known !== undefined && isOurs(known, spec) ? toUser(context, known) : undefined;
}

/** Takes the user and its licence out of the organisation; the identity stays in the directory. */
export async function removeAccount(
  { client }: AzureContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  await client.removeEntitlement(user.id);
  return done(undefined);
}

async function add(
  context: AzureContext,
  spec: AccountSpec,
  principal: string,
): Promise<Outcome<VendorUser>> {
  const { client, config } = context;
  let answer: Added;
  try {
    answer = await client.addEntitlement(principal);
  } catch (error) {
    const there = isAmbiguous(error) ? await findByAddress(context, spec) : undefined;
    if (there === undefined) throw error;
    return done(claim(context, spec, there));
  }
  if (!answer.isSuccess) {
    // It may be there all the same, through another run of ours.
    const there = await findByAddress(context, spec);
    if (there !== undefined) return done(claim(context, spec, there));
    return refused(context, spec, answer);
  }
  const added = answer.userEntitlement ?? (await findByAddress(context, spec));
  if (added === undefined || added === null) {
    throw new ProductError('unexpected-answer', {
      subject: context.connectionName,
      message: `${context.connectionName} says that it added ${spec.address}, but does not show it.`,
    });
  }
  if (isOurs(added, spec)) return done(claim(context, spec, added));
  await takeBack(context, added);
  const finding = `The display name of ${added.user.principalName} does not contain ${spec.marker}, so it may be somebody else’s identity. We did not keep it in the organisation.`;
  return human(identityTask(config, spec, finding));
}

/** Who was just added by us for the first time, and is not for us, must not keep the licence. */
async function takeBack({ client }: AzureContext, added: Entitlement): Promise<void> {
  const wasNeverThere = (added.lastAccessedDate ?? '0001').startsWith('0001');
  const groups = wasNeverThere ? await client.groupsOf(added.user.descriptor) : [];
  if (wasNeverThere && groups.length === 0) await client.removeEntitlement(added.id);
}

function refused(
  context: AzureContext,
  spec: AccountSpec,
  { operationResult }: Added,
): Outcome<VendorUser> {
  const { connectionName, config } = context;
  const errors = operationResult?.errors ?? [];
  const isAbout = (words: RegExp): boolean => errors.some(({ value }) => words.test(value ?? ''));
  if (errors.some(({ key }) => String(key) === NO_LICENSE) || isAbout(/licen[cs]e/i)) {
    throw new ProductError('limit-reached', {
      subject: connectionName,
      message: `${connectionName} has no free licence for ${spec.address}. Free or buy one under Organization settings, Billing; then try again.`,
    });
  }
  if (isAbout(/not (?:be )?found|does not exist|invalid|resolve|unknown/i)) {
    const finding = `${connectionName} does not find ${spec.address} in its directory yet.`;
    return human(identityTask(config, spec, finding));
  }
  const codes = errors.map(({ key }) => String(key).slice(0, 8)).join(', ');
  throw new ProductError('refused', {
    subject: connectionName,
    message: `${connectionName} does not take ${spec.address} into the organisation${codes === '' ? '' : ` (error ${codes})`}. Its policies may not allow such an identity.`,
  });
}

async function findByAddress(
  { client }: AzureContext,
  spec: AccountSpec,
): Promise<Entitlement | undefined> {
  const found = await client.findEntitlements(spec.address);
  return found.find(({ user }) => isSame(user.principalName, spec.address));
}

const USABLE = new Set(['active', 'pending', 'none']);

function claim(context: AzureContext, spec: AccountSpec, known: Entitlement): VendorUser {
  const { connectionName } = context;
  if (!isOurs(known, spec)) {
    throw new ProductError('name-taken', {
      subject: connectionName,
      message: `At ${connectionName} the address ${spec.address} belongs to a user whose display name does not contain ${spec.marker}. Choose another address for this service account, or, if it was made for this request, name it "${markedName(spec)}" in Microsoft Entra.`,
    });
  }
  if (USABLE.has(known.accessLevel.status)) return toUser(context, known);
  throw new ProductError('refused', {
    subject: connectionName,
    message: `At ${connectionName} the user ${spec.address} is switched off (${known.accessLevel.status}). Give it an access level again under Organization settings, Users.`,
  });
}

function isOurs({ user }: Entitlement, spec: AccountSpec): boolean {
  const words = (user.displayName ?? '').toLowerCase().split(/[^a-z\d-]+/);
  return words.includes(spec.marker.toLowerCase());
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The login keeps the spelling of the directory: Flow compares it letter by letter. */
function toUser({ config }: AzureContext, { id, user }: Entitlement): VendorUser {
  const url = `${config.url}/${config.organization}/_settings/users`;
  return { id, login: user.principalName, url };
}
