type Together = <T>(key: string, ask: () => Promise<T>) => Promise<T>;

interface Asking {
  readonly current: Promise<unknown>;
  next: Promise<unknown> | null;
}

/**
 * One question for all who ask the same at the same time. Nobody gets an answer to a question that
 * was asked before theirs: whoever comes while one is under way shares the one after it.
 */
export function createTogether(): Together {
  const asked = new Map<string, Asking>();

  function start<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const current = ask();
    const state: Asking = { current, next: null };
    asked.set(key, state);
    const forget = (): void => {
      if (state.next === null) asked.delete(key);
    };
    current.then(forget, forget);
    return current;
  }

  return <T>(key: string, ask: () => Promise<T>) => {
    const busy = asked.get(key);
    if (busy === undefined) return start(key, ask);
    const again = (): Promise<T> => start(key, ask);
    busy.next ??= busy.current.then(again, again);
    return busy.next as Promise<T>;
  };
}
