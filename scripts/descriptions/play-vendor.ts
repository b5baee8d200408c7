import { Secret } from '../../src/domain/secret.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import type { AccountSpec, Vendor, VendorUser } from '../../src/vendors/vendor.ts';
import { refused, untilDone } from './play.ts';

const DAYS = 104;

export function specOf(overrides: Partial<AccountSpec> = {}): AccountSpec {
  return {
    marker: 'flow-sa-7k3f9q',
    address: 'flow-integrations@acme.example',
    login: 'flow-integrations-7k3f9q',
    displayName: 'Flow service account SA-7K3F9Q',
    purpose: 'Connects Flow to our repositories',
    kind: 'integration',
    access: 'contributor',
    scope: [],
    services: ['repositories', 'pull-requests'],
    passwordUrl: 'https://vault.acme.example/ui/flow-sa-7k3f9q-password',
    ...overrides,
  };
}

/** From the doctor's first look to the day the account is closed, each call twice. */
export async function playVendor(
  vendor: Vendor,
  sandbox: AdapterSandbox,
  spec: AccountSpec,
  afterVerification: (user: VendorUser) => Promise<void>,
): Promise<void> {
  await vendor.check();
  await vendor.searchScopes('');
  await vendor.searchScopes(spec.scope[0]?.name ?? 'web');
  await vendor.findUser(spec);
  const user = await makeMember(vendor, sandbox, spec);
  await giveAccess(vendor, sandbox, spec, user);
  const credential = await handOver(vendor, sandbox, spec, user);
  await vendor.verify(spec, user, credential);
  await refused(vendor.verify(spec, user, new Secret('github_pat_wrong-0123456789')));
  await vendor.findUser(spec);
  await afterVerification(user);
  for (const _time of ['first', 'second']) {
    await untilDone(sandbox, spec, () => vendor.removeAccess(spec, user));
    await untilDone(sandbox, spec, () => vendor.removeUser(spec, user));
  }
  await vendor.findUser(spec);
}

/** The user with its access, as far as a person and the vendor must go for it. */
export async function makeMember(
  vendor: Vendor,
  sandbox: AdapterSandbox,
  spec: AccountSpec,
): Promise<VendorUser> {
  const user = await untilDone(sandbox, spec, (answers) => vendor.ensureUser(spec, answers));
  await giveAccess(vendor, sandbox, spec, user);
  return user;
}

export async function giveAccess(
  vendor: Vendor,
  sandbox: AdapterSandbox,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  await untilDone(sandbox, spec, () => vendor.ensureAccess(spec, user));
}

/** The credential, made by us or by a person who deposits it. */
export async function handOver(
  vendor: Vendor,
  sandbox: AdapterSandbox,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Secret> {
  const { credential } = vendor;
  if (credential.how === 'minted') {
    await credential.revokeNamed(user, `${spec.marker}-1`, spec);
    const { secret } = await credential.mint(spec, user, `${spec.marker}-1`, DAYS);
    return secret;
  }
  const task = credential.task(spec, user, `${spec.marker}-1`, DAYS);
  const { deposit } = await sandbox.perform(task, spec);
  if (deposit === null) throw new Error('The person handed nothing over.');
  return new Secret(deposit);
}
