import { describe, expect, it } from 'vitest';

import { LIMITS } from '../../src/slack/block-limits.ts';
import { findBlockProblems, lintBlocks } from '../../src/slack/lint-blocks.ts';

const words = (length: number): string => 'x'.repeat(length);
const plain = (length: number) => ({ type: 'plain_text', text: words(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: words(length) });
const many = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));
const option = (index: number) => ({ text: plain(1), value: `v${index}` });
const button = (fields: object = {}) => ({ type: 'button', text: plain(1), ...fields });
const message = (...blocks: object[]) => ({ text: 'What the blocks say', blocks });
const actions = (...elements: object[]) => message({ type: 'actions', elements });
const input = (element: object, fields: object = {}) => ({
  type: 'input',
  label: plain(1),
  element,
  ...fields,
});
const modal = (fields: object = {}) => ({
  type: 'modal',
  title: plain(5),
  submit: plain(5),
  blocks: [input({ type: 'plain_text_input' })],
  ...fields,
});
const view = (...blocks: object[]) => modal({ blocks });
const cell = { type: 'raw_text', text: 'x' };
const task = (index: number) => ({
  type: 'task_card',
  task_id: `t${index}`,
  title: 'Step',
  status: 'complete',
});

type Case = readonly [what: string, limit: number, make: (size: number) => object];

const MESSAGES: readonly Case[] = [
  [
    'blocks of a message',
    LIMITS.messageBlocks,
    (n) => message(...many(n, () => ({ type: 'divider' }))),
  ],
  ['text of a message', LIMITS.messageText, (n) => ({ text: words(n) })],
  ['text of a section', LIMITS.text, (n) => message({ type: 'section', text: mrkdwn(n) })],
  [
    'fields of a section',
    LIMITS.sectionFields,
    (n) => message({ type: 'section', fields: many(n, () => mrkdwn(1)) }),
  ],
  ['text of a field', LIMITS.fieldText, (n) => message({ type: 'section', fields: [mrkdwn(n)] })],
  ['text of a header', LIMITS.header, (n) => message({ type: 'header', text: plain(n) })],
  [
    'elements of a context',
    LIMITS.contextElements,
    (n) => message({ type: 'context', elements: many(n, () => mrkdwn(1)) }),
  ],
  ['elements of an actions block', LIMITS.actions, (n) => actions(...many(n, () => button()))],
  ['text of a button', LIMITS.buttonText, (n) => actions(button({ text: plain(n) }))],
  ['value of a button', LIMITS.buttonValue, (n) => actions(button({ value: words(n) }))],
  ['url of a button', LIMITS.url, (n) => actions(button({ url: words(n) }))],
  [
    'label of a button for screen readers',
    LIMITS.label,
    (n) => actions(button({ accessibility_label: words(n) })),
  ],
  [
    'title of a confirmation',
    LIMITS.confirmTitle,
    (n) => actions(button({ confirm: { title: plain(n), text: plain(1) } })),
  ],
  [
    'text of a confirmation',
    LIMITS.confirmText,
    (n) => actions(button({ confirm: { title: plain(1), text: plain(n) } })),
  ],
  [
    'button of a confirmation',
    LIMITS.confirmButton,
    (n) => actions(button({ confirm: { title: plain(1), text: plain(1), deny: plain(n) } })),
  ],
  ['block id', LIMITS.blockId, (n) => message({ type: 'divider', block_id: words(n) })],
  ['action id', LIMITS.actionId, (n) => actions(button({ action_id: words(n) }))],
  [
    'options of a select',
    LIMITS.options,
    (n) => actions({ type: 'static_select', options: many(n, option) }),
  ],
  [
    'groups of a select',
    LIMITS.options,
    (n) =>
      actions({
        type: 'static_select',
        option_groups: many(n, (index) => ({ label: plain(1), options: [option(index)] })),
      }),
  ],
  [
    'placeholder of a select',
    LIMITS.placeholder,
    (n) => actions({ type: 'users_select', placeholder: plain(n) }),
  ],
  [
    'text of an option',
    LIMITS.optionText,
    (n) => actions({ type: 'static_select', options: [{ text: plain(n), value: 'v' }] }),
  ],
  [
    'value of an option',
    LIMITS.optionValue,
    (n) => actions({ type: 'static_select', options: [{ text: plain(1), value: words(n) }] }),
  ],
  [
    'options of an overflow menu',
    LIMITS.overflowOptions,
    (n) => actions({ type: 'overflow', options: many(n, option) }),
  ],
  [
    'choices of checkboxes',
    LIMITS.choices,
    (n) => actions({ type: 'checkboxes', options: many(n, option) }),
  ],
  [
    'choices of radio buttons',
    LIMITS.choices,
    (n) => actions({ type: 'radio_buttons', options: many(n, option) }),
  ],
  [
    'alt text of an image',
    LIMITS.altText,
    (n) => message({ type: 'image', image_url: 'https://example.com/a.png', alt_text: words(n) }),
  ],
  ['text of an alert', LIMITS.alertText, (n) => message({ type: 'alert', text: plain(n) })],
  [
    'text of a markdown block',
    LIMITS.markdown,
    (n) => message({ type: 'markdown', text: words(n) }),
  ],
  [
    'text of all markdown blocks',
    LIMITS.markdown,
    (n) => message({ type: 'markdown', text: words(1) }, { type: 'markdown', text: words(n - 1) }),
  ],
  [
    'text of all blocks',
    LIMITS.blocksText,
    (n) =>
      message(...many(4, () => ({ type: 'section', text: mrkdwn(3000) })), {
        type: 'section',
        text: mrkdwn(n - 12_000),
      }),
  ],
  [
    'rows of a table',
    LIMITS.tableRows,
    (n) => message({ type: 'table', rows: many(n, () => [cell]) }),
  ],
  [
    'cells of a table row',
    LIMITS.tableCells,
    (n) => message({ type: 'table', rows: [many(n, () => cell)] }),
  ],
  [
    'tasks of a plan',
    LIMITS.planTasks,
    (n) => message({ type: 'plan', title: 'Steps', tasks: many(n, task) }),
  ],
  ['text of a card', LIMITS.cardBody, (n) => message({ type: 'card', body: mrkdwn(n) })],
  [
    'cards of a carousel',
    LIMITS.cards,
    (n) =>
      message({ type: 'carousel', elements: many(n, () => ({ type: 'card', title: mrkdwn(1) })) }),
  ],
  [
    'blocks of a container',
    LIMITS.containerBlocks,
    (n) =>
      message({
        type: 'container',
        title: plain(1),
        child_blocks: many(n, () => ({ type: 'divider' })),
      }),
  ],
];

const VIEWS: readonly Case[] = [
  ['blocks of a view', LIMITS.viewBlocks, (n) => view(...many(n, () => ({ type: 'divider' })))],
  ['title of a view', LIMITS.viewTitle, (n) => modal({ title: plain(n) })],
  ['submit button', LIMITS.viewTitle, (n) => modal({ submit: plain(n) })],
  ['close button', LIMITS.viewTitle, (n) => modal({ close: plain(n) })],
  ['private metadata', LIMITS.privateMetadata, (n) => modal({ private_metadata: words(n) })],
  ['callback id', LIMITS.callbackId, (n) => modal({ callback_id: words(n) })],
  ['external id', LIMITS.externalId, (n) => modal({ external_id: words(n) })],
  [
    'label of an input',
    LIMITS.inputLabel,
    (n) => view(input({ type: 'plain_text_input' }, { label: plain(n) })),
  ],
  [
    'hint of an input',
    LIMITS.inputLabel,
    (n) => view(input({ type: 'plain_text_input' }, { hint: plain(n) })),
  ],
  [
    'max_length of a text input',
    LIMITS.inputText,
    (n) => view(input({ type: 'plain_text_input', max_length: n })),
  ],
  [
    'placeholder of an e-mail input',
    LIMITS.placeholder,
    (n) => view(input({ type: 'email_text_input', placeholder: plain(n) })),
  ],
  ['files of a file input', LIMITS.files, (n) => view(input({ type: 'file_input', max_files: n }))],
];

describe('sizes', () => {
  it.each(MESSAGES)('takes the %s at %i and refuses one more', (_what, limit, make) => {
    const atLimit = lintBlocks('message', make(limit));
    const oneAbove = lintBlocks('message', make(limit + 1));

    expect(atLimit).toEqual([]);
    expect(oneAbove).not.toEqual([]);
  });

  it.each(VIEWS)('takes the %s at %i and refuses one more', (_what, limit, make) => {
    const atLimit = lintBlocks('modal', make(limit));
    const oneAbove = lintBlocks('modal', make(limit + 1));

    expect(atLimit).toEqual([]);
    expect(oneAbove).not.toEqual([]);
  });

  it('refuses a view of more bytes than Slack takes, counting bytes and not letters', () => {
    const section = { type: 'section', text: { type: 'mrkdwn', text: 'é'.repeat(2900) } };

    const fits = lintBlocks('home', { type: 'home', blocks: many(42, () => section) });
    const tooLarge = lintBlocks('home', { type: 'home', blocks: many(43, () => section) });

    expect(fits).toEqual([]);
    expect(tooLarge).toEqual(['must be at most 250000 bytes [json-pointer:]']);
  });

  it('refuses empty texts', () => {
    const problems = lintBlocks('message', message({ type: 'section', text: mrkdwn(0) }));

    expect(problems).toEqual(['must be more than 0 characters [json-pointer:/blocks/0/text/text]']);
  });
});

describe('shapes', () => {
  it.each([
    [
      'an unknown block',
      message({ type: 'text' }),
      'unsupported or missing type [json-pointer:/blocks/0/type]',
    ],
    [
      'a misspelt field',
      actions(button({ styel: 'primary' })),
      'invalid additional property: styel [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'a missing field',
      message({ type: 'header' }),
      'missing required field: text [json-pointer:/blocks/0]',
    ],
    [
      'markup where plain text belongs',
      message({ type: 'header', text: mrkdwn(1) }),
      'must be one of plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a text input outside an input block',
      actions({ type: 'plain_text_input' }),
      'unsupported or missing type [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a section without text and fields',
      message({ type: 'section' }),
      'must define either `text` or `fields` [json-pointer:/blocks/0]',
    ],
    [
      'a select without options',
      actions({ type: 'static_select' }),
      'must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'a choice made in advance that is not offered',
      actions({ type: 'static_select', options: [option(1)], initial_option: option(2) }),
      '`initial_option` is not an option [json-pointer:/blocks/0/elements/0]',
    ],
    [
      '"completed", which is no state of a task',
      message({ ...task(1), status: 'completed' }),
      'must be one of pending, in_progress, complete, error [json-pointer:/blocks/0/status]',
    ],
    [
      'a repeated block id',
      message({ type: 'divider', block_id: 'a' }, { type: 'divider', block_id: 'a' }),
      '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'a repeated action id',
      actions(button({ action_id: 'a' }), button({ action_id: 'a' })),
      '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a plan next to a task card',
      message({ type: 'plan', title: 'Steps' }, task(1)),
      '`plan` and `task_card` cannot be used together [json-pointer:/blocks]',
    ],
    [
      'two tables',
      message({ type: 'table', rows: [[cell]] }, { type: 'table', rows: [[cell]] }),
      'only one table allowed [json-pointer:/blocks]',
    ],
  ])('refuses %s in a message', (_what, payload, problem) => {
    const problems = lintBlocks('message', payload);

    expect(problems).toEqual([problem]);
  });

  it('lets the same action id stand in two blocks', () => {
    const block = { type: 'actions', elements: [button({ action_id: 'a' })] };

    const problems = lintBlocks('message', message(block, block));

    expect(problems).toEqual([]);
  });

  it('refuses blocks on surfaces that do not show them', () => {
    const plan = { type: 'plan', title: 'Steps', tasks: [task(1)] };

    const inMessage = lintBlocks('message', message(plan));
    const inModal = lintBlocks('modal', view(plan));
    const inHome = lintBlocks('home', { type: 'home', blocks: [plan] });

    expect(inMessage).toEqual([]);
    expect(inModal).toEqual(['unsupported or missing type [json-pointer:/blocks/0/type]']);
    expect(inHome).toEqual(['unsupported or missing type [json-pointer:/blocks/0/type]']);
  });

  it('refuses a modal with inputs and no submit button', () => {
    const { submit: _submit, ...without } = modal();

    const problems = lintBlocks('modal', without);

    expect(problems).toEqual([
      'must define `submit` to use an `input` block in modals [json-pointer:]',
    ]);
  });

  it('refuses a second element that wants the focus', () => {
    const focused = input({ type: 'plain_text_input', focus_on_load: true });

    const problems = lintBlocks('modal', view(focused, focused));

    expect(problems).toEqual(['only one element can have `focus_on_load` [json-pointer:/blocks]']);
  });

  it('takes every kind of input in a modal', () => {
    const elements = [
      { type: 'plain_text_input', multiline: true, max_length: 400 },
      { type: 'email_text_input' },
      { type: 'url_text_input' },
      { type: 'number_input', is_decimal_allowed: false, min_value: '1', max_value: '365' },
      { type: 'static_select', options: [option(1)] },
      { type: 'external_select', min_query_length: 0 },
      { type: 'users_select' },
      { type: 'multi_users_select', max_selected_items: 3 },
      { type: 'conversations_select', filter: { include: ['public'] } },
      { type: 'channels_select' },
      { type: 'multi_static_select', options: [option(1)] },
      { type: 'radio_buttons', options: [{ ...option(1), description: mrkdwn(5) }] },
      { type: 'checkboxes', options: [option(1)] },
      { type: 'datepicker', initial_date: '2026-11-23' },
      { type: 'timepicker', initial_time: '09:00' },
      { type: 'datetimepicker' },
      { type: 'rich_text_input' },
    ];

    const problems = lintBlocks('modal', view(...elements.map((element) => input(element))));

    expect(problems).toEqual([]);
  });

  it('takes rich text in tasks, tables and on its own', () => {
    const richText = {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_section', elements: [{ type: 'text', text: 'Done' }] },
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U1' }] }],
        },
      ],
    };

    const problems = lintBlocks(
      'message',
      message(
        richText,
        { type: 'table', rows: [[richText, cell]] },
        { type: 'plan', title: 'Steps', tasks: [{ ...task(1), output: richText }] },
      ),
    );

    expect(problems).toEqual([]);
  });
});

describe('advice', () => {
  it('asks for a top-level text, which Slack itself does not demand', () => {
    const problems = findBlockProblems('message', { blocks: [{ type: 'divider' }] });

    expect(problems).toEqual([
      { message: 'a message needs a top-level `text`', pointer: '', severity: 'advice' },
    ]);
  });

  it('asks for one primary button in a set', () => {
    const primary = button({ style: 'primary' });

    const problems = findBlockProblems('message', actions(primary, primary));

    expect(problems).toEqual([
      {
        message: 'only one button of a set should be primary',
        pointer: '/blocks/0/elements',
        severity: 'advice',
      },
    ]);
  });
});
