/** An IMAP argument: a text (atom, quoted string or literal) or a list of them. */
export type Argument = string | readonly Argument[];

export interface Command {
  readonly tag: string;
  readonly name: string;
  readonly args: readonly Argument[];
}

export type Taken =
  | { readonly kind: 'command'; readonly command: Command; readonly rest: string }
  /** A literal is announced; the client waits to be told to go on. */
  | { readonly kind: 'go-on' }
  | { readonly kind: 'more' };

/** Takes one command from the front of what has arrived (RFC 3501, section 2.2). */
export function takeCommand(input: string, toldToGoOn: boolean): Taken {
  let from = 0;
  for (;;) {
    const end = input.indexOf('\r\n', from);
    if (end === -1) return { kind: 'more' };
    const literal = /\{(\d+)(\+?)\}$/.exec(input.slice(from, end));
    if (literal === null) {
      return { kind: 'command', command: parse(input.slice(0, end)), rest: input.slice(end + 2) };
    }
    const stop = end + 2 + Number(literal[1]);
    if (input.length < stop) {
      return { kind: literal[2] === '+' || toldToGoOn ? 'more' : 'go-on' };
    }
    from = stop;
  }
}

const TOKEN = /\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|\{(\d+)\+?\}\r\n|((?:\[[^\]]*\]|[^\s()"])+))/y;

function parse(text: string): Command {
  const stack: Argument[][] = [[]];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [, open, close, quoted, size, atom = ''] = match;
    if (open !== undefined) stack.push([]);
    else if (close !== undefined) closeList(stack);
    else if (size !== undefined) stack.at(-1)?.push(takeLiteral(text, Number(size)));
    else stack.at(-1)?.push(quoted?.replaceAll(/\\(.)/g, '$1') ?? atom);
  }
  const [tag, name, ...args] = stack[0] ?? [];
  return { tag: words(tag), name: words(name).toUpperCase(), args };
}

function closeList(stack: Argument[][]): void {
  const list = stack.pop() ?? [];
  stack.at(-1)?.push(list);
}

function takeLiteral(text: string, size: number): string {
  const start = TOKEN.lastIndex;
  TOKEN.lastIndex = start + size;
  return text.slice(start, start + size);
}

export function words(argument: Argument | undefined): string {
  return typeof argument === 'string' ? argument : '';
}

export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** `1:3,7` and `2:*` over the numbers that exist. */
export function inSet(set: string, number: number, largest: number): boolean {
  return set.split(',').some((part) => {
    const [first = 0, last = first] = part
      .split(':')
      .map((end) => (end === '*' ? largest : Number(end)));
    return number >= Math.min(first, last) && number <= Math.max(first, last);
  });
}
