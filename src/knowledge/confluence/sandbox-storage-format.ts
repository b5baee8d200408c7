import { randomUUID } from 'node:crypto';

const TAG = /<(\/?)([a-zA-Z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/y;
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/y;
const TEXT = /(?:[^<>&]|&(?:amp|lt|gt|quot|nbsp|#\d+|#x[\da-f]+);)+/iy;
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Why Confluence refuses a body as not well formed; undefined when it takes it. */
export function refuseStorage(body: string): string | undefined {
  if (ILLEGAL.test(body)) return 'Error parsing xhtml: illegal character';
  const open: string[] = [];
  let at = 0;
  while (at < body.length) {
    const step = readToken(body, at, open);
    if (step === undefined) return `Error parsing xhtml: unexpected character at ${at}`;
    at = step;
  }
  return open.length === 0 ? undefined : `Error parsing xhtml: ${open.join(', ')} not closed`;
}

/** The position after the token at `at`, or undefined when there is no allowed token. */
function readToken(body: string, at: number, open: string[]): number | undefined {
  for (const expression of [TEXT, CDATA]) {
    expression.lastIndex = at;
    if (expression.test(body)) return expression.lastIndex;
  }
  TAG.lastIndex = at;
  const tag = TAG.exec(body);
  const [, closing, name = '', , empty] = tag ?? [];
  if (tag === null) return undefined;
  if (closing === '/') {
    if (open.pop() !== name) return undefined;
  } else if (empty !== '/') open.push(name);
  return TAG.lastIndex;
}

/** Confluence gives every macro an id and a schema version when it stores it. */
export function normalise(body: string): string {
  return body.replaceAll(
    /<ac:structured-macro ac:name="(\w+)">/g,
    (_match, name: string) =>
      `<ac:structured-macro ac:name="${name}" ac:schema-version="1" ac:macro-id="${randomUUID()}">`,
  );
}
