import type { Automation } from '../../src/automations/automation.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import { letTwoMeet, refused, untilDone } from './play.ts';

export const ABOUT = { address: 'flow-automation@acme.example', marker: 'flow-sa-7k3f9q' };
export const STORE_URL = 'https://vault.acme.example/ui/flow-sa-7k3f9q-token';

/**
 * A credential put into one place, by two runs at once whose creates (`meeting`) meet, then
 * replaced, looked at, kept from another request and taken away again.
 */
export async function playSlot(
  automation: Automation,
  sandbox: AdapterSandbox,
  target: string,
  meeting: string,
): Promise<void> {
  const slot = { ...ABOUT, target, secretName: 'FLOW_TOKEN', process: 'nightly release' };
  await refused(automation.verify(slot));
  const first = new Secret('github_pat_zeroth-0123456789');
  const [server] = sandbox.servers;
  if (server !== undefined) letTwoMeet(server, 'POST', meeting);
  await Promise.allSettled([1, 2].map(() => automation.ensure(slot, first, STORE_URL, {})));
  for (const value of ['github_pat_first-0123456789', 'github_pat_second-0123456789']) {
    await untilDone(sandbox, ABOUT, (answers) =>
      automation.ensure(slot, new Secret(value), STORE_URL, answers),
    );
    await automation.verify(slot);
  }
  const other = { ...slot, marker: 'flow-sa-000000' };
  await refused(automation.ensure(other, new Secret('github_pat_third-0123'), STORE_URL, {}));
  for (const _time of ['first', 'second']) {
    await untilDone(sandbox, ABOUT, (answers) => automation.remove(slot, answers));
  }
}
