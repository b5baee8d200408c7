import type { SandboxAnswer } from './server.ts';

export type Fault = (
  | { readonly kind: 'status'; readonly answer: SandboxAnswer }
  | { readonly kind: 'drop' }
  | { readonly kind: 'half' }
  | { readonly kind: 'hang' }
) & {
  /** The vendor did it, and only its answer is lost. */
  readonly afterEffect: boolean;
};

export interface FaultRule {
  readonly method?: string;
  /** Matches when the path contains it. */
  readonly path?: string;
  readonly fault: Fault;
  /** How many requests it hits; 1 unless told otherwise. */
  readonly times?: number;
}

export interface Faults {
  inject(rule: FaultRule): void;
  clear(): void;
  /** The fault for this request, if one is due; used up by asking. */
  take(method: string, path: string): Fault | undefined;
}

/** Faults waiting to hit matching requests, oldest first. */
export function createFaults(): Faults {
  const waiting: { rule: FaultRule; left: number }[] = [];
  return {
    inject: (rule) => void waiting.push({ rule, left: rule.times ?? 1 }),
    clear: () => void waiting.splice(0),
    take(method, path) {
      const hit = waiting.find(
        ({ rule }) => (rule.method ?? method) === method && path.includes(rule.path ?? ''),
      );
      if (hit === undefined) return undefined;
      hit.left -= 1;
      if (hit.left === 0) waiting.splice(waiting.indexOf(hit), 1);
      return hit.rule.fault;
    },
  };
}

export const fault = {
  status: (status: number, headers: Record<string, string> = {}): Fault => ({
    kind: 'status',
    answer: { status, body: { message: `Injected ${status}` }, headers },
    afterEffect: false,
  }),
  /** 429 with Retry-After in seconds. */
  rateLimited: (seconds: number): Fault => fault.status(429, { 'retry-after': String(seconds) }),
  /** A page for people where data should be; with a redirect, the way to it. */
  signInPage: (status: number): Fault => ({
    kind: 'status',
    answer: {
      status,
      body: '<!doctype html><title>Sign in</title>',
      headers: status < 300 ? {} : { location: '/sign-in' },
    },
    afterEffect: false,
  }),
  drop: (): Fault => ({ kind: 'drop', afterEffect: false }),
  /** Done, but the connection is dropped before the answer. */
  dropAfterEffect: (): Fault => ({ kind: 'drop', afterEffect: true }),
  half: (): Fault => ({ kind: 'half', afterEffect: true }),
  hang: (): Fault => ({ kind: 'hang', afterEffect: false }),
};
