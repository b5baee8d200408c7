import { shelfStore } from '../shelf.ts';
import { defineStore } from '../store.ts';
import { inTurn } from '../turns.ts';
import { checkAzure } from './check.ts';
import { createAzureClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { asTags } from './labels.ts';
import { azureConfig } from './schema.ts';
import type { AzureConfig } from './schema.ts';
import { azureShelf, linkTo } from './shelf.ts';

export const azureKeyVault = defineStore<AzureConfig>({
  id: 'azure-key-vault',
  name: SYSTEM,
  warning: null,
  schema: azureConfig,
  example: [
    'vault_url: https://acme-flow.vault.azure.net',
    'auth:',
    '  method: client',
    '  tenant_id: 11111111-2222-3333-4444-555555555555',
    '  client_id: 66666666-7777-8888-9999-000000000000',
    '  client_secret: env:AZURE_CLIENT_SECRET',
    '# or, on a machine of Azure: auth: { method: managed-identity }',
  ].join('\n'),
  open(config, { clock, local }) {
    const client = createAzureClient(config, clock);
    return shelfStore({
      id: 'azure-key-vault',
      system: SYSTEM,
      shelf: azureShelf(client),
      labels: asTags,
      check: () => checkAzure(client, config),
      url: linkTo(config),
      // Every write adds a version, so a second writer must wait instead of being refused.
      turn: (name, work) => inTurn(local, clock, name, config.timeout_ms * CALLS, work),
    });
  },
});

/** The most calls that one create, rotation or removal makes. */
const CALLS = 12;
