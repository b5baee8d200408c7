/** Times in milliseconds, of one side of a comparison. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

export function spread(times: readonly number[]): Spread {
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), count: times.length };
}

/** The smallest value that at least this share of the values does not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return sorted[at] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

type Side = () => Promise<number | number[]>;

/**
 * Runs the sides one after another, round by round, so that whatever else the machine does meets
 * all of them alike. The first round warms up and is thrown away.
 */
export async function interleaved<Sides extends Readonly<Record<string, Side>>>(
  rounds: number,
  sides: Sides,
): Promise<{ [Name in keyof Sides]: number[] }> {
  const names: (keyof Sides)[] = Object.keys(sides);
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as {
    [Name in keyof Sides]: number[];
  };
  for (let round = 0; round <= rounds; round += 1) {
    // Whoever goes first may pay for what the one before left behind: take turns.
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const taken = await (sides[name] as Side)();
      if (round > 0) times[name].push(...(Array.isArray(taken) ? taken : [taken]));
    }
  }
  return times;
}

/** Looks again and again; for what has no event to wait for. */
export async function until(
  what: string,
  look: () => Promise<boolean> | boolean,
  everyMs = 1,
  patienceMs = 120_000,
): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await pause(everyMs);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
