import { spawn } from 'node:child_process';

import type { SystemUser } from './run-as.ts';

// Reads from us until we are gone, however that came about; then asks the server to stop.
const SCRIPT = 'read -r _; kill -INT "$0"';

export interface Watchdog {
  /** We stop the server ourselves. */
  release(): void;
}

/**
 * Stops the server when we die without doing so. Where there is no shell for it (Windows), the
 * next start finds the server that was left behind.
 */
export function watchOver(serverPid: number, user: SystemUser | undefined): Watchdog {
  if (process.platform === 'win32') return { release: () => undefined };
  const child = spawn('/bin/sh', ['-c', SCRIPT, String(serverPid)], {
    cwd: '/',
    env: {},
    // Ctrl-C in our terminal must not end it before us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  // A machine without a shell is like Windows: the next start cleans up.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return { release: () => void child.kill('SIGKILL') };
}
