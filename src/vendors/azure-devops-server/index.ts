import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps, VendorUser } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import {
  ensureAccess,
  ensureAccount,
  findAccount,
  removeAccess,
  removeAccount,
} from './account.ts';
import { createClient } from './client.ts';
import type { ServerContext } from './context.ts';
import { checkServer } from './doctor.ts';
import { configSchema } from './schema.ts';
import type { ServerConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { tokenTask } from './tasks.ts';
import { holderOf, verifyToken } from './verification.ts';

export const azureDevopsServer = defineVendor<ServerConfig>({
  id: 'azure-devops-server',
  name: 'Azure DevOps Server',
  schema: configSchema,
  example: [
    'collection_url: https://devops.acme.example/DefaultCollection',
    'token: env:AZURE_DEVOPS_SERVER_TOKEN',
  ].join('\n'),
  abilities: {
    user: 'human',
    access: 'human',
    credential: 'human',
    revoke: 'human',
    remove: 'human',
  },
  accessWords: {
    owner: {
      label:
        'Project Collection Administrator (integrations), Project Administrators (automations)',
      hint: 'Needed for webhooks: an administrator of the whole collection. For a process: administrator of the chosen projects.',
    },
    contributor: {
      label: 'Readers (integrations), Contributors (automations)',
      hint: 'Enough for repositories, pull requests and work items, or for pushing to branches.',
    },
  },
  scopeWord: 'project',
  flowTile: 'Azure DevOps Server',
  flowVendorType: 'azure_devops_server',
  services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
  git: true,
  open: openServer,
});

function openServer(config: ServerConfig, deps: VendorDeps): Vendor {
  const client = createClient(config, deps, config.token);
  const context = { client, config, deps, connectionName: deps.connectionName };
  return {
    check: () => checkServer(context),
    searchScopes: (text) => searchScopes(context, text),
    profile: (wish) => profileOf(config, wish),
    ensureUser: (spec, answers) => ensureAccount(context, spec, answers),
    ensureAccess: (spec, user) => ensureAccess(context, spec, user),
    credential: {
      how: 'deposited',
      task: (spec, user, name, days) =>
        tokenTask(config, spec, user, { name, days, now: deps.clock.now() }),
    },
    verify: (spec, user, credential) => verifyToken(context, spec, user, credential),
    revoke: (user, credential) => revoke(context, user, credential),
    removeAccess: (spec, user) => removeAccess(context, spec, user),
    removeUser: (_spec, user) => removeAccount(context, user),
    findUser: (spec) => findAccount(context, spec),
  };
}

/** The server lets only the account itself revoke its tokens, so a living one needs a person. */
async function revoke(
  { client, config, deps, connectionName }: ServerContext,
  user: VendorUser,
  credential: Secret,
): Promise<void> {
  const holder = await holderOf(client, createClient(config, deps, credential));
  if (holder === undefined) return;
  throw new ProductError('refused', {
    subject: connectionName,
    message: `We cannot revoke a token at ${connectionName}. Sign in there as ${user.login}, open User settings, Personal access tokens, and revoke it; then try again.`,
  });
}
