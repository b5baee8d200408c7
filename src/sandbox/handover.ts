import { Secret } from '../domain/secret.ts';

interface Handover {
  readonly raw: unknown;
  readonly paceScale: number | undefined;
}

/** One line of JSON in which the sandbox's secrets travel to the worker's process and nowhere else. */
export function writeHandover(handover: Handover): string {
  const line = JSON.stringify(handover, function keep(this: unknown, key, value: unknown) {
    // `value` has been through toJSON already, which hides what a secret is.
    const held = (this as Record<string, unknown>)[key];
    return held instanceof Secret ? { $secret: held.reveal() } : value;
  });
  return `${line}\n`;
}

/** Reads up to the end of the line; the rest of the stream stays unread. */
export async function readHandover(chunks: AsyncIterator<Buffer>): Promise<Handover> {
  let text = '';
  while (!text.includes('\n')) {
    const next = await chunks.next();
    if (next.done === true) throw new Error('The configuration did not arrive.');
    text += next.value.toString('utf8');
  }
  return JSON.parse(text, (_key, value: unknown) => {
    const secret = (value as { $secret?: unknown } | null)?.$secret;
    return typeof secret === 'string' ? new Secret(secret) : value;
  }) as Handover;
}
