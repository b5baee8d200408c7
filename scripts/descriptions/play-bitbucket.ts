import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { bitbucketCloud } from '../../src/vendors/bitbucket-cloud/index.ts';
import { openSandbox as openCloud } from '../../src/vendors/bitbucket-cloud/sandbox.ts';
import type { BitbucketCloudSandbox } from '../../src/vendors/bitbucket-cloud/sandbox.ts';
import { bitbucketDataCenter } from '../../src/vendors/bitbucket-data-center/index.ts';
import { openSandbox as openServer } from '../../src/vendors/bitbucket-data-center/sandbox.ts';
import type { BitbucketDataCenterSandbox } from '../../src/vendors/bitbucket-data-center/sandbox.ts';
import { refused } from './play.ts';
import { playOrders } from './play-orders.ts';
import type { Life } from './play-orders.ts';
import { giveAccess, handOver, makeMember } from './play-vendor.ts';

const CLOUD: Life<BitbucketCloudSandbox> = {
  definition: bitbucketCloud,
  open: openCloud,
  configs: [{}, { organisation: undefined }],
  scope: (sandbox) => [sandbox.scopeItem('SHOP'), sandbox.scopeItem('api')],
  async afterVerification({ vendor, sandbox, spec }, user) {
    sandbox.repository('api').grants.set(user.id, 'admin');
    sandbox.repository('worker').grants.set(user.id, 'read');
    await giveAccess(vendor, sandbox, spec, user);
    const credential = await handOver(vendor, sandbox, spec, user);
    await vendor.revoke(user, credential).catch(() => undefined);
  },
  async refusals({ vendor, sandbox, spec }) {
    const gone = { id: 'repository:{00000000-0000-4000-8000-000000000000}', name: 'acme/gone' };
    const user = await makeMember(vendor, sandbox, spec);
    const nowhere = { ...spec, scope: [{ ...gone, kind: 'repository' }] };
    await refused(vendor.ensureAccess(nowhere, user));
    for (const { grants } of [...sandbox.state.projects, ...sandbox.state.repositories]) {
      grants.clear();
    }
    sandbox.state.seats = 0;
    await refused(vendor.ensureAccess(spec, user));
    sandbox.ownToken.scopes = ['read:user:bitbucket'];
    await refused(vendor.ensureAccess(spec, user));
    await vendor.check();
  },
};

const SERVER: Life<BitbucketDataCenterSandbox> = {
  definition: bitbucketDataCenter,
  open: openServer,
  configs: [{}, { token: 'by-hand' }],
  scope: (sandbox) => [sandbox.scopeItem('SHOP'), sandbox.scopeItem('PLAT/api')],
  async afterVerification({ vendor, sandbox, spec }, user) {
    sandbox.grant(Number(user.id), 'PLAT/api', 'REPO_ADMIN');
    sandbox.grant(Number(user.id), 'PLAT', 'PROJECT_WRITE');
    await giveAccess(vendor, sandbox, spec, user);
    const credential = await handOver(vendor, sandbox, spec, user);
    await vendor.revoke(user, credential);
    await vendor.revoke(user, credential);
  },
  async refusals({ vendor, sandbox, spec }) {
    const user = await makeMember(vendor, sandbox, spec);
    const gone = { id: 'project:GONE', name: 'Gone (GONE)', kind: 'project' };
    await refused(vendor.ensureAccess({ ...spec, scope: [gone] }, user));
    const next = {
      ...spec,
      marker: 'flow-sa-abc123',
      login: user.login,
      address: 'n@acme.example',
    };
    await refused(vendor.ensureUser(next, {}));
    sandbox.admin.global = 'LICENSED_USER';
    await refused(vendor.ensureAccess(spec, user));
    await vendor.check();
  },
};

export function playBitbucketCloud(): Promise<Exchange[]> {
  return playOrders(CLOUD);
}

export function playBitbucketDataCenter(): Promise<Exchange[]> {
  return playOrders(SERVER);
}
