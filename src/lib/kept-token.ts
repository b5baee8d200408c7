import { hasCode } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from './clock.ts';

export interface FreshToken {
  readonly token: Secret;
  /** How long it lasts. */
  readonly seconds: number;
}

export interface KeptToken {
  get(): Promise<Secret>;
  /** Gives a refused token up. */
  renew(refused: Secret): void;
}

// Renewed well before its end, so that no call starts with a token about to die.
const SHARE = 0.8;

/** A token that is fetched when it is needed, once for everybody, and kept for most of its life. */
export function keptToken(clock: Clock, fetchToken: () => Promise<FreshToken>): KeptToken {
  let current: { readonly token: Secret; readonly until: number } | undefined;
  let underway: Promise<Secret> | undefined;

  async function renewed(): Promise<Secret> {
    const { token, seconds } = await fetchToken();
    current = { token, until: clock.now().getTime() + seconds * 1000 * SHARE };
    return token;
  }

  return {
    get() {
      if (current !== undefined && clock.now().getTime() < current.until) {
        return Promise.resolve(current.token);
      }
      underway ??= renewed().finally(() => {
        underway = undefined;
      });
      return underway;
    },
    renew(refused) {
      if (current?.token === refused) current = undefined;
    },
  };
}

/** Sends with our token; a refused call had no effect, so it is sent again once, with a new one. */
export async function withToken<T>(
  tokens: KeptToken,
  send: (token: Secret) => Promise<T>,
): Promise<T> {
  const token = await tokens.get();
  try {
    return await send(token);
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    tokens.renew(token);
    return await send(await tokens.get());
  }
}
