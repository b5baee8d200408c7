import type { IncomingMessage } from 'node:http';

/** Far more than any credential; forms above it are refused. */
const LARGEST_BODY = 64 * 1024;
/** How much of a refused body is still read, so that the client gets to see the answer. */
const LARGEST_DISCARD = 1024 * 1024;

/** The whole body, or undefined when it is larger than we take. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early must not cut the connection that the answer goes out on.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length <= LARGEST_BODY) chunks.push(bytes);
    else chunks.length = 0;
    if (length > LARGEST_DISCARD) break;
  }
  return length > LARGEST_BODY ? undefined : Buffer.concat(chunks);
}
