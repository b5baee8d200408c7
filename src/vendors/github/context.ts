import type { GitHubAuth } from '../../lib/github-app.ts';
import type { GitHubPlace } from '../../lib/github-place.ts';
import type { OwnClient } from './client.ts';

/** What every part of this adapter works with. */
export interface GitHubContext extends GitHubPlace {
  readonly client: OwnClient;
  readonly auth: GitHubAuth;
  readonly webUrl: string;
}
