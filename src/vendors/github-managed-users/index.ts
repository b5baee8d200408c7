import { done } from '../../domain/outcome.ts';
import { ownCredentials } from '../../lib/github-app.ts';
import { openGitHubClient } from '../../lib/github-client.ts';
import { revokeToken } from '../../lib/github-revoke.ts';
import { tokenShape } from '../../lib/github-rights.ts';
import { removeAccess } from '../../lib/github-roles.ts';
import { searchScopes } from '../../lib/github-scope.ts';
import { rulesFor, verifyToken } from '../../lib/github-verify.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { ensureAccess } from './access.ts';
import { check } from './check.ts';
import { openScimClient } from './client.ts';
import type { ManagedUsersContext } from './context.ts';
import { profileOf } from './profile.ts';
import { configSchema } from './schema.ts';
import type { ManagedUsersConfig } from './schema.ts';
import { tokenTask } from './tasks.ts';
import { ensureUser, findUser, removeUser } from './user.ts';

/** An organisation of an enterprise whose users live in it alone. */
export const githubManagedUsers = defineVendor<ManagedUsersConfig>({
  id: 'github-managed-users',
  name: 'GitHub Enterprise Managed Users',
  schema: configSchema,
  example: [
    'vendor: github-managed-users',
    'enterprise: acme',
    'short_code: acme',
    'org: acme-platform',
    'auth:',
    '  app_id: 12345',
    '  private_key: file:/etc/flow-service-accounts/github-app.pem',
    '  installation_id: 6789012',
    'scim: { token: env:GITHUB_SCIM_TOKEN }',
    '# or, where an identity provider makes the users: scim: idp',
  ].join('\n'),
  abilities: {
    user: 'automatic',
    access: 'automatic',
    credential: 'human',
    revoke: 'automatic',
    remove: 'automatic',
  },
  variants: [
    {
      when: 'with `scim: idp`',
      applies: ({ scim }) => scim === 'idp',
      abilities: { user: 'human', remove: 'human' },
    },
  ],
  accessWords: {
    owner: {
      label: 'Owner',
      hint: 'Owner of the organisation; needed only when Flow is to set up webhooks.',
    },
    contributor: {
      label: 'Member',
      hint: 'Member of the organisation; reads (for an automation: writes) the chosen repositories.',
    },
  },
  scopeWord: 'organisation or repository',
  flowTile: 'GitHub',
  flowVendorType: 'github',
  services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
  git: true,
  open,
});

function open(config: ManagedUsersConfig, deps: VendorDeps): Vendor {
  const { auth, org, scim, enterprise } = config;
  const options = {
    name: deps.connectionName,
    baseUrl: config.base_url,
    timeoutMs: config.timeout_ms,
    clock: deps.clock,
  };
  const client = openGitHubClient(options, ownCredentials(options, auth), org);
  const context: ManagedUsersContext = {
    ...options,
    auth,
    client,
    config,
    org,
    webUrl: config.web_url.replace(/\/$/, ''),
    scim: scim === 'idp' ? null : openScimClient(options, scim.token, enterprise),
  };
  return {
    check: () => check(context),
    searchScopes: (text) => searchScopes(client, org, text),
    profile: (spec) => profileOf(config, spec),
    ensureUser: (spec, answers) => ensureUser(context, spec, answers),
    ensureAccess: (spec, user) => ensureAccess(context, spec, user),
    credential: {
      how: 'deposited',
      task: (spec, user, name, days) => tokenTask(context, spec, user, name, days),
    },
    verify: (spec, user, credential) =>
      verifyToken(context, spec, user, credential, rulesFor(tokenShape(spec), !('token' in auth))),
    revoke: (_user, credential) => revokeToken(options, credential),
    async removeAccess(spec, user) {
      await removeAccess(context, spec, user);
      return done(undefined);
    },
    removeUser: (spec, user) => removeUser(context, spec, user),
    findUser: (spec) => findUser(context, spec),
  };
}
