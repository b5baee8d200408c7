import { hasCode, ProductError } from '../domain/errors.ts';
import { tokenName as tokenNameOf } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import { done, human } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Facts, Request } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import { humanTask } from '../domain/task.ts';
import type { Vendor, VendorUser } from '../vendors/vendor.ts';
import {
  accountSpec,
  connectionOf,
  credentialDays,
  credentialName,
  credentialSlot,
  knownVendorUser,
  vendorUserOf,
} from './account-spec.ts';
import type { CredentialSlot } from './account-spec.ts';
import { depositTask } from './deposit-task.ts';
import { hasForeignCredential } from './known-facts.ts';
import { mintAndStore } from './mint-and-store.ts';
import { secretMeta } from './password.ts';
import type { Ports } from './ports.ts';
import type { Step, StepContext } from './step.ts';

/** Brings the account's credential into the store: minted here, or deposited by a person. */
export const credential: Step = {
  id: 'credential',
  title: (_request, names) => `Make its credential and keep it in ${names.store}`,

  async run({ request, ports }) {
    const { vendor } = connectionOf(request, ports);
    const checked = await checkStored(request, ports);
    if (checked.kind === 'good') return done(checked.facts);
    if (vendor.credential.how === 'minted') {
      const version = checked.kind === 'bad' ? checked.version : null;
      return done(await mintAndStore(request, ports, vendor.credential, version));
    }
    return askForIt(request, ports, checked.kind === 'bad' ? checked.why : null);
  },

  async accept({ request, ports }, credential) {
    const { vendor } = connectionOf(request, ports);
    const verify = (value: Secret) =>
      vendor.verify(accountSpec(request, ports), vendorUserOf(request), value);
    await refuseInUse(request, ports, credential);
    await verify(credential);
    await storeDeposit(request, ports, credentialSlot(request).name, credential, verify);
  },

  async undo(context) {
    const { request, ports } = context;
    const slot = credentialSlot(request);
    const outcome = (await holdsWhatIsInUse(request, ports, slot.name))
      ? done(undefined)
      : await revokeCredential(context, slot);
    if (outcome.kind === 'done') await ports.store.remove(slot.name);
    return outcome;
  },
};

/** Kills the credential at the vendor; what is stored of it stays. Quiet when there is none. */
export async function revokeCredential(
  { request, ports }: StepContext,
  { name, tokenName }: CredentialSlot,
): Promise<Outcome<void>> {
  const { vendor } = connectionOf(request, ports);
  const user = knownVendorUser(request);
  if (user === undefined) return done(undefined);
  // A token that came with an adopted account has none of our names: it is revoked by its value.
  const isForeign = hasForeignCredential(request) && tokenName === firstTokenName(request);
  if (vendor.credential.how === 'minted' && !isForeign) {
    await vendor.credential.revokeNamed(user, tokenName, accountSpec(request, ports));
    return done(undefined);
  }
  if ((await ports.store.find(name)) === undefined) return done(undefined);
  return revokeDeposited(vendor, user, await ports.store.read(name));
}

function firstTokenName(request: Request): string {
  return tokenNameOf(accountIdOf(request), 1);
}

type Stored =
  | { readonly kind: 'absent' }
  | { readonly kind: 'good'; readonly facts: Facts }
  | { readonly kind: 'bad'; readonly why: string; readonly version: string };

/** What is in the store is only believed when it works. */
async function checkStored(request: Request, ports: Ports): Promise<Stored> {
  const { name, tokenName } = credentialSlot(request);
  const link = await ports.store.find(name);
  if (link === undefined) return { kind: 'absent' };
  const { vendor } = connectionOf(request, ports);
  const value = await ports.store.read(name);
  if (await isInUse(request, ports, value)) {
    return { kind: 'bad', why: IN_USE, version: link.version };
  }
  try {
    const spec = accountSpec(request, ports);
    const { expiresAt } = await vendor.verify(spec, vendorUserOf(request), value);
    await claim(request, ports, name, value);
    return { kind: 'good', facts: { secret: link, tokenName, expiresAt } };
  } catch (error) {
    // Only this says that the credential is wrong; any other failure is about the way to it.
    if (!hasCode(error, 'verification-failed')) throw error;
    return { kind: 'bad', why: error.message, version: link.version };
  }
}

const IN_USE =
  'That is the credential which is in use now. Make a new one, and hand in that: the old one is revoked later.';

/** Only a rotation has one in use beside the one that it makes; they must not be the same. */
async function isInUse(request: Request, ports: Ports, value: Secret): Promise<boolean> {
  if (request.operation.kind !== 'rotate') return false;
  const name = credentialName(request);
  if ((await ports.store.find(name)) === undefined) return false;
  return (await ports.store.read(name)).equals(value);
}

/** @throws ProductError `verification-failed` */
export async function refuseInUse(request: Request, ports: Ports, value: Secret): Promise<void> {
  if (!(await isInUse(request, ports, value))) return;
  throw new ProductError('verification-failed', {
    subject: request.order.address,
    message: IN_USE,
  });
}

async function holdsWhatIsInUse(request: Request, ports: Ports, name: string): Promise<boolean> {
  if (request.operation.kind !== 'rotate') return false;
  if ((await ports.store.find(name)) === undefined) return false;
  return isInUse(request, ports, await ports.store.read(name));
}

/**
 * A value that a person put there by hand, or that was stored just before a crash, has no labels
 * yet: storing the same value again adds them, and refuses what bears another account's.
 */
export async function claim(
  request: Request,
  ports: Ports,
  name: string,
  value: Secret,
): Promise<void> {
  await ports.store.create(name, value, secretMeta(request));
}

function askForIt(request: Request, ports: Ports, why: string | null): Outcome<Facts> {
  const { vendor } = connectionOf(request, ports);
  if (vendor.credential.how !== 'deposited')
    throw new Error('only deposited credentials are asked for');
  const { name, tokenName } = credentialSlot(request);
  const task = vendor.credential.task(
    accountSpec(request, ports),
    vendorUserOf(request),
    tokenName,
    credentialDays(request),
  );
  return human(depositTask(task, name, ports, why));
}

/**
 * Create-only: the same value again is quiet, and another one takes the place only of one that does
 * not work; a working one would be forgotten alive. `verify` throws `verification-failed` then.
 * @throws ProductError `exists`
 */
export async function storeDeposit(
  request: Request,
  ports: Ports,
  name: string,
  value: Secret,
  verify: (present: Secret) => Promise<unknown>,
): Promise<void> {
  const { link, created } = await ports.store.create(name, value, secretMeta(request));
  if (created) return;
  const present = await ports.store.read(name);
  if (present.equals(value)) return;
  if (await works(present, verify)) {
    throw new ProductError('exists', {
      subject: request.order.address,
      message:
        'A working credential has already been handed in for this account. Please revoke the one you have just made.',
    });
  }
  await ports.store.rotate(name, link.version, value);
}

async function works(value: Secret, verify: (value: Secret) => Promise<unknown>): Promise<boolean> {
  try {
    await verify(value);
    return true;
  } catch (error) {
    if (!hasCode(error, 'verification-failed')) throw error;
    return false;
  }
}

/** Some vendors let only the account itself revoke: then a person does, and `revoke` proves it. */
async function revokeDeposited(
  vendor: Vendor,
  user: VendorUser,
  value: Secret,
): Promise<Outcome<void>> {
  try {
    return done(await vendor.revoke(user, value));
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    const task = humanTask({
      id: 'revoke-token',
      title: 'Revoke the token by hand',
      role: 'owner',
      instructions: [error.message, 'Then press "Done": the app checks that it no longer works.'],
      finding: 'The token still works.',
    });
    return human(task);
  }
}
