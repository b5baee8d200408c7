import { describe, expect, it } from 'vitest';

import { readStorageFormat } from '../../../src/sandbox/page/storage-format.ts';

const p = (text: string) => ({ tag: 'p', href: null, children: [text] });

describe('a wiki page for the sandbox page', () => {
  it('keeps a few tags and the text of all others', () => {
    const body =
      '<p>One &amp; two</p><ac:structured-macro ac:name="note"><ac:rich-text-body><p>Seen</p></ac:rich-text-body></ac:structured-macro><span>three</span>';

    expect(readStorageFormat(body)).toEqual([
      p('One & two'),
      { tag: 'aside', href: null, children: [p('Seen')] },
      'three',
    ]);
  });

  it('takes a link only to a web address', () => {
    const [good, bad] = readStorageFormat(
      '<a href="https://acme.example/?a=1&amp;b=2">in</a><a href="javascript:alert(1)">out</a>',
    );

    expect(good).toEqual({ tag: 'a', href: 'https://acme.example/?a=1&b=2', children: ['in'] });
    expect(bad).toEqual({ tag: 'a', href: null, children: ['out'] });
  });

  it('knows no script and no attribute', () => {
    const read = JSON.stringify(
      readStorageFormat('<p onclick="x()"><script>alert(1)</script></p><img src="x"/>'),
    );

    expect(read).not.toMatch(/script>|onclick|img/);
  });
});
