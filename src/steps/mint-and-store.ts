import { hasCode, isAmbiguous, ProductError } from '../domain/errors.ts';
import type { Facts, Request } from '../domain/request.ts';
import type { SecretLink } from '../domain/account.ts';
import type { IssuedCredential, MintedCredential, VendorUser } from '../vendors/vendor.ts';
import { accountSpec, credentialDays, credentialSlot, vendorUserOf } from './account-spec.ts';
import { secretMeta } from './password.ts';
import type { Ports } from './ports.ts';

/**
 * Mints a token and stores it, in one go. The vendor shows a token once, so whatever an earlier
 * run minted and did not store is an orphan: it is revoked by its name before a new one is made.
 */
export async function mintAndStore(
  request: Request,
  ports: Ports,
  minted: MintedCredential,
  replaces: string | null,
): Promise<Facts> {
  const user = vendorUserOf(request);
  const { tokenName } = credentialSlot(request);
  await minted.revokeNamed(user, tokenName, accountSpec(request, ports));
  const days = credentialDays(request);
  const issued = await minted.mint(accountSpec(request, ports), user, tokenName, days);
  const secret = await storeOrRevoke(request, ports, minted, user, issued, replaces);
  return { secret, tokenName, tokenId: issued.id, expiresAt: issued.expiresAt };
}

async function storeOrRevoke(
  request: Request,
  ports: Ports,
  minted: MintedCredential,
  user: VendorUser,
  issued: IssuedCredential,
  replaces: string | null,
): Promise<SecretLink> {
  const { name, tokenName } = credentialSlot(request);
  try {
    if (replaces !== null) return await ports.store.rotate(name, replaces, issued.secret);
    const { link, created } = await ports.store.create(name, issued.secret, secretMeta(request));
    if (created) return link;
    throw new ProductError('conflict', {
      subject: name,
      message:
        'Another run stored a credential for this account first; it will be looked at again.',
    });
  } catch (error) {
    const kept = isAmbiguous(error) ? await findStored(ports, name, issued) : undefined;
    if (kept !== undefined) return kept;
    await minted.revokeNamed(user, tokenName, accountSpec(request, ports));
    throw error;
  }
}

/** After a lost answer: is our value there after all? When that cannot be told, it is not. */
async function findStored(
  ports: Ports,
  name: string,
  issued: IssuedCredential,
): Promise<SecretLink | undefined> {
  try {
    const link = await ports.store.find(name);
    const value = link === undefined ? undefined : await ports.store.read(name);
    return value?.equals(issued.secret) === true ? link : undefined;
  } catch (error) {
    if (isAmbiguous(error) || hasCode(error, 'rate-limited')) return undefined;
    throw error;
  }
}
