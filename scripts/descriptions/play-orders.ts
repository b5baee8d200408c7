import { Secret } from '../../src/domain/secret.ts';
import type { AdapterSandbox, SandboxDeps } from '../../src/sandbox/kit/adapter-sandbox.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import type { AccountSpec, Vendor, VendorDefinition } from '../../src/vendors/vendor.ts';
import { playClock, record, silent } from './play.ts';
import type { PlayClock } from './play.ts';
import { playVendor, specOf } from './play-vendor.ts';

/** One vendor on a fresh sandbox, with one order. */
export interface Scene<Sandbox extends AdapterSandbox> {
  readonly vendor: Vendor;
  readonly sandbox: Sandbox;
  readonly spec: AccountSpec;
  readonly clock: PlayClock;
}

export interface Life<Sandbox extends AdapterSandbox> {
  readonly definition: VendorDefinition;
  open(deps: SandboxDeps): Promise<Sandbox>;
  /** Configurations to live through; each changes what the sandbox proposes. */
  readonly configs: readonly Readonly<Record<string, unknown>>[];
  scope(sandbox: Sandbox): AccountSpec['scope'];
  /** What people do wrong after the verification, and what the vendor refuses then. */
  afterVerification(scene: Scene<Sandbox>, user: Parameters<Vendor['revoke']>[0]): Promise<void>;
  /** What goes wrong before there is a user, on a sandbox of its own. */
  refusals(scene: Scene<Sandbox>): Promise<void>;
}

const PASSWORD = new Secret('Kp7-stored-password-of-the-account');

/** Every kind of order at one vendor, under each configuration, and then what it refuses. */
export async function playOrders<Sandbox extends AdapterSandbox>(
  life: Life<Sandbox>,
): Promise<Exchange[]> {
  const all: Exchange[] = [];
  for (const config of life.configs) {
    for (const wishes of ordersOf(life.definition)) {
      const play = (scene: Scene<Sandbox>) =>
        playVendor(scene.vendor, scene.sandbox, scene.spec, (user) =>
          life.afterVerification(scene, user),
        );
      all.push(...(await onStage(life, config, wishes, play)));
    }
    all.push(...(await onStage(life, config, {}, (scene) => life.refusals(scene))));
  }
  return all;
}

function ordersOf({ git, services }: VendorDefinition): Partial<AccountSpec>[] {
  const orders: Partial<AccountSpec>[] = [
    { services },
    { services, access: 'owner' },
    { services: [], kind: 'automation' },
  ];
  return orders.filter(({ kind }) => git || kind !== 'automation');
}

async function onStage<Sandbox extends AdapterSandbox>(
  { definition, open, scope }: Life<Sandbox>,
  config: Readonly<Record<string, unknown>>,
  wishes: Partial<AccountSpec>,
  play: (scene: Scene<Sandbox>) => Promise<void>,
): Promise<Exchange[]> {
  const clock = playClock();
  return record(await open({ clock }), async (sandbox) => {
    const spec = specOf({
      scope: scope(sandbox),
      password: () => Promise.resolve(PASSWORD),
      ...wishes,
    });
    const deps = { clock, log: silent, connectionName: `${definition.name} acme` };
    const settings = definition.schema.parse({ ...sandbox.config, ...config });
    await play({ vendor: definition.open(settings, deps), sandbox, spec, clock });
  });
}
