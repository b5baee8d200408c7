import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { purposeFrom, readOrigin, writeOrigin } from '../../src/slack/form-origin.ts';
import { FIELD, MESSAGE_SHORTCUT } from '../../src/slack/ids.ts';
import { openRoom, CHANNEL, SEEN } from './room.ts';
import type { Room } from './room.ts';

describe('A purpose from a message', () => {
  test.each([
    ['Please connect Flow', 'Please connect Flow'],
    [
      'see <https://acme.example/a|our wiki> &amp; <https://b.example>',
      'see our wiki & https://b.example',
    ],
    ['<@U0ASKER> asks in <#C0TOOLS|tools> <!channel>', 'asks in #tools'],
    ['a &lt;b&gt; c', 'a <b> c'],
    ['mail <mailto:me@acme.example|me@acme.example>', 'mail me@acme.example'],
    ['&amp;lt;!channel&amp;gt;', '&lt;!channel&gt;'],
  ])('takes %j as plain words', (text, expected) => {
    expect(purposeFrom(text)).toBe(expected);
  });

  test('is cut to what the field takes', () => {
    expect(purposeFrom('word '.repeat(1000))?.length).toBeLessThanOrEqual(1000);
  });

  test.each(['', '   ', '<@U0ASKER>', 'use ghp_0123456789abcdefghijklmnopqrstuvwxyzABCD please'])(
    'is none in %j',
    (text) => {
      expect(purposeFrom(text)).toBeUndefined();
    },
  );

  test('survives the form’s metadata, which has its own limit', () => {
    const origin = { purpose: '"'.repeat(1000), message: 'https://acme.slack.com/archives/C1/p1' };

    expect(readOrigin(writeOrigin(origin))).toEqual(origin);
    expect(writeOrigin({ ...origin, purpose: '\u0001'.repeat(1000) }).length).toBeLessThan(3000);
    expect(readOrigin('not json')).toEqual({});
  });
});

describe('The shortcut in a message’s menu', () => {
  let room: Room;

  beforeEach(async () => {
    room = await openRoom();
  });
  afterEach(() => room.close());

  const send = async (text: string) => {
    const asker = room.slack.as('U0ASKER');
    const message = asker.write(CHANNEL, text);
    await asker.messageShortcut(MESSAGE_SHORTCUT, message);
    await asker.openView();
    return { asker, message };
  };

  test('opens the form with the message as the purpose, and remembers where it is', async () => {
    const { asker, message } = await send('Connect Flow to &lt;acme&gt;');

    await asker.fillIn({ [FIELD.kind]: 'flow-user' });
    await room.viewSays('U0ASKER', 'Role in Flow');
    await asker.fillIn({ [FIELD.role]: 'admin', [FIELD.owner]: 'U0OWNER' });
    await asker.submit();

    const [submission] = room.submissions;
    expect(submission?.order.purpose).toBe('Connect Flow to <acme>');
    expect(submission?.message).toContain(`/archives/${CHANNEL}/p${message.ts.replace('.', '')}`);
  });

  test('keeps what the person types over the proposal', async () => {
    const { asker } = await send('Connect Flow');

    await asker.fillIn({ [FIELD.kind]: 'flow-user' });
    await room.viewSays('U0ASKER', 'Role in Flow');
    await asker.fillIn({ [FIELD.purpose]: 'Something else' });
    await asker.fillIn({ [FIELD.role]: 'admin', [FIELD.owner]: 'U0OWNER' });
    await asker.submit();

    expect(room.submissions[0]?.order.purpose).toBe('Something else');
  });

  test('is refused to whom the command is refused', async () => {
    const guest = room.slack.as('U0GUEST');
    const message = room.slack.as('U0ASKER').write(CHANNEL, 'Connect Flow');

    await guest.messageShortcut(MESSAGE_SHORTCUT, message);

    expect(await room.viewSays('U0GUEST', 'Guests cannot ask')).toBe(SEEN);
  });
});
