import type { BoardView, Change, MessageView, Parts } from '../wire.ts';

const held = new Map<string, unknown>();
const listeners = new Set<() => void>();
let events: EventSource | null = null;
let connected = false;

/** Shows the workspace as this person sees it, from now on. */
export function watchAs(personId: string): void {
  events?.close();
  events = new EventSource(`events?as=${encodeURIComponent(personId)}`);
  events.addEventListener('message', ({ data }) => take(JSON.parse(String(data)) as Change));
  events.addEventListener('error', () => {
    connected = false;
    tell();
  });
}

function take({ whole, set, gone }: Change): void {
  if (whole) held.clear();
  for (const [key, value] of Object.entries(set)) held.set(key, value);
  for (const key of gone) held.delete(key);
  connected = true;
  tell();
}

/** Draw again, e.g. because the page shows another place. */
export function tell(): void {
  for (const listener of listeners) listener();
}

export function onChange(listener: () => void): void {
  listeners.add(listener);
}

export function isConnected(): boolean {
  return connected;
}

/** Undefined until the first news has come. */
export function part<Name extends keyof Parts>(name: Name): Parts[Name] | undefined {
  return held.get(name) as Parts[Name] | undefined;
}

export function messages(): readonly MessageView[] {
  const all = [...held].filter(([key]) => key.startsWith('message:'));
  return all.map(([, value]) => value as MessageView).sort((a, b) => compare(a.ts, b.ts));
}

export function boards(): readonly BoardView[] {
  const order = [...held].filter(([key]) => key.startsWith('board:'));
  return order.map(([, value]) => value as BoardView);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
