import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { azureDevops } from '../../src/vendors/azure-devops/index.ts';
import { openSandbox as openServices } from '../../src/vendors/azure-devops/sandbox.ts';
import type { AzureDevopsSandbox } from '../../src/vendors/azure-devops/sandbox.ts';
import { azureDevopsServer } from '../../src/vendors/azure-devops-server/index.ts';
import { openSandbox as openServer } from '../../src/vendors/azure-devops-server/sandbox.ts';
import type { AzureDevopsServerSandbox } from '../../src/vendors/azure-devops-server/sandbox.ts';
import { refused } from './play.ts';
import { playOrders } from './play-orders.ts';
import type { Life } from './play-orders.ts';
import { giveAccess, handOver, makeMember } from './play-vendor.ts';

const GONE = {
  id: 'project:00000000-0000-4000-8000-000000000000',
  name: 'Gone',
  kind: 'project',
};

const SERVICES: Life<AzureDevopsSandbox> = {
  definition: azureDevops,
  open: openServices,
  configs: [{}],
  scope: (sandbox) => [sandbox.scopeItem('Platform'), sandbox.scopeItem('Shop')],
  async afterVerification({ vendor, sandbox, spec }, user) {
    sandbox.joinByHand(user.id, 'Project Administrators', 'Shop');
    sandbox.joinByHand(user.id, 'Project Collection Administrators', null);
    await giveAccess(vendor, sandbox, spec, user);
    const credential = await handOver(vendor, sandbox, spec, user);
    await vendor.revoke(user, credential);
    await vendor.revoke(user, credential);
  },
  async refusals({ vendor, sandbox, spec }) {
    const user = await makeMember(vendor, sandbox, spec);
    await refused(vendor.ensureAccess({ ...spec, scope: [GONE] }, user));
    sandbox.state.licenses = 0;
    const next = { ...spec, marker: 'flow-sa-abc123', address: 'flow-next@acme.example' };
    await refused(makeMember(vendor, sandbox, next));
    sandbox.adminToken.scope = 'vso.project';
    await refused(vendor.ensureAccess(spec, user));
    await vendor.check();
  },
};

const SERVER: Life<AzureDevopsServerSandbox> = {
  definition: azureDevopsServer,
  open: openServer,
  configs: [{}],
  scope: (sandbox) => [sandbox.scopeItem('Platform'), sandbox.scopeItem('Shop')],
  async afterVerification({ vendor, sandbox, spec }, user) {
    sandbox.identity(user.id).groups.add(String.raw`[Shop]\Contributors`);
    await giveAccess(vendor, sandbox, spec, user);
  },
  async refusals({ vendor, sandbox, spec }) {
    const user = await makeMember(vendor, sandbox, spec);
    await refused(vendor.ensureAccess({ ...spec, scope: [GONE] }, user));
    sandbox.readerToken.scope = 'vso.build';
    await refused(vendor.searchScopes('Platform'));
    await vendor.check();
  },
};

export function playAzureDevops(): Promise<Exchange[]> {
  return playOrders(SERVICES);
}

export function playAzureDevopsServer(): Promise<Exchange[]> {
  return playOrders(SERVER);
}
