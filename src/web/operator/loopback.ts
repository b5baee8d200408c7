import type { IncomingMessage } from 'node:http';

const FORWARDING = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Does this come from a program on this very machine, asking for this very machine? The peer's
 * address alone would let in whatever a proxy or a foreign page in a browser here passes on.
 */
export function isFromLoopback(request: IncomingMessage): boolean {
  if (FORWARDING.some((name) => request.headers[name] !== undefined)) return false;
  if (!isLoopbackAddress(request.socket.remoteAddress)) return false;
  const { host } = request.headers;
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  return isLoopbackName(new URL(`http://${host}`).hostname);
}

function isLoopbackAddress(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/, '');
  return plain === '::1' || (plain?.startsWith('127.') ?? false);
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
