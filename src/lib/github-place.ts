import type { GitHubClient } from './github-client.ts';
import type { ConnectionOptions } from './github-connection.ts';

/** One organisation at one GitHub, spoken to with our own credential. */
export interface GitHubPlace extends ConnectionOptions {
  readonly client: GitHubClient;
  readonly org: string;
}
