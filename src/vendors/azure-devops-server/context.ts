import type { VendorDeps } from '../vendor.ts';
import type { ServerClient } from './client.ts';
import type { ServerConfig } from './schema.ts';

export interface ServerContext {
  readonly client: ServerClient;
  readonly config: ServerConfig;
  readonly deps: VendorDeps;
  readonly connectionName: string;
}
