import { ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createVaultClient } from './client.ts';
import type { Wrapped } from './client.ts';
import { VAULT } from './failures.ts';
import type { VaultConfig } from './schema.ts';
import { findVersion } from './versions.ts';

/**
 * A token that its recipient exchanges for the value, once, at Vault itself: the value does not
 * pass through this app. https://openbao.org/docs/concepts/response-wrapping/
 * @throws ProductError `not-found`
 */
export async function wrapSecret(
  config: VaultConfig,
  clock: Clock,
  name: string,
  seconds: number,
): Promise<Wrapped> {
  const client = createVaultClient(config, clock);
  // A deleted or absent value would be wrapped all the same, as an error only its recipient sees.
  if ((await findVersion(client, name)) !== undefined) return await client.wrap(name, seconds);
  const message = `${VAULT} has no secret called ${name}.`;
  throw new ProductError('not-found', { subject: name, message });
}
