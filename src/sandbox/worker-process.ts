// The sandbox's worker in a process of its own, so that it can be killed without mercy.
// It reads its configuration from stdin and ends when stdin does, so it never outlives its parent.
import { startProduct } from '../composition/product.ts';
import { registries } from '../composition/registries.ts';
import { checkConfig } from '../config/load.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { readHandover } from './handover.ts';

// Ctrl-C in a terminal reaches the whole group; the parent decides when this one ends.
process.on('SIGINT', () => undefined);

const input = process.stdin[Symbol.asyncIterator]();
const { raw, paceScale } = await readHandover(input);
const config = checkConfig(raw, registries, { env: {} });
const product = await startProduct({
  config,
  clock: systemClock,
  log: createLog(config.log_level),
  parts: { slack: false, worker: true },
  paceScale,
});
process.stdout.write('working\n');
while ((await input.next()).done !== true);
await product.close();
process.exit(0);
