import { expect, it } from 'vitest';

import { counted } from '../../src/domain/counted.ts';

it.each([
  [0, 'projects', '0 projects'],
  [1, 'projects', '1 project'],
  [1, 'repositories', '1 repository'],
  [1, 'Flow API objects', '1 Flow API object'],
  [2, 'repositories', '2 repositories'],
])('counts %i %s as people say it', (count, things, words) => {
  expect(counted(count, things)).toBe(words);
});
