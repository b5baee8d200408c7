import { expect, test } from 'vitest';

import { typedText, withNames } from '../../src/slack/typed-text.ts';

test.each([
  ['close SA-7K3F9Q R&amp;D has moved', 'close SA-7K3F9Q R&D has moved'],
  ['see <https://acme.example/a?b=1&amp;c=2>', 'see https://acme.example/a?b=1&c=2'],
  ['see <http://acme.example|acme.example>', 'see acme.example'],
  ['told in <#C123|platform>', 'told in #platform'],
  ['list owner:<@U0OWNER|owner>', 'list owner:<@U0OWNER|owner>'],
  ['a &amp;lt; b &lt; c', 'a &lt; b < c'],
])('“%s” is read as “%s”', (sent, typed) => {
  expect(typedText(sent)).toBe(typed);
});

test('a reason names people as their names were typed', () => {
  expect(withNames('<@U0OWNER|owner> has left')).toBe('@owner has left');
});
