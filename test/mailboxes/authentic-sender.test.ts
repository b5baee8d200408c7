import { describe, expect, it } from 'vitest';

import { authenticSender } from '../../src/mailboxes/authentic-sender.ts';
import { parseHeaders } from '../../src/mailboxes/mail-headers.ts';

const TRUST = { authservId: 'mx.example.com' };
const EXPECTED = ['github.com', 'atlassian.com'];

function sender(lines: readonly string[], trust: { authservId: string | null } = TRUST) {
  return authenticSender(parseHeaders([...lines, '', 'body'].join('\r\n')), trust, EXPECTED);
}

const FROM = 'From: GitHub <noreply@github.com>';
const RESULTS = 'Authentication-Results:';

describe('The sender of a mail', () => {
  it.each([
    [
      'when DMARC passed for its domain',
      [`${RESULTS} mx.example.com; dmarc=pass (p=REJECT sp=REJECT) header.from=github.com`, FROM],
      'github.com',
    ],
    [
      'when the verdict is folded and has comments, a version and other methods',
      [
        `${RESULTS} mx.example.com 1;`,
        '       dkim=pass (2048-bit key; unprotected (nested)) header.i=@github.com header.s=pf2023;',
        '       spf=pass smtp.mailfrom=x@bounce.github.com;',
        '       dmarc=pass (p=REJECT; dis=NONE) header.from=github.com',
        FROM,
      ],
      'github.com',
    ],
    [
      'below an expected domain',
      [
        `${RESULTS} mx.example.com; dmarc=pass header.from=id.atlassian.com`,
        'From: noreply@id.atlassian.com',
      ],
      'id.atlassian.com',
    ],
    [
      'by a signature of its domain where the server says nothing of DMARC',
      [`${RESULTS} mx.example.com; dkim=fail header.d=x.com; dkim=pass header.d=github.com`, FROM],
      'github.com',
    ],
    [
      'by a signature of the domain above it',
      [
        `${RESULTS} mx.example.com; dkim=pass header.d=atlassian.com`,
        'From: noreply@am.atlassian.com',
      ],
      'am.atlassian.com',
    ],
    [
      'with capital letters',
      [`${RESULTS} MX.Example.com; DMARC=Pass header.from=GitHub.com`, 'From: <a@GitHub.COM>'],
      'github.com',
    ],
  ])('is believed %s', (_title, lines, domain) => {
    expect(sender(lines)).toBe(domain);
  });

  it.each<[string, string[]]>([
    ['without any verdict', [FROM]],
    [
      'by a server that is not ours',
      [`${RESULTS} mx.evil.com; dmarc=pass header.from=github.com`, FROM],
    ],
    ['by a server without a name', [`${RESULTS} dmarc=pass header.from=github.com`, FROM]],
    [
      'below the verdict of our own server',
      [
        `${RESULTS} mx.example.com; dmarc=fail header.from=github.com`,
        `${RESULTS} mx.example.com; dmarc=pass header.from=github.com`,
        FROM,
      ],
    ],
    [
      'when DMARC failed although a signature passed',
      [
        `${RESULTS} mx.example.com; dkim=pass header.d=github.com; dmarc=fail header.from=github.com`,
        FROM,
      ],
    ],
    [
      'when DMARC passed for another domain',
      [`${RESULTS} mx.example.com; dmarc=pass header.from=evil.com`, FROM],
    ],
    ['by SPF alone', [`${RESULTS} mx.example.com; spf=pass smtp.mailfrom=github.com`, FROM]],
    [
      'by a signature of somebody else',
      [`${RESULTS} mx.example.com; dkim=pass header.d=evil.com`, FROM],
    ],
    [
      'by a signature of a whole ending',
      [`${RESULTS} mx.example.com; dkim=pass header.d=com`, FROM],
    ],
    [
      'by words inside a quoted sender',
      [
        `${RESULTS} mx.example.com; spf=pass smtp.mailfrom="a; dmarc=pass header.from=github.com"@evil.com`,
        FROM,
      ],
    ],
    [
      'after a quote that never ends',
      [`${RESULTS} mx.example.com; spf=pass smtp.mailfrom="a; dkim=pass header.d=github.com`, FROM],
    ],
    [
      'by words inside a comment',
      [
        `${RESULTS} mx.example.com; spf=pass (x; dmarc=pass header.from=github.com) smtp.helo=a`,
        FROM,
      ],
    ],
    [
      'with two senders',
      [`${RESULTS} mx.example.com; dmarc=pass header.from=github.com`, FROM, 'From: evil@evil.com'],
    ],
    [
      'with two addresses as sender',
      [
        `${RESULTS} mx.example.com; dmarc=pass header.from=github.com`,
        'From: a@evil.com, b@github.com',
      ],
    ],
    [
      'with a sender only in its display name',
      [
        `${RESULTS} mx.example.com; dmarc=pass header.from=evil.com`,
        'From: "noreply@github.com" <a@evil.com>',
      ],
    ],
    [
      'from a domain that only ends alike',
      [`${RESULTS} mx.example.com; dmarc=pass header.from=notgithub.com`, 'From: a@notgithub.com'],
    ],
    [
      'from a domain that is not expected',
      [`${RESULTS} mx.example.com; dmarc=pass header.from=evil.com`, 'From: a@evil.com'],
    ],
  ])('is not believed %s', (_title, lines) => {
    expect(sender(lines)).toBeUndefined();
  });

  it('is believed from Exchange Online, whose verdict carries no name', () => {
    const lines = [
      `${RESULTS} spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=github.com;`,
      ' dkim=pass (signature was verified) header.d=github.com;dmarc=pass action=none',
      ' header.from=github.com;compauth=pass reason=100',
      FROM,
    ];

    expect(sender(lines, { authservId: null })).toBe('github.com');
  });

  it('is not believed from a verdict with a name where ours has none', () => {
    const lines = [
      `${RESULTS} mx.evil.com; dmarc=pass header.from=github.com`,
      `${RESULTS} dmarc=pass header.from=github.com`,
      FROM,
    ];

    expect(sender(lines, { authservId: null })).toBeUndefined();
  });

  it('is looked for in a huge, hostile header without delay', () => {
    const hostile = `${RESULTS} mx.example.com; ${'dkim=pass ( " '.repeat(4000)}`;

    expect(sender([hostile, FROM])).toBeUndefined();
  });
});
