import { hasCode, isAmbiguous } from '../domain/errors.ts';
import type { ProductError } from '../domain/errors.ts';

/** The calls that keep the variable which says whose secret it is. */
export interface Companion {
  readonly marker: string;
  /** The mark that is there, and whether a secret of the name is. */
  look(): Promise<{ readonly mark: string | undefined; readonly present: boolean }>;
  create(): Promise<unknown>;
  taken(): ProductError;
}

/** The mark is set before the secret: a secret without it was set by somebody else. */
export async function ensureCompanion(companion: Companion): Promise<void> {
  const { mark, present } = await companion.look();
  if (mark === companion.marker) return;
  if (mark !== undefined || present) throw companion.taken();
  try {
    await companion.create();
  } catch (error) {
    if (!isAmbiguous(error) && !hasCode(error, 'exists', 'refused')) throw error;
    const now = await companion.look();
    if (now.mark === undefined) throw error;
    if (now.mark !== companion.marker) throw companion.taken();
  }
}
