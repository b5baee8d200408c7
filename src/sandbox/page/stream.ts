import type { ServerResponse } from 'node:http';

import { snapshotFor } from './snapshot.ts';
import type { Stage } from './stage.ts';
import type { Change } from './wire.ts';

const SETTLE_MS = 40;
/** Vendors and records change without Slack noticing. */
const LOOK_EVERY_MS = 700;

/** Tells the browser what changed for one person, as server-sent events, until it goes away. */
export function streamTo(
  response: ServerResponse,
  personId: string,
  stage: Stage,
  report: (error: unknown) => void,
): void {
  let sent: ReadonlyMap<string, string> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let open = true;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });

  async function push(): Promise<void> {
    const now = await snapshotFor(stage, personId);
    const change = changeFrom(sent, now);
    sent = now;
    if (open && change !== null) response.write(`data: ${change}\n\n`);
  }

  function soon(delayMs: number): void {
    if (!open || (timer !== null && delayMs > SETTLE_MS)) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      push()
        .catch(report)
        .finally(() => {
          timer = null;
          soon(LOOK_EVERY_MS);
        });
    }, delayMs);
  }

  const stop = stage.sandbox.slack.world.onChange(() => soon(SETTLE_MS));
  response.on('close', () => {
    open = false;
    stop();
    if (timer !== null) clearTimeout(timer);
  });
  soon(0);
}

/** JSON of what the browser does not know yet; null when there is nothing. */
function changeFrom(
  before: ReadonlyMap<string, string> | null,
  now: ReadonlyMap<string, string>,
): string | null {
  const set = [...now].filter(([key, value]) => before?.get(key) !== value);
  const gone = [...(before?.keys() ?? [])].filter((key) => !now.has(key));
  if (before !== null && set.length === 0 && gone.length === 0) return null;
  const change: Change = {
    whole: before === null,
    set: Object.fromEntries(set.map(([key, value]) => [key, JSON.parse(value) as unknown])),
    gone,
  };
  return JSON.stringify(change);
}
