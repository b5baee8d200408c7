import type { SandboxDeps } from '../../src/sandbox/kit/adapter-sandbox.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { githubEnterpriseServer } from '../../src/vendors/github-enterprise-server/index.ts';
import { openSandbox as openServer } from '../../src/vendors/github-enterprise-server/sandbox.ts';
import type { EnterpriseServerSandbox } from '../../src/vendors/github-enterprise-server/sandbox.ts';
import { githubManagedUsers } from '../../src/vendors/github-managed-users/index.ts';
import { openSandbox as openManaged } from '../../src/vendors/github-managed-users/sandbox.ts';
import type { ManagedUsersSandbox } from '../../src/vendors/github-managed-users/sandbox.ts';
import { refused } from './play.ts';
import { playOrders } from './play-orders.ts';
import type { Life } from './play-orders.ts';
import { giveAccess, handOver, makeMember } from './play-vendor.ts';

const WEB = { id: 'acme/web', name: 'acme/web', kind: 'repository' };
const GONE = { id: 'acme/gone', name: 'acme/gone', kind: 'repository' };
const TAKEN = { marker: 'flow-sa-abc123', address: 'taken@acme.example' };

const SERVER: Life<EnterpriseServerSandbox> = {
  definition: githubEnterpriseServer,
  open: openServer,
  configs: [{}, { token: 'by-hand' }],
  scope: () => [WEB],
  async afterVerification({ vendor, sandbox, spec }, user) {
    const { state } = sandbox.world;
    state.members.set(Number(user.id), spec.access === 'owner' ? 'member' : 'admin');
    sandbox.world.findRepository(WEB.id)?.direct.set(Number(user.id), 'maintain');
    await giveAccess(vendor, sandbox, spec, user);
    const credential = await handOver(vendor, sandbox, spec, user);
    await vendor.revoke(user, credential);
    await vendor.revoke(user, credential);
  },
  async refusals({ vendor, sandbox, spec }) {
    const user = await makeMember(vendor, sandbox, spec);
    await refused(vendor.ensureAccess({ ...spec, scope: [GONE] }, user));
    sandbox.world.register('somebody', { email: TAKEN.address });
    await refused(vendor.ensureUser({ ...spec, ...TAKEN, login: 'flow-taken' }, {}));
    sandbox.server.state.siteAdmins.clear();
    await refused(vendor.ensureUser({ ...spec, marker: TAKEN.marker, login: 'flow-next' }, {}));
    await vendor.check();
  },
};

const MANAGED: Omit<Life<ManagedUsersSandbox>, 'open'> = {
  definition: githubManagedUsers,
  configs: [{}],
  scope: () => [WEB],
  async afterVerification({ vendor, sandbox, spec }, user) {
    const { state } = sandbox.world;
    state.members.set(Number(user.id), spec.access === 'owner' ? 'member' : 'admin');
    await giveAccess(vendor, sandbox, spec, user);
    const credential = await handOver(vendor, sandbox, spec, user);
    await vendor.revoke(user, credential);
    await vendor.revoke(user, credential);
  },
  async refusals({ vendor, sandbox, spec }) {
    const user = await makeMember(vendor, sandbox, spec);
    await refused(vendor.ensureAccess({ ...spec, scope: [GONE] }, user));
    const taken = { ...spec, ...TAKEN, login: 'flow-taken-abc123' };
    sandbox.provisioning.provision({
      externalId: 'E012345',
      userName: taken.login,
      displayName: 'Somebody else',
      address: 'else@acme.example',
    });
    await vendor.ensureUser(taken, {}).catch(() => undefined);
    sandbox.world.state.appPermissions['members'] = 'read';
    await vendor.check();
  },
};

export function playGitHubEnterpriseServer(): Promise<Exchange[]> {
  return playOrders(SERVER);
}

/** As an App that provisions, and as an owner beside an identity provider. */
export async function playGitHubManagedUsers(): Promise<Exchange[]> {
  const ways = [{}, { auth: 'token', scim: 'idp' }] as const;
  const all: Exchange[] = [];
  for (const way of ways) {
    const open = (deps: SandboxDeps) => openManaged({ ...deps, ...way });
    all.push(...(await playOrders({ ...MANAGED, open })));
  }
  return all;
}
