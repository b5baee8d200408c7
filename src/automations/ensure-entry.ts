import { hasCode, isAmbiguous } from '../domain/errors.ts';
import type { ProductError } from '../domain/errors.ts';

/** One entry in one place of a pipeline system, and the calls that keep it. */
export interface Entry<Found> {
  find(): Promise<Found | undefined>;
  isOurs(found: Found): boolean;
  create(): Promise<unknown>;
  /** Not called when `create` has just made it. */
  replace(found: Found): Promise<unknown>;
  /** For an entry that is there and not ours. */
  taken(): ProductError;
}

/**
 * Makes the entry, or replaces it when it is ours. After a create that may have worked, or that met
 * another run, it looks again: whatever happened in between, one entry with the new value is left.
 */
export async function ensureEntry<Found>(entry: Entry<Found>): Promise<void> {
  const present = await entry.find();
  if (present !== undefined) return overwrite(entry, present);
  try {
    await entry.create();
  } catch (error) {
    if (!isAmbiguous(error) && !hasCode(error, 'refused', 'exists')) throw error;
    const now = await entry.find();
    if (now === undefined) throw error;
    await overwrite(entry, now);
  }
}

async function overwrite<Found>(entry: Entry<Found>, found: Found): Promise<void> {
  if (!entry.isOurs(found)) throw entry.taken();
  await entry.replace(found);
}
