import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { startProduct } from '../composition/product.ts';
import type { Product } from '../composition/product.ts';
import { registries } from '../composition/registries.ts';
import { checkConfig } from '../config/load.ts';
import { systemClock } from '../lib/clock.ts';
import type { Clock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import type { Log } from '../lib/log.ts';
import { openOutside } from './outside.ts';
import type { Outside } from './outside.ts';
import { CHANNEL, GROUPS, PEOPLE } from './people.ts';
import { rawConfig } from './raw-config.ts';
import type { RawOptions } from './raw-config.ts';
import { startSlackWorkspace } from './slack/workspace.ts';
import type { WorkspaceOptions } from './slack/workspace-options.ts';
import type { SlackWorkspace } from './slack/workspace.ts';

export interface SandboxOptions extends Omit<RawOptions, 'port'> {
  /** The app's port if it is free, else any; absent: any. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly slack?: WorkspaceOptions;
  /** How many times faster than published the app may call this Slack; 1 unless told otherwise. */
  readonly paceScale?: number;
}

export interface Sandbox {
  readonly slack: SlackWorkspace;
  readonly outside: Outside;
  readonly options: SandboxOptions;
  /** Starts the product against this outside world; may be called again after it was closed. */
  startProduct(parts?: { readonly slack: boolean; readonly worker: boolean }): Promise<Product>;
  /** The product's configuration, for a second process of it. */
  rawConfig(): unknown;
  close(): Promise<void>;
}

/** A Slack workspace and every vendor on loopback, ready for a product to run in it. */
export async function openSandboxWorld(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? systemClock;
  const slack = await startSlackWorkspace({
    clock,
    people: Object.values(PEOPLE),
    channels: [CHANNEL],
    groups: Object.values(GROUPS).map((group) => ({ ...group, users: [...group.users] })),
    ...options.slack,
  });
  const outside = await openOutside(clock);
  const port = await freePort(options.port);
  const ownConfig = (): unknown => rawConfig(slack, outside, { ...options, port });
  return {
    slack,
    outside,
    options,
    rawConfig: ownConfig,
    async startProduct(parts) {
      const config = checkConfig(ownConfig(), registries, { env: {} });
      const log = options.log ?? createLog(config.log_level);
      const product = await startProduct({
        config,
        clock,
        log,
        paceScale: options.paceScale,
        ...(parts === undefined ? {} : { parts }),
      });
      const bySocket = config.slack?.app_token !== undefined;
      if (product.url !== null && !bySocket) slack.connect(`${product.url}/slack/events`);
      return product;
    },
    async close() {
      await outside.close();
      await slack.close();
    },
  };
}

/** A port nobody listens on: the wanted one if it can be had. */
async function freePort(wanted = 0): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => resolve((probe.address() as AddressInfo).port));
  }).catch(() => freePort(0));
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}
