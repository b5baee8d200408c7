import type { World } from './world.ts';

export interface WaitOptions {
  readonly timeoutMs?: number;
  /** Named when the wait is in vain. */
  readonly what?: string;
}

const PATIENCE_MS = 15_000;

/** Looks now and after every change in the workspace until there is something to see. */
export function waitFor<T>(
  world: World,
  look: () => T | undefined | null | false,
  options: WaitOptions = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => undefined;
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Waited in vain for ${options.what ?? 'a change in the workspace'}.`));
    }, options.timeoutMs ?? PATIENCE_MS);
    function attempt(): void {
      try {
        const seen = look();
        if (seen === undefined || seen === null || seen === false) return;
        resolve(seen);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      clearTimeout(timer);
      stop();
    }
    stop = world.onChange(attempt);
    attempt();
  });
}
