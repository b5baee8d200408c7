import { describe, expect, it } from 'vitest';

import { handsOf } from '../../src/vendors/vendor.ts';
import type { Abilities } from '../../src/vendors/vendor.ts';

const abilities: Abilities = {
  user: 'automatic',
  access: 'automatic',
  credential: 'automatic',
  revoke: 'automatic',
  remove: 'automatic',
};

interface Config {
  readonly token: 'automatic' | 'by-hand';
  readonly directory: boolean;
}

const definition = {
  abilities,
  variants: [
    {
      when: 'with `token: by-hand`',
      applies: ({ token }: Config) => token === 'by-hand',
      abilities: { credential: 'human' },
    },
    {
      when: 'with `directory: true`',
      applies: ({ directory }: Config) => directory,
      abilities: { user: 'human', remove: 'human' },
      passwordless: true,
    },
  ],
} as const;

describe('Who does what at a vendor', () => {
  it('is what the definition says where no variant applies', () => {
    const hands = handsOf<Config>(definition, { token: 'automatic', directory: false });

    expect(hands).toEqual({ abilities, passwordless: false });
  });

  it('follows the configuration, with every variant that applies', () => {
    const hands = handsOf<Config>(definition, { token: 'by-hand', directory: true });

    expect(hands).toEqual({
      abilities: { ...abilities, user: 'human', credential: 'human', remove: 'human' },
      passwordless: true,
    });
  });
});
