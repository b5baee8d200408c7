import { registries } from '../composition/registries.ts';
import { startProduct } from '../composition/product.ts';
import { findConfigFile, readConfig, surroundings } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import type { ValidConfig } from '../config/validate.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { untilSignal } from './signals.ts';

/** Runs until Ctrl-C or SIGTERM, then closes everything in reverse order. */
export async function start(
  file: string | undefined,
  parts: { readonly slack: boolean; readonly worker: boolean },
): Promise<void> {
  const around = surroundings();
  const found = findConfigFile(file, around);
  if (found === undefined) {
    const { startInSandbox } = await import('../sandbox/start.ts');
    return startInSandbox(untilSignal());
  }
  const config = readConfig(found, registries, around);
  if (config.slack?.bot_token !== undefined) return startForReal(config, parts);
  throw new ConfigError([
    {
      key: 'slack.bot_token',
      found: 'nothing',
      problem: `is missing in ${found}; without any configuration the app starts its own sandbox`,
      example: 'env:SLACK_BOT_TOKEN',
    },
  ]);
}

async function startForReal(
  config: ValidConfig,
  parts: { readonly slack: boolean; readonly worker: boolean },
): Promise<void> {
  const log = createLog(config.log_level);
  const ended = untilSignal();
  const product = await startProduct({ config, clock: systemClock, log, parts });
  log.info({ url: product.url, ...parts }, 'Ready');
  const signal = await ended;
  log.info({ signal }, 'Stopping: nothing new is taken, what runs is finished');
  await product.close();
}
