import type { GitHubPlace } from '../../lib/github-place.ts';
import type { AdminClient } from './client.ts';
import type { EnterpriseServerConfig } from './schema.ts';
import type { Turns } from './turns.ts';

/** What every part of this adapter works with. */
export interface ServerContext extends GitHubPlace {
  readonly client: AdminClient;
  readonly config: EnterpriseServerConfig;
  readonly webUrl: string;
  readonly turns: Turns;
}
