import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { untilSignal } from '../cli/signals.ts';
import { counted } from '../domain/counted.ts';
import { KINDS } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import { verificationOf } from '../steps/known-facts.ts';
import { ORDERS, play } from './play.ts';
import { openSandboxWorld } from './run.ts';

// Here nobody needs a minute to read a task, so the app may be quicker than Slack's limits allow.
const HASTE = 5;

/** Plays the three kinds end to end. Resolves with the exit code: 0 only if all ended verified. */
export async function demo(): Promise<number> {
  const say = (line: string): void => console.log(line);
  const began = performance.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-demo-'));
  // The database's own user must get through; started as root, the server runs as another one.
  await chmod(dataDir, 0o755);
  say(
    'Starting a sandbox: a Slack workspace, ten Git and ticket vendors, Vault, Confluence, Flow, mail and PostgreSQL, all on loopback.',
  );
  const sandbox = await openSandboxWorld({ dataDir, logLevel: 'error', paceScale: HASTE });
  try {
    const product = await sandbox.startProduct();
    try {
      const interrupted = untilSignal().then(() => 'interrupted' as const);
      const played = playAll({ sandbox, product, say });
      const ended = await Promise.race([played, interrupted]);
      if (ended === 'interrupted') {
        played.catch(() => undefined);
        return 130;
      }
      return summarise(ended, say, began);
    } finally {
      await product.close();
    }
  } finally {
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function playAll(stage: Parameters<typeof play>[2]): Promise<Request[]> {
  const ended: Request[] = [];
  for (const kind of KINDS) ended.push(await play(kind, ORDERS[kind], stage));
  return ended;
}

function summarise(ended: readonly Request[], say: (line: string) => void, began: number): number {
  say('\nHow it ended');
  const verdicts = ended.map((request) => {
    const proof = verificationOf(request);
    const verified = request.state === 'done' && proof !== undefined;
    const how = verified
      ? `verified, sees ${counted(proof.sees.count, proof.sees.noun)}`
      : `${request.state}: ${request.failure?.message ?? 'not verified'}`;
    say(`  ${request.id}  ${request.order.kind.padEnd(11)}  ${request.order.address}  ${how}`);
    return verified;
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const all = verdicts.length === KINDS.length && verdicts.every(Boolean);
  say(
    all
      ? `All three ended verified, in ${seconds} s.`
      : `Not all three ended verified (${seconds} s).`,
  );
  return all ? 0 : 1;
}
