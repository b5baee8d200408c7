import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { z } from 'zod';

import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';

export interface CookieJar<T> {
  /** What the cookie says; undefined when there is none, it is not ours, or its time is over. */
  read(request: IncomingMessage): T | undefined;
  write(response: ServerResponse, value: T): void;
  clear(response: ServerResponse): void;
}

export interface CookieOptions<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly lifeMs: number;
  /** Every process that shares this secret reads the same cookies. */
  readonly secret: Secret;
  /** Is the page reached by HTTPS? Then the browser may not send the cookie otherwise. */
  readonly secure: boolean;
  readonly clock: Clock;
}

/** A cookie that only we can write: signed, short-lived, out of the reach of scripts. */
export function createCookieJar<T>(options: CookieOptions<T>): CookieJar<T> {
  const { schema, lifeMs, secure, clock } = options;
  // The prefix makes browsers refuse it from sub-domains and over plain HTTP.
  const name = secure ? `__Host-${options.name}` : options.name;
  const key = Buffer.from(hkdfSync('sha256', options.secret.reveal(), '', options.name, 32));
  const envelope = z.object({ until: z.number(), value: schema });

  function sign(text: string): Buffer {
    return createHmac('sha256', key).update(text).digest();
  }

  function set(response: ServerResponse, value: string, maxAgeS: number): void {
    const flags = `Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    response.appendHeader('set-cookie', `${name}=${value}; ${flags}`);
  }

  return {
    read(request) {
      const [body = '', signature = ''] = (cookieOf(request, name) ?? '').split('.');
      const given = Buffer.from(signature, 'base64url');
      const right = sign(body);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const parsed = envelope.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      if (!parsed.success || parsed.data.until <= clock.now().getTime()) return undefined;
      return parsed.data.value as T;
    },
    write(response, value) {
      const sealed = { until: clock.now().getTime() + lifeMs, value };
      const body = Buffer.from(JSON.stringify(sealed)).toString('base64url');
      set(response, `${body}.${sign(body).toString('base64url')}`, Math.floor(lifeMs / 1000));
    },
    clear: (response) => set(response, '', 0),
  };
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
