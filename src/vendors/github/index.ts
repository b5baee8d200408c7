import { done } from '../../domain/outcome.ts';
import { checkOrganisation } from '../../lib/github-doctor.ts';
import { revokeToken } from '../../lib/github-revoke.ts';
import { tokenShape } from '../../lib/github-rights.ts';
import { removeAccess } from '../../lib/github-roles.ts';
import { searchScopes } from '../../lib/github-scope.ts';
import { rulesFor, verifyToken } from '../../lib/github-verify.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { ensureAccess } from './access.ts';
import { openClient } from './client.ts';
import type { GitHubContext } from './context.ts';
import { profileOf } from './profile.ts';
import { configSchema } from './schema.ts';
import type { GitHubConfig } from './schema.ts';
import { tokenTask } from './tasks.ts';
import { ensureUser, findByLogin, findUser, removeUser } from './user.ts';

/** A GitHub organisation, with a machine user that a person registers. */
export const github = defineVendor({
  id: 'github',
  name: 'GitHub',
  schema: configSchema,
  example: [
    'vendor: github',
    'org: acme',
    'auth:',
    '  app_id: 12345',
    '  private_key: file:/etc/flow-service-accounts/github-app.pem',
    '  installation_id: 6789012',
    '# or, with less to prove: auth: { token: env:GITHUB_OWNER_TOKEN }',
  ].join('\n'),
  abilities: {
    user: 'human',
    access: 'human',
    credential: 'human',
    revoke: 'automatic',
    remove: 'human',
  },
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

function open(config: GitHubConfig, deps: VendorDeps): Vendor {
  const options = {
    name: deps.connectionName,
    baseUrl: config.base_url,
    timeoutMs: config.timeout_ms,
    clock: deps.clock,
  };
  const { auth, org } = config;
  const context: GitHubContext = {
    ...options,
    auth,
    org,
    webUrl: config.web_url.replace(/\/$/, ''),
    client: openClient(options, auth, org),
  };
  return {
    check: () => checkOrganisation(context),
    searchScopes: (text) => searchScopes(context.client, org, text),
    profile: (spec) => profileOf(spec, org, !('token' in auth)),
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
    findByLogin: (login) => findByLogin(context, login),
  };
}
