import { isJson, jsonList, stringOf, wordsOf } from './json.ts';
import type { Json } from './json.ts';

const STATES: Readonly<Record<string, string>> = {
  pending: '[ ]',
  in_progress: '[>]',
  complete: '[x]',
  error: '[!]',
};
const ALERTS: Readonly<Record<string, string>> = {
  info: 'Info',
  warning: 'Warning',
  error: 'Error',
  success: 'Done',
};

/** A message, modal or Home tab as lines of text, for terminals and for reading tests. */
export function renderMessage(message: {
  readonly text?: string;
  readonly blocks?: readonly Json[];
}): string {
  const blocks = message.blocks ?? [];
  if (blocks.length === 0) return unescape(message.text ?? '');
  return blocks.map(renderBlock).filter(Boolean).join('\n');
}

function renderBlock(block: Json): string {
  const draw = BLOCKS[stringOf(block['type'])];
  return draw === undefined ? `(${stringOf(block['type'])})` : draw(block);
}

const BLOCKS: Readonly<Record<string, (block: Json) => string>> = {
  header: (block) => `# ${words(block['text'])}`,
  divider: () => '---',
  section: (block) => {
    const fields = jsonList(block['fields']).map((field) => words(field).replaceAll('\n', ' '));
    const accessory = isJson(block['accessory']) ? [renderElement(block['accessory'])] : [];
    return [words(block['text']), ...fields, ...accessory].filter(Boolean).join('\n');
  },
  context: (block) => jsonList(block['elements']).map(renderElement).join(' · '),
  actions: (block) => jsonList(block['elements']).map(renderElement).join(' '),
  context_actions: (block) => jsonList(block['elements']).map(renderElement).join(' '),
  input: (block) => {
    const mark = block['optional'] === true ? ' (optional)' : '';
    const hint = words(block['hint']);
    const element = isJson(block['element']) ? renderElement(block['element']) : '';
    return [`${words(block['label'])}${mark}: ${element}`, hint && `  ${hint}`]
      .filter(Boolean)
      .join('\n');
  },
  image: (block) => `(image: ${stringOf(block['alt_text'])})`,
  markdown: (block) => stringOf(block['text']),
  alert: (block) => {
    const level = ALERTS[stringOf(block['level'])];
    return level === undefined ? words(block['text']) : `${level}: ${words(block['text'])}`;
  },
  plan: (block) =>
    [stringOf(block['title']), ...jsonList(block['tasks']).map((task) => `  ${renderTask(task)}`)]
      .filter(Boolean)
      .join('\n'),
  task_card: renderTask,
  rich_text: (block) => jsonList(block['elements']).map(renderRichText).join('\n'),
  table: (block) => rows(block).join('\n'),
  data_table: (block) => [stringOf(block['caption']), ...rows(block)].join('\n'),
  card: (block) => {
    const texts = ['title', 'subtitle', 'body'].map((key) => words(block[key]));
    const buttons = jsonList(block['actions']).map(renderElement).join(' ');
    return [...texts, buttons].filter(Boolean).join('\n');
  },
  carousel: (block) => jsonList(block['elements']).map(renderBlock).join('\n'),
  container: (block) =>
    [words(block['title']), ...jsonList(block['child_blocks']).map(renderBlock)]
      .filter(Boolean)
      .join('\n'),
};

function renderTask(task: Json): string {
  const mark = STATES[stringOf(task['status'])] ?? '[?]';
  const extras = [task['details'], task['output']].filter(isJson).map(renderBlock).filter(Boolean);
  const title = unescape(stringOf(task['title']));
  return [`${mark} ${title}`, ...extras.map((extra) => `      ${extra}`)].join('\n');
}

function renderElement(element: Json): string {
  const type = stringOf(element['type']);
  if (type === 'mrkdwn' || type === 'plain_text') return words(element);
  if (type === 'image') return `(image: ${stringOf(element['alt_text'])})`;
  if (type === 'button' || type === 'workflow_button' || type === 'icon_button') {
    return `[${words(element['text'])}]`;
  }
  const options = jsonList(element['options']).map((option) => words(option['text']));
  if (options.length > 0) return `<${options.join(' | ')}>`;
  return `<${words(element['placeholder']) || type}>`;
}

function renderRichText(element: Json): string {
  if (element['type'] === 'rich_text_list') {
    return jsonList(element['elements'])
      .map((item) => `- ${renderRichText(item)}`)
      .join('\n');
  }
  return jsonList(element['elements']).map(renderInline).join('');
}

function renderInline(element: Json): string {
  switch (element['type']) {
    case 'link':
      return stringOf(element['text']) || stringOf(element['url']);
    case 'user':
      return `@${stringOf(element['user_id'])}`;
    case 'channel':
      return `#${stringOf(element['channel_id'])}`;
    case 'emoji':
      return `:${stringOf(element['name'])}:`;
    case 'date':
      return stringOf(element['fallback']);
    default:
      return stringOf(element['text']);
  }
}

function rows(block: Json): string[] {
  const list: unknown[] = Array.isArray(block['rows']) ? block['rows'] : [];
  return list.map((row) =>
    jsonList(row)
      .map((cell) => (cell['type'] === 'rich_text' ? renderBlock(cell) : stringOf(cell['text'])))
      .join(' | '),
  );
}

function words(value: unknown): string {
  return unescape(wordsOf(value));
}

/** Slack's own marks as people read them: mentions, links, dates, escaped signs. */
function unescape(text: string): string {
  return text
    .replaceAll(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<(?:https?:|mailto:)[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<(https?:[^|>]*)>/g, '$1')
    .replaceAll(
      /<([@#])([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_all, sign, id, name) => `${sign}${name ?? id}`,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
