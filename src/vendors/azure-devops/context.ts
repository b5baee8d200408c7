import type { VendorDeps } from '../vendor.ts';
import type { AzureClient } from './client.ts';
import type { AzureConfig } from './schema.ts';

export interface AzureContext {
  readonly client: AzureClient;
  readonly config: AzureConfig;
  readonly deps: VendorDeps;
  readonly connectionName: string;
}
