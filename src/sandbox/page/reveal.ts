import { z } from 'zod';

import { marker } from '../../domain/naming.ts';
import { accountIdOf } from '../../domain/operation.ts';
import type { Stage } from './stage.ts';

const KV = z.object({ data: z.object({ data: z.object({ value: z.string() }) }) });

/**
 * The stored value, for an owner of the account alone, through Vault's own door as anybody who is
 * signed in there would read it.
 * @throws Error with a sentence for whoever may not, and when there is no such value
 */
export async function revealStored(stage: Stage, by: string, name: string): Promise<string> {
  const requests = await stage.product.requests.list(null);
  const request = requests.find((one) => name.startsWith(`${marker(accountIdOf(one))}-`));
  const owners = [request?.order.owner, request?.order.secondOwner];
  if (!owners.includes(by)) {
    throw new Error('Only the owners of this account may see the value.');
  }
  const { vault } = stage.sandbox.outside;
  const { address, mount } = z
    .object({ address: z.string(), mount: z.string() })
    .parse(vault.config);
  const answer = await fetch(`${address}/v1/${mount}/data/${encodeURIComponent(name)}`, {
    headers: { 'x-vault-token': vault.issueToken(['root'], 60).reveal() },
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error(`Vault answered with ${answer.status}; the value is not there.`);
  return KV.parse(await answer.json()).data.data.value;
}
