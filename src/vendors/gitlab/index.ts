import { done } from '../../domain/outcome.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import {
  ensureAccount,
  findAccount,
  findByLogin,
  removeAccount,
  searchAccounts,
} from './account.ts';
import { createClient } from './client.ts';
import { checkGitlab } from './doctor.ts';
import { ensureMemberships, removeMemberships } from './membership.ts';
import { configSchema } from './schema.ts';
import type { GitlabConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { mintToken, revokeToken, revokeTokensNamed } from './token.ts';
import { verifyToken } from './verification.ts';

export const gitlab = defineVendor<GitlabConfig>({
  id: 'gitlab',
  name: 'GitLab',
  schema: configSchema,
  example: [
    'base_url: https://gitlab.com',
    'token: env:GITLAB_TOKEN',
    'ownership: group',
    'group: acme',
  ].join('\n'),
  abilities: {
    user: 'automatic',
    access: 'automatic',
    credential: 'automatic',
    revoke: 'automatic',
    remove: 'automatic',
  },
  accessWords: {
    owner: {
      label: 'Maintainer',
      hint: 'Needed for webhooks, or for a process that works with the whole API.',
    },
    contributor: {
      label: 'Reporter (reads only), Developer for automations',
      hint: 'Enough for repositories, merge requests and issues, or for pushing to branches.',
    },
  },
  scopeWord: 'group or project',
  flowTile: 'GitLab Cloud or GitLab Self-Hosted',
  flowVendorType: 'gitlab',
  services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
  git: true,
  open: openGitlab,
});

function openGitlab(config: GitlabConfig, deps: VendorDeps): Vendor {
  const client = createClient(config, deps);
  const context = { client, config, deps, connectionName: deps.connectionName };
  return {
    check: () => checkGitlab(context),
    searchScopes: (text) => searchScopes(context, text),
    profile: (wish) => profileOf(config, wish),
    ensureUser: (spec) => ensureAccount(context, spec),
    async ensureAccess(spec, user) {
      await ensureMemberships(context, spec, user);
      return done(undefined);
    },
    credential: {
      how: 'minted',
      mint: (spec, user, name, days) => mintToken(context, spec, user, name, days),
      revokeNamed: (user, name) => revokeTokensNamed(context, user, name),
    },
    verify: (spec, user, credential) => verifyToken(context, spec, user, credential),
    revoke: (_user, credential) => revokeToken(context, credential),
    async removeAccess(spec, user) {
      await removeMemberships(context, spec, user);
      return done(undefined);
    },
    removeUser: (_spec, user) => removeAccount(context, user),
    findUser: (spec) => findAccount(context, spec),
    findByLogin: (login) => findByLogin(context, login),
    searchAccounts: (word) => searchAccounts(context, word),
  };
}
