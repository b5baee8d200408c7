import { hasCode } from '../domain/errors.ts';

export interface Probe {
  /** The permission as the vendor calls it. */
  readonly permission: string;
  /** A call about a secret that does not exist, so that it can do nothing. */
  call(): Promise<unknown>;
}

/** The permissions we lack. "Not found" proves one: it was looked whether the secret exists. */
export async function deniedOf(probes: readonly Probe[]): Promise<string[]> {
  const denied: string[] = [];
  for (const { permission, call } of probes) {
    if (!(await isAllowed(call))) denied.push(permission);
  }
  return denied;
}

/** Whether a call about something absent fails only because it is absent. */
export async function isAllowed(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (hasCode(error, 'not-found')) return true;
    if (hasCode(error, 'missing-permission')) return false;
    throw error;
  }
}
