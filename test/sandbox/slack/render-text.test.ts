import { describe, expect, it } from 'vitest';

import { renderMessage } from '../../../src/sandbox/slack/render-text.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });

describe('a message as text', () => {
  it('shows a card with its fields, steps and buttons', () => {
    const output = {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'sa-1' }] }],
    };
    const blocks = [
      { type: 'header', text: plain('Flow service account') },
      {
        type: 'section',
        fields: [mrkdwn('*Vendor*\nGitLab &amp; co'), mrkdwn('*Owner*\n<@U1|ada>')],
      },
      {
        type: 'context',
        elements: [mrkdwn('r1'), mrkdwn('<!date^1763888400^{date}|23 November>')],
      },
      {
        type: 'plan',
        title: 'Steps',
        tasks: [
          { type: 'task_card', task_id: '1', title: 'Mailbox', status: 'complete', output },
          { type: 'task_card', task_id: '2', title: 'Vendor user', status: 'in_progress' },
          { type: 'task_card', task_id: '3', title: 'Page', status: 'pending' },
          { type: 'task_card', task_id: '4', title: 'Flow', status: 'error' },
        ],
      },
      {
        type: 'actions',
        elements: [
          { type: 'button', text: plain('Approve') },
          { type: 'button', text: plain('Deny') },
        ],
      },
    ];

    const text = renderMessage({ text: 'unused', blocks });

    expect(text).toBe(
      [
        '# Flow service account',
        '*Vendor* GitLab & co',
        '*Owner* @ada',
        'r1 · 23 November',
        'Steps',
        '  [x] Mailbox',
        '      sa-1',
        '  [>] Vendor user',
        '  [ ] Page',
        '  [!] Flow',
        '[Approve] [Deny]',
      ].join('\n'),
    );
  });

  it('shows inputs with their labels, hints and choices', () => {
    const blocks = [
      {
        type: 'input',
        label: plain('Kind'),
        optional: true,
        hint: plain('Ask if unsure.'),
        element: { type: 'radio_buttons', options: [{ text: plain('Git'), value: 'git' }] },
      },
      { type: 'divider' },
      { type: 'alert', level: 'warning', text: plain('Careful') },
      { type: 'image', alt_text: 'A diagram' },
    ];

    const text = renderMessage({ blocks });

    expect(text).toBe(
      'Kind (optional): <Git>\n  Ask if unsure.\n---\nWarning: Careful\n(image: A diagram)',
    );
  });

  it('shows the plain text of a message without blocks', () => {
    const text = renderMessage({ text: 'See <https://example.com|the page>, a &lt; b' });

    expect(text).toBe('See the page, a < b');
  });

  it('names blocks it cannot draw instead of hiding them', () => {
    const text = renderMessage({ blocks: [{ type: 'video' }] });

    expect(text).toBe('(video)');
  });
});
