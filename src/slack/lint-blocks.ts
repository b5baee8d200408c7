import type { z } from 'zod';

import { LIMITS } from './block-limits.ts';
import { SURFACES } from './block-shapes.ts';
import type { Surface } from './block-shapes.ts';

export interface BlockProblem {
  /** In the words Slack uses where they are known. */
  readonly message: string;
  /** JSON pointer into the payload: `/blocks/0/text/text`. */
  readonly pointer: string;
  /** `refused`: Slack answers with an error. `advice`: Slack shows it, but people are worse off. */
  readonly severity: 'refused' | 'advice';
}

/** Everything wrong with a message or a view before Slack sees it; empty when all is well. */
export function lintBlocks(surface: Surface, payload: unknown): string[] {
  return findBlockProblems(surface, payload).map(describeBlockProblem);
}

export function describeBlockProblem(problem: BlockProblem): string {
  return `${problem.message} [json-pointer:${problem.pointer}]`;
}

export function findBlockProblems(surface: Surface, payload: unknown): BlockProblem[] {
  const parsed = SURFACES[surface].safeParse(payload);
  const misshapen = parsed.success ? [] : parsed.error.issues.flatMap(describeIssue);
  const found = collect(payload);
  return [
    ...misshapen,
    ...repeatedIds(found),
    ...halfDefined(found),
    ...wholeSurface(surface, payload, found),
    ...advice(surface, payload, found),
  ];
}

function describeIssue(issue: z.core.$ZodIssue): BlockProblem[] {
  const pointer = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => refused(`invalid additional property: ${key}`, pointer));
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const type = pointer.endsWith('/type') ? pointer : `${pointer}/type`;
    return [refused('unsupported or missing type', type)];
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    const [key, parent] = [issue.path.at(-1), issue.path.slice(0, -1)];
    return [refused(`missing required field: ${String(key)}`, toPointer(parent))];
  }
  return [refused(describeSize(issue) ?? describeValue(issue), pointer)];
}

function describeSize(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'too_big') {
    const limit = Number(issue.maximum);
    if (issue.origin === 'string') return `must be less than ${limit + 1} characters`;
    if (issue.origin === 'array') return `no more than ${limit} items allowed`;
    return `must be at most ${limit}`;
  }
  if (issue.code === 'too_small') {
    const limit = Number(issue.minimum);
    if (issue.origin === 'string') return `must be more than ${limit - 1} characters`;
    if (issue.origin === 'array') return `no fewer than ${limit} items allowed`;
    return `must be at least ${limit}`;
  }
  return undefined;
}

function describeValue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  return 'failed to match all allowed schemas';
}

interface Found {
  readonly pointer: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Every object in the payload with the place where it stands. */
function collect(payload: unknown, pointer = ''): Found[] {
  if (Array.isArray(payload)) {
    return payload.flatMap((item, index) => collect(item, `${pointer}/${index}`));
  }
  if (!isRecord(payload)) return [];
  const inside = Object.entries(payload)
    .filter(([key]) => key !== 'metadata' && key !== 'event_payload')
    .flatMap(([key, value]) => collect(value, `${pointer}/${key}`));
  return [{ pointer, value: payload }, ...inside];
}

function repeatedIds(found: readonly Found[]): BlockProblem[] {
  const seen = new Set<string>();
  return found.flatMap(({ pointer, value }) =>
    (['block_id', 'action_id'] as const).flatMap((key) => {
      const id = value[key];
      if (typeof id !== 'string') return [];
      // Block ids are unique on the surface, action ids within their block.
      const scope = key === 'block_id' ? '' : (/^\/blocks\/\d+/.exec(pointer)?.[0] ?? '');
      const name = `${key} ${scope} ${id}`;
      const repeated = seen.has(name);
      seen.add(name);
      return repeated ? [refused(`\`${key}\` "${id}" already exists`, `${pointer}/${key}`)] : [];
    }),
  );
}

type Needed = readonly [keys: readonly string[], how: 'any' | 'one'];

const EITHER: Readonly<Record<string, Needed>> = {
  section: [['text', 'fields'], 'any'],
  image: [['image_url', 'slack_file'], 'one'],
  static_select: [['options', 'option_groups'], 'one'],
  multi_static_select: [['options', 'option_groups'], 'one'],
  card: [['hero_image', 'title', 'actions', 'body'], 'any'],
  container: [['title', 'rich_text_title'], 'any'],
};

/** Fields that need each other, or exclude each other. */
function halfDefined(found: readonly Found[]): BlockProblem[] {
  return found.flatMap(({ pointer, value }) => {
    const [keys, how] = EITHER[String(value['type'])] ?? [[], 'any'];
    const given = keys.filter((key) => value[key] !== undefined).length;
    if (keys.length > 0 && (given === 0 || (how === 'one' && given > 1))) {
      const names = keys.map((key) => `\`${key}\``).join(' or ');
      return [refused(`must define either ${names}`, pointer)];
    }
    return unknownInitial(value) ? [refused('`initial_option` is not an option', pointer)] : [];
  });
}

function unknownInitial(value: Readonly<Record<string, unknown>>): boolean {
  const groups = records(value['option_groups']).flatMap((group) => records(group['options']));
  const known = [...records(value['options']), ...groups].map((option) => option['value']);
  const initial = [
    ...records(value['initial_options']),
    ...(isRecord(value['initial_option']) ? [value['initial_option']] : []),
  ];
  return known.length > 0 && initial.some((option) => !known.includes(option['value']));
}

/** Rules that no single block can break alone. */
function wholeSurface(surface: Surface, payload: unknown, found: readonly Found[]): BlockProblem[] {
  const focused = found.filter(({ value }) => value['focus_on_load'] === true).length;
  return [
    ...(focused > 1 ? [refused('only one element can have `focus_on_load`', '/blocks')] : []),
    ...(surface === 'message' ? wholeMessage(found) : wholeView(surface, payload, found)),
  ];
}

function wholeView(surface: Surface, payload: unknown, found: readonly Found[]): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const inputs = ofType(found, 'input').length;
  if (surface === 'modal' && inputs > 0 && !(isRecord(payload) && 'submit' in payload)) {
    problems.push(refused('must define `submit` to use an `input` block in modals', ''));
  }
  if (Buffer.byteLength(JSON.stringify(payload)) > LIMITS.viewBytes) {
    problems.push(refused(`must be at most ${LIMITS.viewBytes} bytes`, ''));
  }
  return problems;
}

function wholeMessage(found: readonly Found[]): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const inBlocks = found.filter(({ pointer }) => pointer.startsWith('/blocks/'));
  const tooLong = (limit: number): string => `together must be less than ${limit + 1} characters`;
  if (totalText(ofType(inBlocks, 'markdown')) > LIMITS.markdown) {
    problems.push(refused(`markdown blocks ${tooLong(LIMITS.markdown)}`, '/blocks'));
  }
  if (totalText(inBlocks) > LIMITS.blocksText) {
    problems.push(refused(`blocks ${tooLong(LIMITS.blocksText)}`, '/blocks'));
  }
  if (ofType(inBlocks, 'table').length > 1) {
    problems.push(refused('only one table allowed', '/blocks'));
  }
  const cards = ofType(inBlocks, 'task_card');
  const standalone = cards.some(({ pointer }) => /^\/blocks\/\d+$/.test(pointer));
  if (standalone && ofType(inBlocks, 'plan').length > 0) {
    problems.push(refused('`plan` and `task_card` cannot be used together', '/blocks'));
  }
  return problems;
}

function ofType(found: readonly Found[], type: string): Found[] {
  return found.filter(({ value }) => value['type'] === type);
}

function totalText(found: readonly Found[]): number {
  const lengths = found.map(({ value }) =>
    typeof value['text'] === 'string' ? value['text'].length : 0,
  );
  return lengths.reduce((sum, length) => sum + length, 0);
}

function advice(surface: Surface, payload: unknown, found: readonly Found[]): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const words = isRecord(payload) ? payload['text'] : undefined;
  if (surface === 'message' && (typeof words !== 'string' || words.trim() === '')) {
    // Notifications and screen readers read this text instead of the blocks.
    problems.push(advise('a message needs a top-level `text`', ''));
  }
  const sets = new Map<string, number>();
  for (const { pointer, value } of found) {
    if (value['type'] !== 'button' || value['style'] !== 'primary') continue;
    const set = pointer.replace(/\/\d+$/, '');
    sets.set(set, (sets.get(set) ?? 0) + 1);
  }
  for (const [set, count] of sets) {
    if (count > 1) problems.push(advise('only one button of a set should be primary', set));
  }
  return problems;
}

function refused(message: string, pointer: string): BlockProblem {
  return { message, pointer, severity: 'refused' };
}

function advise(message: string, pointer: string): BlockProblem {
  return { message, pointer, severity: 'advice' };
}

function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part)}`).join('');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
