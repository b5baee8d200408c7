import type { SandboxAnswer } from '../../sandbox/kit/server.ts';

/** An error as Google's APIs give it. */
export function refuse(status: number, reason: string, message: string): SandboxAnswer {
  return {
    status,
    body: { error: { code: status, message, errors: [{ domain: 'global', reason, message }] } },
  };
}

export const notFound = (what: string): SandboxAnswer =>
  refuse(404, 'notFound', `Resource Not Found: ${what}`);

export const duplicate = (): SandboxAnswer => refuse(409, 'duplicate', 'Entity already exists.');

export const found = (body: unknown): SandboxAnswer => ({ status: 200, body });

/** A field of a JSON body as text; empty when there is none. */
export function field(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
