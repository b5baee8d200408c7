export type Turns = ReturnType<typeof createTurns>;

/**
 * Lets calls about one account wait for each other. There is only one impersonation token for each
 * account, so two runs at the same moment would take it from one another.
 */
export function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
