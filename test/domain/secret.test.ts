import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { carriesSecret, scrub, Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { generatePassword } from '../../src/lib/random.ts';

const VALUE = 'pl4nted+secret/value=';

describe('Secret', () => {
  it('never prints itself', () => {
    const secret = new Secret(VALUE);

    const printed = [
      String(secret),
      JSON.stringify({ deep: [{ secret }] }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      JSON.stringify(structuredClone({ secret })),
    ].join('\n');

    expect(printed).not.toContain('pl4nted');
  });

  it('is scrubbed from texts in its plain, URL-encoded and base64 forms', () => {
    const secret = new Secret(VALUE);
    const forms = [VALUE, encodeURIComponent(VALUE), Buffer.from(VALUE).toString('base64')];

    const clean = scrub(`a ${forms.join(' b ')} c`);

    expect(clean).toBe('a [secret] b [secret] b [secret] c');
    expect(carriesSecret(`x${secret.reveal()}x`)).toBe(true);
  });

  it('does not reach the log, not even inside an error', () => {
    const secret = new Secret(VALUE);
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => lines.push(line) });

    log.error(
      { err: new Error(`bad ${secret.reveal()}`, { cause: new Error(secret.reveal()) }), secret },
      `failed with ${secret.reveal()}`,
    );

    expect(lines).toHaveLength(1);
    expect(lines.join('')).not.toContain('pl4nted');
  });
});

describe('Generated passwords', () => {
  it('have 32 characters of every class and never repeat', () => {
    const made = Array.from({ length: 200 }, () => generatePassword().reveal());

    expect(new Set(made).size).toBe(200);
    for (const password of made) {
      expect(password).toMatch(/^[\w\-.+=@]{32}$/);
      expect(password).toMatch(/[A-Z]/);
      expect(password).toMatch(/[a-z]/);
      expect(password).toMatch(/\d/);
      expect(password).toMatch(/[-_.+=@]/);
    }
  });
});
