/**
 * Does the work for one key at a time and skips what is out of date: while one piece is under way
 * only the newest of those that arrive is kept.
 */
export function createNewest(): (key: string, work: () => Promise<void>) => Promise<void> {
  const running = new Map<string, { next: (() => Promise<void>) | null; done: Promise<void> }>();

  return (key, work) => {
    const busy = running.get(key);
    if (busy !== undefined) {
      busy.next = work;
      return busy.done;
    }
    const state = { next: work as (() => Promise<void>) | null, done: Promise.resolve() };
    state.done = drain();
    running.set(key, state);
    return state.done;

    async function drain(): Promise<void> {
      // One turn of the event loop, so that `running` knows this key before any work is done.
      await Promise.resolve();
      try {
        while (state.next !== null) {
          const current = state.next;
          state.next = null;
          await current();
        }
      } finally {
        running.delete(key);
      }
    }
  };
}
