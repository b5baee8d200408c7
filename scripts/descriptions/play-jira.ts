import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { jiraCloud } from '../../src/vendors/jira-cloud/index.ts';
import { openSandbox } from '../../src/vendors/jira-cloud/sandbox.ts';
import type { JiraCloudSandbox } from '../../src/vendors/jira-cloud/sandbox.ts';
import type { AccountSpec, Vendor, VendorUser } from '../../src/vendors/vendor.ts';
import { playClock, record, refused, silent } from './play.ts';
import { giveAccess, handOver, makeMember, playVendor, specOf } from './play-vendor.ts';

/** Jira Cloud with both kinds of access. */
export async function playJira(): Promise<Exchange[]> {
  const all: Exchange[] = [];
  for (const access of ['contributor', 'owner'] as const) {
    const clock = playClock();
    const played = await record(await openSandbox({ clock }), async (sandbox) => {
      const deps = { clock, log: silent, connectionName: 'Jira acme' };
      const vendor = jiraCloud.open(jiraCloud.schema.parse(sandbox.config), deps);
      const scope = [sandbox.scopeItem('PLAT'), sandbox.scopeItem('SHOP')];
      const spec = specOf({ access, scope, services: ['tickets'] });
      await playVendor(vendor, sandbox, spec, (user) => meddle(vendor, sandbox, spec, user));
      await playRefusals(vendor, sandbox, spec);
    });
    all.push(...played);
  }
  return [...all, ...(await playServiceAccount())];
}

/** An Atlassian service account, whose token works behind the gateway only. */
async function playServiceAccount(): Promise<Exchange[]> {
  const clock = playClock();
  return record(await openSandbox({ clock }), async (sandbox) => {
    const deps = { clock, log: silent, connectionName: 'Jira acme' };
    const config = { ...sandbox.config, ...sandbox.withServiceAccounts };
    const vendor = jiraCloud.open(jiraCloud.schema.parse(config), deps);
    const spec = specOf({ scope: [sandbox.scopeItem('PLAT')], services: ['tickets'] });
    await playVendor(vendor, sandbox, spec, async (user) => {
      await handOver(vendor, sandbox, spec, user);
    });
  });
}

/** Rights that people changed by hand, an address that Jira hides, a token that lives on. */
async function meddle(
  vendor: Vendor,
  sandbox: JiraCloudSandbox,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const other = spec.access === 'owner' ? 'Member' : 'Administrators';
  sandbox.state.projects[0]?.roles.get(other)?.add(user.id);
  sandbox.user(user.id).hidesAddress = true;
  await giveAccess(vendor, sandbox, spec, user);
  const credential = await handOver(vendor, sandbox, spec, user);
  await refused(vendor.revoke(user, credential));
  for (const token of sandbox.state.tokens) token.revoked ||= token.accountId === user.id;
  await vendor.revoke(user, credential);
}

async function playRefusals(
  vendor: Vendor,
  sandbox: JiraCloudSandbox,
  spec: AccountSpec,
): Promise<void> {
  const gone = { id: 'project:99999', name: 'Gone (GONE)', kind: 'project' };
  const next = { ...spec, marker: 'flow-sa-abc123', address: 'flow-next@acme.example' };
  sandbox.state.invitedAreInactive = true;
  for (const _time of ['first', 'second']) await vendor.ensureUser(next, {});
  const user = await makeMember(vendor, sandbox, next);
  await refused(vendor.ensureAccess({ ...next, scope: [gone] }, user));
  sandbox.takeAddress('flow-taken@acme.example');
  await refused(vendor.ensureUser({ ...next, address: 'flow-taken@acme.example' }, {}));
  sandbox.state.licences = 0;
  const third = { ...spec, marker: 'flow-sa-def456', address: 'flow-third@acme.example' };
  await refused(makeMember(vendor, sandbox, third));
  sandbox.demoteAdmin();
  await refused(vendor.removeUser(next, user));
}
