import { headerValues } from './mail-headers.ts';
import type { MailHeaders } from './mail-headers.ts';

/**
 * Whose word counts: the name with which our own receiving server begins its
 * Authentication-Results header. Null for Exchange Online, which writes none.
 */
export interface Trust {
  readonly authservId: string | null;
}

/**
 * The domain a mail comes from, if it is one of the expected domains (or below one) and our own
 * server has found that it really does. What the sender wrote itself is never enough.
 * https://www.rfc-editor.org/rfc/rfc8601.html
 */
export function authenticSender(
  headers: MailHeaders,
  trust: Trust,
  domains: readonly string[],
): string | undefined {
  const domain = fromDomain(headers);
  if (domain === undefined || !domains.some((known) => isWithin(domain, known))) return undefined;
  const results = ourResults(headers, trust) ?? [];
  const dmarc = results.filter(({ method }) => method === 'dmarc');
  const isProven =
    dmarc.length > 0
      ? dmarc.every((each) => each.result === 'pass' && each.headerFrom === domain)
      : results.some((each) => isAlignedSignature(each, domain, domains));
  return isProven ? domain : undefined;
}

interface Result {
  readonly method: string;
  readonly result: string;
  readonly headerFrom: string | undefined;
  /** The domain that signed (DKIM). */
  readonly signer: string | undefined;
}

/** The signer answers for the sender's domain, and is itself one of the expected. */
function isAlignedSignature(result: Result, domain: string, domains: readonly string[]): boolean {
  const { method, signer } = result;
  if (method !== 'dkim' || result.result !== 'pass' || signer === undefined) return false;
  return isWithin(domain, signer) && domains.some((known) => isWithin(signer, known));
}

function isWithin(domain: string, parent: string): boolean {
  return domain === parent.toLowerCase() || domain.endsWith(`.${parent.toLowerCase()}`);
}

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/;

/** From one From header with one address; with more, readers and servers may see different ones. */
function fromDomain(headers: MailHeaders): string | undefined {
  const values = headerValues(headers, 'From');
  if (values.length !== 1) return undefined;
  const plain = withoutComments(values[0] ?? '').replaceAll(QUOTED, ' ');
  const address = /^[^<>,]*<\s*([^\s<>,@]+@[^\s<>,@]+)\s*>\s*$/.exec(plain)?.[1] ?? plain.trim();
  const domain = /^[^\s<>,@]+@([^\s<>,@]+)$/.exec(address)?.[1]?.toLowerCase();
  return domain !== undefined && DOMAIN.test(domain) ? domain : undefined;
}

/**
 * The topmost header with our server's name: anything below it may have come with the mail.
 * Undefined when our server has said nothing.
 */
function ourResults(headers: MailHeaders, { authservId }: Trust): readonly Result[] | undefined {
  const all = headerValues(headers, 'Authentication-Results').map(parseResults);
  const ours =
    authservId === null
      ? all.slice(0, 1).find(({ id }) => id === null)
      : all.find(({ id }) => id === authservId.toLowerCase());
  return ours?.results;
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

function parseResults(value: string): { id: string | null; results: readonly Result[] } {
  const plain = withoutComments(value);
  // A quote that never ends hides where a stranger's words begin.
  if (plain.replaceAll(QUOTED, '').includes('"')) return { id: '', results: [] };
  const [first = '', ...rest] = segments(plain);
  const hasId = pairs(first).length === 0;
  const id = hasId ? (first.trim().split(/\s+/)[0] ?? '').toLowerCase() : null;
  return { id, results: (hasId ? rest : [first, ...rest]).flatMap(parseResult) };
}

function parseResult(segment: string): Result[] {
  const [main, ...properties] = pairs(segment);
  if (main === undefined) return [];
  const property = (name: string) => properties.find(([key]) => key === name)?.[1];
  const signer = property('header.d') ?? property('header.i')?.replace(/^.*@/, '');
  const method = main[0].split('/')[0] ?? '';
  return [{ method, result: main[1], headerFrom: property('header.from'), signer }];
}

/** `name=value` outside quoted strings: inside of one, a stranger may have chosen the words. */
function pairs(segment: string): (readonly [string, string])[] {
  const token =
    /([\w./-]+)\s*=\s*((?:"(?:[^"\\]|\\.)*"|[^\s"])+)|"(?:[^"\\]|\\.)*"|[^\s"=]+|[^\s]/g;
  return [...segment.toLowerCase().matchAll(token)].flatMap(([, name, value]) =>
    name === undefined || value === undefined ? [] : [[name, value.replaceAll('"', '')] as const],
  );
}

function segments(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|[^;"]|")+/g) ?? [];
}

/** Comments in parentheses may nest, and may hold anything. */
function withoutComments(text: string): string {
  let depth = 0;
  let plain = '';
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|\\.|[\s\S]/g)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) plain += part;
  }
  return plain;
}
