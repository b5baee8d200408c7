import type { ServerResponse } from 'node:http';

import { toProductError } from '../domain/errors.ts';
import type { Log } from '../lib/log.ts';
import { sendJson } from './send.ts';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

/** The process lives; says nothing about what it depends on, so that nobody restarts it for that. */
export function showHealth(response: ServerResponse): void {
  sendJson(response, 200, { ok: true });
}

/** May traffic come? Only when everything it depends on answers. */
export async function showReadiness(
  response: ServerResponse,
  readiness: () => Promise<readonly ReadinessCheck[]>,
  log: Log,
): Promise<void> {
  const checks = await readiness().catch((error: unknown) => {
    log.error({ err: error, route: 'ready' }, 'The readiness checks failed');
    const { message } = toProductError(error, 'readiness');
    return [{ name: 'readiness', ok: false, message }];
  });
  const ready = checks.every(({ ok }) => ok);
  sendJson(response, ready ? 200 : 503, {
    ready,
    checks: checks.map(({ name, ok, message }) => ({ name, ok, message })),
  });
}
