import { describe, expect, it } from 'vitest';

import {
  isLocalPart,
  parseRequestId,
  proposedLogin,
  requestId,
  secretName,
} from '../../src/domain/naming.ts';

describe('Names', () => {
  it('makes ids that people can read out', () => {
    expect(requestId(Uint8Array.from([0, 31, 32, 255, 7, 8]))).toBe('SA-0Z0Z78');
  });

  it.each(['SA-7K3F9Q', 'sa-7k3f9q', ' 7K3F9Q '])('understands %j as an id', (typed) => {
    expect(parseRequestId(typed)).toBe('SA-7K3F9Q');
  });

  it.each(['', 'SA-', 'SA-7K3F9', 'SA-7K3F9QQ', 'hello', 'SA-7K3FIL'])(
    'does not take %j for an id',
    (typed) => {
      expect(parseRequestId(typed)).toBeUndefined();
    },
  );

  it.each([
    ['flow-integrations', true],
    ['a', true],
    ['a.b_c-d', true],
    ['Flow', false],
    ['-a', false],
    ['a..b', false],
    ['a@b', false],
    ['', false],
    ['a'.repeat(41), false],
  ])('accepts local part %j: %s', (text, expected) => {
    expect(isLocalPart(text)).toBe(expected);
  });

  it('derives the same login and secret name for the same request every time', () => {
    expect(proposedLogin('flow.integrations', 'SA-7K3F9Q')).toBe('flow-integrations-7k3f9q');
    expect(secretName('SA-7K3F9Q', 'token')).toBe('flow-sa-7k3f9q-token');
  });
});
