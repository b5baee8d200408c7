import { done } from '../../domain/outcome.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import { ensureAccess, removeAccess } from './access.ts';
import { ensureAccount, findAccount, findByLogin, removeAccount } from './account.ts';
import type { JiraContext } from './account.ts';
import { createClient } from './client.ts';
import { checkJira } from './doctor.ts';
import { configSchema } from './schema.ts';
import type { JiraConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { tokenTask } from './tasks.ts';
import { mintToken, revokeToken, revokeTokensNamed } from './token.ts';
import { verifyToken } from './verification.ts';

export const jiraDataCenter = defineVendor<JiraConfig>({
  id: 'jira-data-center',
  name: 'Jira Data Center',
  schema: configSchema,
  example: [
    'base_url: https://jira.acme.example',
    'admin_token: env:JIRA_ADMIN_TOKEN',
    'groups:',
    '  contributor: [jira-software-users]',
    '  owner: [jira-software-users]',
    'project_roles:',
    '  contributor: Developers',
    '  owner: Administrators',
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
      label: 'Project administrator',
      hint: 'Only where permission schemes demand it; Flow does not. Never a Jira administrator.',
    },
    contributor: {
      label: 'Member of the chosen projects',
      hint: 'Browse projects and create issues: all that Flow asks for.',
    },
  },
  scopeWord: 'project',
  flowTile: 'Jira Cloud & Self-Managed',
  flowVendorType: 'jira',
  setsPassword: true,
  services: ['tickets'],
  git: false,
  open: openJira,
});

function openJira(config: JiraConfig, deps: VendorDeps): Vendor {
  const client = createClient(config, deps, { token: config.admin_token }, 'our token');
  const context = { client, config, deps, connectionName: deps.connectionName };
  return {
    check: () => checkJira(context),
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
  };
}

function credentialOf(context: JiraContext): Vendor['credential'] {
  const { config } = context;
  return config.token === 'by-hand'
    ? {
        how: 'deposited',
        task: (spec, user, name, days) => tokenTask(config, spec, user, { name, days }),
      }
    : {
        how: 'minted',
        mint: (spec, user, name, days) => mintToken(context, spec, user, name, days),
        revokeNamed: (user, name, spec) => revokeTokensNamed(context, spec, user, name),
      };
}
