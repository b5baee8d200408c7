import type { Tell } from '../../answering.ts';

/** The command as somebody typed it. */
export interface Asked {
  readonly person: string;
  readonly trigger: string;
  /** What follows the verb. */
  readonly rest: string;
  readonly tell: Tell;
}
