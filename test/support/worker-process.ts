// A worker in a process of its own: started by the tests of processes, often to be killed.
import { text } from 'node:stream/consumers';

import { registries } from '../../src/composition/registries.ts';
import { startProduct } from '../../src/composition/product.ts';
import { checkConfig } from '../../src/config/load.ts';
import { Secret } from '../../src/domain/secret.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';

const raw: unknown = JSON.parse(await text(process.stdin), (_key, value: unknown) => {
  const secret = (value as { $secret?: string } | null)?.$secret;
  return typeof secret === 'string' ? new Secret(secret) : value;
});
await startProduct({
  config: checkConfig(raw, registries, { env: {} }),
  clock: systemClock,
  log: createLog('silent'),
  parts: { slack: false, worker: true },
});
process.stdout.write('working\n');
