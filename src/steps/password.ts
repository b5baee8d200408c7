import type { SecretLink } from '../domain/account.ts';
import { marker, secretName } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { Request } from '../domain/request.ts';
import { generatePassword } from '../lib/random.ts';
import type { SecretMeta } from '../stores/store.ts';
import type { Ports } from './ports.ts';

/**
 * The account's password: generated and stored before anybody outside hears of it. A second run
 * finds the first one's value, because storing is create-only.
 */
export async function ensurePassword(request: Request, ports: Ports): Promise<SecretLink> {
  const name = secretName(accountIdOf(request), 'password');
  const { link } = await ports.store.create(name, generatePassword(), secretMeta(request));
  return link;
}

export function secretMeta(request: Request): SecretMeta {
  const { order } = request;
  return {
    request: accountIdOf(request),
    marker: marker(accountIdOf(request)),
    kind: order.kind,
    address: order.address,
    owner: order.owner,
  };
}
