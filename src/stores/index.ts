import { awsSecretsManager } from './aws-secrets-manager/index.ts';
import { azureKeyVault } from './azure-key-vault/index.ts';
import { confluenceRestricted } from './confluence-restricted/index.ts';
import { googleSecretManager } from './google-secret-manager/index.ts';
import { local } from './local/index.ts';
import { onepasswordConnect } from './onepassword-connect/index.ts';
import type { StoreDefinition } from './store.ts';
import { vault } from './vault/index.ts';

export const stores: readonly StoreDefinition[] = [
  vault,
  awsSecretsManager,
  googleSecretManager,
  azureKeyVault,
  onepasswordConnect,
  local,
  confluenceRestricted,
];
