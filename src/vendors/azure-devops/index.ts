import { done } from '../../domain/outcome.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import { ensureAccess, removeAccess } from './access.ts';
import { ensureAccount, findAccount, removeAccount } from './account.ts';
import { createClient } from './client.ts';
import { checkAzure } from './doctor.ts';
import { configSchema } from './schema.ts';
import type { AzureConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { tokenTask } from './tasks.ts';
import { revokeToken } from './tokens.ts';
import { verifyToken } from './verification.ts';

export const azureDevops = defineVendor<AzureConfig>({
  id: 'azure-devops',
  name: 'Azure DevOps',
  schema: configSchema,
  example: ['organization: acme', 'token: env:AZURE_DEVOPS_TOKEN'].join('\n'),
  abilities: {
    user: 'human',
    access: 'automatic',
    credential: 'human',
    revoke: 'automatic',
    remove: 'automatic',
  },
  accessWords: {
    owner: {
      label:
        'Project Collection Administrator (integrations), Project Administrators (automations)',
      hint: 'Needed for webhooks: an administrator of the whole organisation. For a process: administrator of the chosen projects.',
    },
    contributor: {
      label: 'Readers (integrations), Contributors (automations)',
      hint: 'Enough for repositories, pull requests and work items, or for pushing to branches.',
    },
  },
  scopeWord: 'project',
  flowTile: 'Azure DevOps',
  flowVendorType: 'azure_devops',
  services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
  git: true,
  open: openAzure,
});

function openAzure(config: AzureConfig, deps: VendorDeps): Vendor {
  const client = createClient(config, deps);
  const context = { client, config, deps, connectionName: deps.connectionName };
  return {
    check: () => checkAzure(context),
    searchScopes: (text) => searchScopes(context, text),
    profile: (wish) => profileOf(config, wish),
    ensureUser: (spec, answers) => ensureAccount(context, spec, answers),
    async ensureAccess(spec, user) {
      await ensureAccess(context, spec, user);
      return done(undefined);
    },
    credential: {
      how: 'deposited',
      task: (spec, user, name, days) =>
        tokenTask(config, spec, user, { name, days, now: deps.clock.now() }),
    },
    verify: (spec, user, credential) => verifyToken(context, spec, user, credential),
    revoke: (user, credential) => revokeToken(context, user, credential),
    async removeAccess(spec, user) {
      await removeAccess(context, spec, user);
      return done(undefined);
    },
    removeUser: (_spec, user) => removeAccount(context, user),
    findUser: (spec) => findAccount(context, spec),
  };
}
