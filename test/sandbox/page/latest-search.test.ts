import { describe, expect, it } from 'vitest';

import { createLatestSearch } from '../../../src/sandbox/page/browser/fields/latest-search.ts';

describe('Searching while somebody types', () => {
  it('shows only the newest answer, in whatever order they come', async () => {
    const shown: string[] = [];
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    let asked = 0;
    const search = createLatestSearch(
      () => answers[asked++]!.promise,
      (found) => shown.push(found),
    );

    const both = [search.now(), search.now()];
    answers[1]!.resolve('newer');
    answers[0]!.resolve('older');
    await Promise.all(both);

    expect(shown).toEqual(['newer']);
  });

  it('does not come back with a list after something has been chosen', async () => {
    const shown: string[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const search = createLatestSearch(
      () => promise,
      (found) => shown.push(found),
    );

    const late = search.now();
    search.callOff();
    resolve('late');
    await late;

    expect(shown).toEqual([]);
  });
});
