export interface LatestSearch {
  now(): Promise<void>;
  /** After a pause in typing. */
  soon(): void;
  /** What is still on its way is not wanted any more. */
  callOff(): void;
}

const PAUSE_MS = 150;

/** Only the newest search counts, and none that was called off. */
export function createLatestSearch<Found>(
  search: () => Promise<Found>,
  show: (found: Found) => void,
): LatestSearch {
  let round = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function callOff(): void {
    clearTimeout(timer);
    round += 1;
  }

  async function now(): Promise<void> {
    callOff();
    const mine = round;
    const found = await search();
    if (mine === round) show(found);
  }

  return {
    now,
    soon() {
      clearTimeout(timer);
      timer = setTimeout(() => void now(), PAUSE_MS);
    },
    callOff,
  };
}
