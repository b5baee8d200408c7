import { registries } from '../../src/composition/registries.ts';
import { startProduct } from '../../src/composition/product.ts';
import type { Product } from '../../src/composition/product.ts';
import { checkConfig } from '../../src/config/load.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import type { Journey } from './journey.ts';

/** One more process of the same installation: the same database and Slack, a port of its own. */
export function startSecondProcess({ sandbox }: Journey): Promise<Product> {
  const { slack, outside, options } = sandbox;
  const config = checkConfig(rawConfig(slack, outside, { ...options, port: 0 }), registries, {
    env: {},
  });
  const { clock = systemClock, log = createLog('silent') } = options;
  return startProduct({ config, clock, log });
}

/** Slack's requests go to this process from now on. */
export function sendTo({ sandbox }: Journey, { url }: Product): void {
  sandbox.slack.connect(`${url}/slack/events`);
}
