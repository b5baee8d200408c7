import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { writeHandover } from './handover.ts';
import type { Sandbox } from './run.ts';

export interface WorkerControl {
  readonly state: 'working' | 'killed' | 'starting';
  /** When it came into this state; ISO 8601. */
  readonly since: string;
  /** Ends the process at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Lets it finish what it does. */
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('worker-process.ts', import.meta.url));

/** The worker of a sandbox in a process of its own: it can be killed and started again. */
export async function startWorker(sandbox: Sandbox): Promise<WorkerControl> {
  let child: ChildProcess | null = null;
  let status: Pick<WorkerControl, 'state' | 'since'> = now('killed');
  const become = (state: WorkerControl['state']): void => {
    status = now(state);
    sandbox.slack.world.changed();
  };

  async function start(): Promise<void> {
    if (child !== null) return;
    become('starting');
    const started = begin(sandbox);
    child = started;
    started.once('exit', () => {
      if (child === started) child = null;
      become('killed');
    });
    if (await isWorking(started)) become('working');
    else if (child === started) throw new Error('The worker did not start.');
  }

  async function end(how: (living: ChildProcess) => void): Promise<void> {
    if (child === null) return;
    const ended = once(child, 'exit');
    how(child);
    await ended;
  }

  await start();
  return {
    get state() {
      return status.state;
    },
    get since() {
      return status.since;
    },
    start,
    kill: () => end((living) => living.kill('SIGKILL')),
    close: () => end((living) => living.stdin?.end()),
  };
}

function now(state: WorkerControl['state']) {
  return { state, since: new Date().toISOString() };
}

function begin(sandbox: Sandbox): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  // Writing to a process that was killed meanwhile is no accident here.
  child.stdin.on('error', () => undefined);
  child.stdin.write(
    writeHandover({ raw: sandbox.rawConfig(), paceScale: sandbox.options.paceScale }),
  );
  return child;
}

/** Resolves when it says so, or with false when it ends without having said anything. */
function isWorking(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.stdout?.once('data', () => resolve(true));
    child.once('exit', () => resolve(false));
    child.once('error', () => resolve(false));
  });
}
