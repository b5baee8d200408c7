import { setTimeout as after } from 'node:timers/promises';

export interface InFlight {
  track<T>(work: Promise<T>): Promise<T>;
  /** True when everything ended in time. */
  drain(timeoutMs: number): Promise<boolean>;
}

/** Bolt stops listening without waiting for listeners that are still at work; this waits. */
export function createInFlight(): InFlight {
  const running = new Set<Promise<unknown>>();

  async function settled(): Promise<true> {
    while (running.size > 0) await Promise.allSettled(running);
    return true;
  }

  return {
    async track(work) {
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    async drain(timeoutMs) {
      const stop = new AbortController();
      const late = after(timeoutMs, false as const, { signal: stop.signal }).catch(() => false);
      try {
        return await Promise.race([settled(), late]);
      } finally {
        stop.abort();
      }
    },
  };
}
