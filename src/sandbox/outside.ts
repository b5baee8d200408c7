import { openSandbox as openFlow } from '../flow/sandbox.ts';
import { openSandbox as openConfluence } from '../knowledge/confluence/sandbox.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { Clock } from '../lib/clock.ts';
import { openSandbox as openMail } from '../mailboxes/catch-all/sandbox.ts';
import { openSandbox as openMailByHand } from '../mailboxes/human/sandbox.ts';
import { openSandbox as openVault } from '../stores/vault/sandbox.ts';
import type { SandboxServer } from './kit/server.ts';
import { openAutomations } from './outside-automations.ts';
import { openVendors } from './outside-vendors.ts';

export type Outside = Awaited<ReturnType<typeof openOutside>>;

/** Every outside system of the sandbox but Slack, each on a loopback port of its own. */
export async function openOutside(clock: Clock) {
  const deps = { clock };
  const [vendors, vault, confluence, mail, mailByHand, automations] = await Promise.all([
    openVendors(deps),
    openVault(deps),
    openConfluence(deps),
    openMail(deps),
    openMailByHand(deps),
    openAutomations(deps),
  ]);
  const flow = await openFlow(deps);
  const all = {
    ...vendors,
    vault,
    confluence,
    mail,
    mailByHand,
    ...automations,
    flow,
  };
  const parts: (Closeable & { readonly servers: readonly SandboxServer[] })[] = Object.values(all);
  return {
    ...all,
    servers: parts.flatMap(({ servers }) => servers),
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}
