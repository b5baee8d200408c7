import { describe, expect, test } from 'vitest';

import {
  clip,
  clipMarkup,
  day,
  group,
  joinUpTo,
  link,
  moment,
  person,
  quote,
  say,
  words,
} from '../../src/slack/text.ts';
import { HOSTILE, longText } from './builders.ts';

describe('text for Slack', () => {
  test('escapes every interpolated text and leaves its own markup alone', () => {
    const text = say`*${'<!channel> & co'}* for ${person('U0ASKER')}`;

    expect(text.mrkdwn).toBe('*&lt;!channel&gt; &amp; co* for <@U0ASKER>');
  });

  test('puts other people’s words on one line, so that they cannot pass for a line of ours', () => {
    expect(words('fine\n*Approved by everybody*').mrkdwn).toBe('fine *Approved by everybody*');
  });

  test('removes characters that hide or reverse text', () => {
    expect(words('a\u202Eb\u0007c\u200Bd').mrkdwn).toBe('abcd');
  });

  test('marks every line of a quotation', () => {
    const lines = quote('first\nsecond\r\n\r\n<third>', 200).mrkdwn.split('\n');

    expect(lines).toEqual(['>first', '>second', '>&lt;third&gt;']);
  });

  test.each([10, 50, 150, 300])('never exceeds %i characters and never cuts an escape', (limit) => {
    const text = words('<&>'.repeat(200), limit).mrkdwn;

    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text.replaceAll(/&(?:amp|lt|gt);/g, '')).toBe('…');
  });

  test('keeps a text that fits exactly', () => {
    expect(words('x'.repeat(300)).mrkdwn).toBe('x'.repeat(300));
    expect(clip('x'.repeat(75), 75)).toBe('x'.repeat(75));
  });

  test('does not cut a pair of surrogates in two', () => {
    expect(clip('😀😀😀', 4)).toBe('😀…');
  });

  test('does not cut a mention in two', () => {
    expect(clipMarkup(say`${'x'.repeat(20)} ${person('U0ASKER')}`, 25).mrkdwn).toBe(
      `${'x'.repeat(20)}…`,
    );
  });

  test('says how many of a long list are left out', () => {
    const lines = Array.from({ length: 50 }, (_, index) => say`line ${index}`);

    const text = joinUpTo(lines, 200).mrkdwn;

    expect(text.length).toBeLessThanOrEqual(200);
    expect(text).toMatch(/…and \d+ more$/);
  });

  test('names only real Slack ids as mentions', () => {
    expect(person('system').mrkdwn).toBe('the app');
    expect(person('<!channel>').mrkdwn).toBe('&lt;!channel&gt;');
    expect(group('S0APPROVERS').mrkdwn).toBe('<!subteam^S0APPROVERS>');
    expect(group('everybody').mrkdwn).toBe('everybody');
  });

  test('shows times in the reader’s time zone and has a fallback', () => {
    expect(moment('2026-11-23T10:00:00.000Z').mrkdwn).toBe(
      '<!date^1795428000^{date_short_pretty} at {time}|2026-11-23 10:00 UTC>',
    );
    expect(day('not a date').mrkdwn).toBe('not a date');
  });

  test('links web addresses only, and lets no label break out of the link', () => {
    expect(link('https://wiki.example/a?b=1&c=2', 'Page | <x>').mrkdwn).toBe(
      '<https://wiki.example/a?b=1&amp;c=2|Page ¦ &lt;x&gt;>',
    );
    expect(link('javascript:alert(1)', 'Page').mrkdwn).toBe('Page');
    expect(link('https://e.example/|x>y', 'Page').mrkdwn).toBe('<https://e.example/%7Cx%3Ey|Page>');
  });

  test('leaves nothing of a hostile text that Slack would act upon', () => {
    const text = say`${HOSTILE} ${words(longText(5000), 2000)}`.mrkdwn;

    expect(text).not.toMatch(/<[!@#h]/);
  });
});
