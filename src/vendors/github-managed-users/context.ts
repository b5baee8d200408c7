import type { OwnedPlace } from '../../lib/github-doctor.ts';
import type { ScimClient } from './client.ts';
import type { ManagedUsersConfig } from './schema.ts';

/** What every part of this adapter works with. */
export interface ManagedUsersContext extends OwnedPlace {
  readonly config: ManagedUsersConfig;
  readonly webUrl: string;
  /** Null where an identity provider makes the users. */
  readonly scim: ScimClient | null;
}
