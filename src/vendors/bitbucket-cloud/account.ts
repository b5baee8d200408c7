import { ProductError, isAmbiguous } from '../../domain/errors.ts';
import { done, human, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { AccountSpec, VendorDeps, VendorUser } from '../vendor.ts';
import type { BitbucketClient } from './client.ts';
import type { Organisation } from './organisation.ts';
import type { BitbucketConfig, BitbucketUser, DirectoryUser } from './schema.ts';
import { inviteTask, removeTask, signUpTask } from './tasks.ts';

export interface BitbucketContext {
  readonly client: BitbucketClient;
  /** Null where the configuration names none. */
  readonly organisation: Organisation | null;
  readonly config: BitbucketConfig;
  readonly deps: VendorDeps;
  readonly connectionName: string;
}

const AGAIN_MS = 60_000;

/**
 * Bitbucket keeps no mark of ours at an account, so its name is the mark: whoever can give the
 * account of this address the name of this request controls it and was told to.
 */
export async function ensureAccount(
  context: BitbucketContext,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const member = await context.client.findMember(spec.address);
  if (member !== undefined) return judge(context, spec, member);
  return context.organisation === null
    ? human(inviteTask(context.config, spec))
    : inviteOnce(context, context.organisation, spec);
}

export async function findAccount(
  { client }: BitbucketContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const member = await client.findMember(spec.address);
  return member !== undefined && isNamed(member.display_name, spec)
    ? toUser(spec, member)
    : undefined;
}

/** Takes the user out of the organisation's directories. The Atlassian account is not ours to delete. */
export async function removeAccount(
  context: BitbucketContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  const { client, organisation, config } = context;
  if ((await client.getMember(user.id)) === undefined) return done(undefined);
  const directories = (await organisation?.directories(user.id)) ?? [];
  if (organisation === null || directories.length === 0) return human(removeTask(config, user));
  for (const directory of directories) await organisation.removeUser(directory, user.id);
  return (await client.getMember(user.id)) === undefined
    ? done(undefined)
    : later(AGAIN_MS, 'Atlassian is taking the account out of the workspace.');
}

function judge(
  context: BitbucketContext,
  spec: AccountSpec,
  member: BitbucketUser,
): Outcome<VendorUser> {
  if (isNamed(member.display_name, spec)) return done(toUser(spec, member));
  if (isBlank(member.display_name, spec)) return human(signUpTask(context.config, spec));
  throw taken(context, spec);
}

async function inviteOnce(
  context: BitbucketContext,
  organisation: Organisation,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const known = await organisation.findUser(spec.address);
  if (known === undefined) await invite(context, organisation, spec);
  else if (isSomebody(known, spec)) throw taken(context, spec);
  return human(signUpTask(context.config, spec));
}

async function invite(
  { client, config, connectionName }: BitbucketContext,
  organisation: Organisation,
  spec: AccountSpec,
): Promise<void> {
  const { uuid } = await client.workspace();
  const resource =
    config.organisation?.resource ?? `ari:cloud:bitbucket::${uuid.replaceAll(/[{}]/g, '')}`;
  const text = `Sign up with this address and the full name ${spec.displayName}.`;
  try {
    await organisation.invite(spec.address, resource, text);
  } catch (error) {
    if (isAmbiguous(error) && (await organisation.findUser(spec.address)) !== undefined) return;
    if (!(error instanceof ProductError) || error.code !== 'refused') throw error;
    throw new ProductError('refused', {
      subject: connectionName,
      message: `Atlassian refused to invite ${spec.address} to ${connectionName}. The organisation needs a paid subscription and must manage the workspace’s users; else remove "organisation" from this connection, and a person invites.`,
      cause: error,
    });
  }
}

/** Somebody has signed up with the address, and not for this request. */
function isSomebody(user: DirectoryUser, spec: AccountSpec): boolean {
  const name = user.name ?? '';
  return user.emailVerified === true && !isNamed(name, spec) && !isBlank(name, spec);
}

function isNamed(name: string, spec: AccountSpec): boolean {
  return name.trim().toLowerCase() === spec.displayName.toLowerCase();
}

/** Until the sign-up an account is called by its address, if anything. */
function isBlank(name: string, spec: AccountSpec): boolean {
  const address = spec.address.toLowerCase();
  return ['', address, address.split('@')[0]].includes(name.trim().toLowerCase());
}

function taken({ connectionName }: BitbucketContext, spec: AccountSpec): ProductError {
  return new ProductError('name-taken', {
    subject: connectionName,
    message: `At ${connectionName} the address ${spec.address} belongs to an account that is not called "${spec.displayName}". If it was made for this request, give it that full name at id.atlassian.com, Profile and visibility, and try again; else choose another address for this service account.`,
  });
}

function toUser(spec: AccountSpec, member: BitbucketUser): VendorUser {
  return { id: member.account_id, login: spec.address, url: null };
}
