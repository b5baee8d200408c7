import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Secret } from '../../src/domain/secret.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import type { Sandbox } from '../../src/sandbox/run.ts';

export interface WorkerProcess {
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a worker in a process of its own against a sandbox's world; it works when this returns. */
export async function startWorker({ slack, outside, options }: Sandbox): Promise<WorkerProcess> {
  const raw = rawConfig(slack, outside, { ...options, port: 1 });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'worker-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  child.stdin.end(JSON.stringify(withSecrets(raw)));
  await Promise.race([
    once(child.stdout, 'data'),
    gone.then(() => {
      throw new Error('The worker ended before it worked');
    }),
  ]);
  return {
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** A `Secret` refuses to be written down; its own process may know it all the same. */
function withSecrets(value: unknown): unknown {
  if (value instanceof Secret) return { $secret: value.reveal() };
  if (Array.isArray(value)) return value.map((each) => withSecrets(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withSecrets(one)]));
}
