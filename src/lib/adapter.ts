import type { z } from 'zod';

import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** What every adapter is given besides its own slice of the configuration. */
export interface AdapterDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** A registry line: how an adapter is named, configured and opened. */
export interface AdapterDefinition<Config, Adapter, Deps extends AdapterDeps = AdapterDeps> {
  /** The `type:` (or `vendor:`) in the configuration; also the folder's name. */
  readonly id: string;
  /** As people know it: "HashiCorp Vault / OpenBao". */
  readonly name: string;
  /** Its slice of the configuration, without the keys that all adapters of its kind share. */
  readonly schema: z.ZodType<Config>;
  /** People do what it asks for, and it merely checks what can be checked. */
  readonly byHand?: boolean;
  /** A valid slice in YAML; shown in errors and in the documentation. */
  readonly example: string;
  open(config: Config, deps: Deps): Adapter;
}

/** A service that must be let go of at the end; everything opened has one. */
export interface Closeable {
  close(): Promise<void>;
}
