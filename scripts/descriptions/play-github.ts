import { Secret } from '../../src/domain/secret.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { github } from '../../src/vendors/github/index.ts';
import { openSandbox } from '../../src/vendors/github/sandbox.ts';
import type { GitHubSandbox } from '../../src/vendors/github/sandbox.ts';
import type { AccountSpec, Vendor, VendorUser } from '../../src/vendors/vendor.ts';
import { DAY_MS, playClock, record, refused, silent } from './play.ts';
import type { PlayClock } from './play.ts';
import { giveAccess, handOver, playVendor, specOf } from './play-vendor.ts';

const WEB = { id: 'acme/web', name: 'acme/web', kind: 'repository' };
const GONE = { id: 'acme/gone', name: 'acme/gone', kind: 'repository' };
const ORG = { id: 'acme', name: 'acme', kind: 'organisation' };

const ORDERS: readonly AccountSpec[] = [
  specOf({ scope: [WEB] }),
  specOf({ scope: [ORG] }),
  specOf({ scope: [WEB], kind: 'automation', services: [] }),
  specOf({ scope: [WEB], access: 'owner', services: ['repositories', 'webhooks'] }),
];

/** GitHub, as an App and as an owner, with each kind of order. */
export async function playGitHub(): Promise<Exchange[]> {
  const all: Exchange[] = [];
  for (const auth of ['app', 'token'] as const) {
    for (const spec of ORDERS) {
      const clock = playClock();
      const sandbox = await openSandbox({ clock, auth });
      all.push(...(await record(sandbox, (place) => playOrder(place, clock, spec))));
    }
  }
  return all;
}

async function playOrder(
  sandbox: GitHubSandbox,
  clock: PlayClock,
  spec: AccountSpec,
): Promise<void> {
  const { state } = sandbox.world;
  const deps = { clock, log: silent, connectionName: 'GitHub acme' };
  const vendor = github.open(github.schema.parse(sandbox.config), deps);
  state.basePermission = spec.scope.includes(ORG) ? 'read' : 'none';
  state.approvalNeeded = spec.access === 'contributor' && 'app_id' in authOf(sandbox);
  await vendor.ensureUser(spec, { login: 'no-such-login' });
  await playVendor(vendor, sandbox, spec, (user) => meddle(vendor, sandbox, clock, spec, user));
}

function authOf(sandbox: GitHubSandbox): object {
  const { auth } = sandbox.config;
  return typeof auth === 'object' && auth !== null ? auth : {};
}

/** What people do wrong meanwhile, and what GitHub refuses then. */
async function meddle(
  vendor: Vendor,
  sandbox: GitHubSandbox,
  clock: PlayClock,
  spec: AccountSpec,
  user: VendorUser,
): Promise<void> {
  const { world } = sandbox;
  const id = Number(user.id);
  await refused(vendor.verify(spec, user, wrongToken(sandbox, user)));
  // An owner gets no role on repositories.
  if (spec.access === 'contributor') {
    await refused(vendor.ensureAccess({ ...spec, scope: [GONE] }, user));
  }
  world.state.members.set(id, spec.access === 'owner' ? 'member' : 'admin');
  world.findRepository(WEB.id)?.direct.set(id, 'maintain');
  await giveAccess(vendor, sandbox, spec, user);
  const credential = await handOver(vendor, sandbox, spec, user);
  await vendor.revoke(user, credential);
  await vendor.revoke(user, credential);
  await vendor.removeAccess(spec, user);
  await vendor.ensureAccess(spec, user);
  clock.advance(8 * DAY_MS);
  world.state.invitationsLeft = 0;
  await refused(vendor.ensureAccess(spec, user));
  world.state.invitationsLeft = 50;
  await vendor.ensureAccess(spec, user);
}

function wrongToken({ world }: GitHubSandbox, { login }: VendorUser): Secret {
  const { value } = world.makeToken(login, {
    name: 'flow-sa-7k3f9q-1',
    expiresAt: '2027-03-01T00:00:00.000Z',
    repositories: [WEB.id],
    permissions: {
      repository: { metadata: 'read', actions: 'write' },
      organization: { members: 'read' },
    },
  });
  return new Secret(value);
}
