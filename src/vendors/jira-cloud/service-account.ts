import { done, human, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { JiraContext } from './account.ts';
import type { Organisation } from './organisation.ts';
import type { ServiceAccount } from './schema.ts';
import { serviceAccountTask } from './service-tasks.ts';

const AGAIN_MS = 60_000;

/**
 * A person makes the service account: the fields of Atlassian's experimental call for it are not
 * documented. Only an organisation administrator can write its description, so our mark in there
 * proves that it is for us.
 */
export async function ensureServiceAccount(
  context: JiraContext,
  organisation: Organisation,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const account = await findMarked(organisation, spec);
  return account === undefined
    ? human(serviceAccountTask(context.config, spec))
    : done(toUser(account));
}

export async function findServiceAccount(
  organisation: Organisation,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const account = await findMarked(organisation, spec);
  return account === undefined ? undefined : toUser(account);
}

/** Deletes it; it is nobody's, so nothing of a person is lost. Its tokens die with it. */
export async function removeServiceAccount(
  organisation: Organisation,
  user: VendorUser,
): Promise<Outcome<void>> {
  const find = async () => {
    const accounts = await organisation.serviceAccounts();
    return accounts.find((account) => account.atlassianId === user.id);
  };
  const account = await find();
  if (account === undefined) return done(undefined);
  await organisation.removeServiceAccount(account);
  return (await find()) === undefined
    ? done(undefined)
    : later(AGAIN_MS, 'Atlassian is deleting the service account.');
}

async function findMarked(
  organisation: Organisation,
  spec: AccountSpec,
): Promise<ServiceAccount | undefined> {
  const accounts = await organisation.serviceAccounts();
  return accounts.find(({ description }) => words(description ?? '').includes(spec.marker));
}

function words(text: string): string[] {
  return text.toLowerCase().split(/[^a-z\d-]+/);
}

function toUser(account: ServiceAccount): VendorUser {
  return { id: account.atlassianId, login: account.email, url: null };
}
