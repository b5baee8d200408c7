import { done } from '../../domain/outcome.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import { ensureAccess, removeAccess } from './access.ts';
import { ensureAccount, findAccount, removeAccount } from './account.ts';
import { createClient } from './client.ts';
import { checkBitbucket } from './doctor.ts';
import { openOrganisation } from './organisation.ts';
import { configSchema } from './schema.ts';
import type { BitbucketConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { tokenTask } from './tasks.ts';
import { revokeToken } from './token.ts';
import { verifyToken } from './verification.ts';

export const bitbucketCloud = defineVendor<BitbucketConfig>({
  id: 'bitbucket-cloud',
  name: 'Bitbucket Cloud',
  schema: configSchema,
  example: [
    'workspace: acme',
    'email: bitbucket-admin@acme.example',
    'api_token: env:BITBUCKET_API_TOKEN',
    '# Without this a person invites and removes accounts:',
    'organisation:',
    '  id: 1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d',
    '  api_key: env:ATLASSIAN_ORGANISATION_KEY',
  ].join('\n'),
  abilities: {
    user: 'human',
    access: 'automatic',
    credential: 'human',
    revoke: 'human',
    remove: 'human',
  },
  variants: [
    {
      when: 'with `organisation`',
      applies: ({ organisation }) => organisation !== undefined,
      abilities: { remove: 'automatic' },
    },
  ],
  accessWords: {
    owner: {
      label: 'Admin of the chosen projects and repositories',
      hint: 'Needed for webhooks, or for a process that changes settings. Never an administrator of the workspace.',
    },
    contributor: {
      label: 'Read (integrations), Write (automations)',
      hint: 'Enough for repositories and pull requests, or for pushing to branches.',
    },
  },
  scopeWord: 'project or repository',
  flowTile: 'BitBucket',
  flowVendorType: 'bitbucket',
  services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
  git: true,
  open: openBitbucket,
});

function openBitbucket(config: BitbucketConfig, deps: VendorDeps): Vendor {
  const login = { email: config.email, token: config.api_token, ours: true };
  const client = createClient(config, deps, login);
  const organisation =
    config.organisation === undefined ? null : openOrganisation(config.organisation, config, deps);
  const context = { client, organisation, config, deps, connectionName: deps.connectionName };
  return {
    check: () => checkBitbucket(context),
    searchScopes: (text) => searchScopes(context, text),
    profile: (wish) => profileOf(wish),
    ensureUser: (spec) => ensureAccount(context, spec),
    async ensureAccess(spec, user) {
      await ensureAccess(context, spec, user);
      return done(undefined);
    },
    credential: {
      how: 'deposited',
      task: (spec, _user, name, days) => tokenTask(spec, { name, days, now: deps.clock.now() }),
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
