import { describe, expect, it } from 'vitest';

import { csvLine } from '../../src/lib/csv.ts';
import { readCsv } from '../../src/lib/read-csv.ts';

const rows = (text: string) => {
  const read = readCsv(text);
  return 'rows' in read ? read.rows.map(({ line, cells }) => [line, ...cells]) : read;
};

describe('Reading CSV', () => {
  it('takes quotes, commas and line ends within quotes, and counts the file’s lines', () => {
    const text = '\uFEFFa,b\r\n"x, ""y""","two\nlines"\r\n\r\nlast,\n';

    expect(rows(text)).toEqual([
      [1, 'a', 'b'],
      [2, 'x, "y"', 'two\nlines'],
      [5, 'last', ''],
    ]);
  });

  it('reads what the app writes', () => {
    const cells = ['plain', 'a "quote"', 'x,y', 'two\r\nlines'];

    expect(rows(csvLine(cells))).toEqual([[1, ...cells]]);
  });

  it.each([
    ['a quote in the middle of a cell', 'a,b\nx"y,z', 2],
    ['a quote that does not end', 'a\n"b', 2],
    ['text after a quoted cell', '"a" b,c', 1],
  ])('tells the line of %s', (_, text, badLine) => {
    expect(readCsv(text)).toEqual({ badLine });
  });

  it('has no rows in an empty file', () => {
    expect(rows('')).toEqual([]);
    expect(rows('\n\n')).toEqual([]);
  });
});
