import type { At, Json, ViewValues } from '../../wire.ts';

/** Where a block stands, and what its fields hold there. */
export interface Scene {
  readonly at: At;
  readonly values: ViewValues;
  /** block_id → what is wrong. */
  readonly errors: Readonly<Record<string, string>>;
}

/** An element together with the block it stands in. */
export interface Placed {
  readonly element: Json;
  readonly block: string;
  readonly scene: Scene;
  /** The id that its label refers to. */
  readonly fieldId?: string;
  /** Ids of the texts that explain it, for screen readers. */
  readonly labelledBy?: string;
  readonly describedBy?: string;
  readonly invalid?: boolean;
  readonly required?: boolean;
  /** Tell the app at once when it changes. */
  readonly dispatches: boolean;
}
