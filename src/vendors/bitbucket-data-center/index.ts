import { done } from '../../domain/outcome.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import { ensureAccess, removeAccess } from './access.ts';
import {
  ensureAccount,
  findAccount,
  findByLogin,
  searchAccounts,
  removeAccount,
} from './account.ts';
import type { BitbucketContext } from './account.ts';
import { createClient } from './client.ts';
import { checkBitbucket } from './doctor.ts';
import { configSchema } from './schema.ts';
import type { BitbucketConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { tokenTask } from './tasks.ts';
import { mintToken, revokeToken, revokeTokensNamed } from './token.ts';
import { verifyToken } from './verification.ts';

export const bitbucketDataCenter = defineVendor<BitbucketConfig>({
  id: 'bitbucket-data-center',
  name: 'Bitbucket Data Center',
  schema: configSchema,
  example: [
    'base_url: https://bitbucket.acme.example',
    'admin_username: flow-accounts-admin',
    'admin_password: env:BITBUCKET_ADMIN_PASSWORD',
  ].join('\n'),
  abilities: {
    user: 'automatic',
    access: 'automatic',
    credential: 'automatic',
    revoke: 'automatic',
    remove: 'automatic',
  },
  variants: [
    {
      when: 'with `token: by-hand`',
      applies: ({ token }) => token === 'by-hand',
      abilities: { credential: 'human' },
    },
  ],
  accessWords: {
    owner: {
      label: 'Admin of the chosen projects and repositories',
      hint: 'Needed for webhooks, or for a process that changes settings. Never a Bitbucket administrator.',
    },
    contributor: {
      label: 'Read (integrations), Write (automations)',
      hint: 'Enough for repositories and pull requests, or for pushing to branches.',
    },
  },
  scopeWord: 'project or repository',
  flowTile: 'BitBucket Server',
  flowVendorType: 'bitbucket',
  setsPassword: true,
  services: ['repositories', 'pull-requests', 'webhooks'],
  git: true,
  open: openBitbucket,
});

function openBitbucket(config: BitbucketConfig, deps: VendorDeps): Vendor {
  const login = { username: config.admin_username, password: config.admin_password };
  const client = createClient(config, deps, login, 'our account');
  const context = { client, config, deps, connectionName: deps.connectionName };
  return {
    check: () => checkBitbucket(context),
    searchScopes: (text) => searchScopes(context, text),
    profile: (wish) => profileOf(config, wish),
    ensureUser: (spec) => ensureAccount(context, spec),
    async ensureAccess(spec, user) {
      await ensureAccess(context, spec, user);
      return done(undefined);
    },
    credential: credentialOf(context),
    verify: (spec, user, credential) => verifyToken(context, spec, user, credential),
    revoke: (user, credential) => revokeToken(context, user, credential),
    async removeAccess(spec, user) {
      await removeAccess(context, spec, user);
      return done(undefined);
    },
    removeUser: (_spec, user) => removeAccount(context, user),
    findUser: (spec) => findAccount(context, spec),
    findByLogin: (login) => findByLogin(context, login),
    searchAccounts: (word) => searchAccounts(context, word),
  };
}

function credentialOf(context: BitbucketContext): Vendor['credential'] {
  const { config } = context;
  return config.token === 'by-hand'
    ? {
        how: 'deposited',
        task: (spec, user, name, days) => tokenTask(config, spec, user, { name, days }),
      }
    : {
        how: 'minted',
        mint: (spec, user, name, days) => mintToken(context, spec, user, name, days),
        revokeNamed: (user, name) => revokeTokensNamed(context, user, name),
      };
}
