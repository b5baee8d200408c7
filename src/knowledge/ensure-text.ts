import { hasCode, isAmbiguous, ProductError } from '../domain/errors.ts';
import { refuseForeign } from './markdown-file.ts';
import type { ShelfDocument } from './shelf.ts';

interface Kept {
  readonly text: string;
}

/** One place for a text, which others may write to at the same time. */
export interface TextPlace<T extends Kept> {
  find(): Promise<T | undefined>;
  /** Writes over `present`; returns what is there now if the answer tells, else it is looked at. */
  write(present: T | undefined): Promise<T | undefined>;
}

const ROUNDS = 5;

/**
 * Writes the document unless it is as it should be, and believes only what it sees: after a refusal
 * that may come from somebody else's change, and after a lost answer, it looks again. `first` is what
 * was there at first.
 * @throws ProductError `name-taken` when something that is not ours is there
 */
export async function ensureText<T extends Kept>(
  place: TextPlace<T>,
  { marker, body }: ShelfDocument,
  where: string,
): Promise<{ readonly first: T | undefined; readonly present: T }> {
  const first = await place.find();
  let present = first;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (present !== undefined) refuseForeign(present.text, marker, where);
    if (present !== undefined && isSame(present, body)) return { first, present };
    present = await writeAndLook(place, present, body);
  }
  if (present !== undefined && isSame(present, body)) return { first, present };
  const message = `${where} is being changed by many at once. It is tried again.`;
  throw new ProductError('unavailable', { subject: where, message });
}

async function writeAndLook<T extends Kept>(
  place: TextPlace<T>,
  before: T | undefined,
  body: string,
): Promise<T | undefined> {
  try {
    return (await place.write(before)) ?? (await place.find());
  } catch (error) {
    const mayBeMended = hasCode(error, 'exists', 'refused', 'not-found') || isAmbiguous(error);
    if (!mayBeMended) throw error;
    const now = await place.find();
    if (now !== undefined && isSame(now, body)) return now;
    // Refused although nobody has changed it: for another reason, which will not go away.
    const isFinal = isAmbiguous(error) || (!hasCode(error, 'exists') && now?.text === before?.text);
    if (isFinal) throw error;
    return now;
  }
}

/** Some systems drop or add a line's end at the end. */
function isSame({ text }: Kept, body: string): boolean {
  return text.trimEnd() === body.trimEnd();
}
