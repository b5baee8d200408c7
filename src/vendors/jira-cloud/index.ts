import { ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import { defineVendor } from '../vendor.ts';
import type { Vendor, VendorDeps, VendorUser } from '../vendor.ts';
import { profileOf } from './access-profile.ts';
import { ensureAccess, removeAccess } from './access.ts';
import { ensureAccount, findAccount, removeAccount } from './account.ts';
import type { JiraContext } from './account.ts';
import { createClient } from './client.ts';
import { checkJira } from './doctor.ts';
import { configSchema } from './schema.ts';
import type { JiraConfig } from './schema.ts';
import { searchScopes } from './scope-search.ts';
import { tokenTask } from './tasks.ts';
import { isAlive, verifyToken } from './verification.ts';

export const jiraCloud = defineVendor<JiraConfig>({
  id: 'jira-cloud',
  name: 'Jira Cloud',
  schema: configSchema,
  example: [
    'base_url: https://acme.atlassian.net',
    'email: jira-admin@acme.example',
    'api_token: env:JIRA_API_TOKEN',
    'groups:',
    '  contributor: [jira-users-acme]',
    '  owner: [jira-users-acme]',
  ].join('\n'),
  abilities: {
    user: 'automatic',
    access: 'automatic',
    credential: 'human',
    revoke: 'human',
    remove: 'automatic',
  },
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
  services: ['tickets'],
  git: false,
  open: openJira,
});

function openJira(config: JiraConfig, deps: VendorDeps): Vendor {
  const client = createClient(config, deps, { email: config.email, token: config.api_token });
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
    credential: {
      how: 'deposited',
      task: (spec, _user, name, days) =>
        tokenTask(config, spec, { name, days, now: deps.clock.now() }),
    },
    verify: (spec, user, credential) => verifyToken(context, spec, user, credential),
    revoke: (user, credential) => revoke(context, user, credential),
    removeAccess: (spec, user) => removeAccess(context, spec, user),
    removeUser: (_spec, user) => removeAccount(context, user),
    findUser: (spec) => findAccount(context, spec),
  };
}

/** Only the account itself can delete its API tokens, so a living one needs a person. */
async function revoke(context: JiraContext, user: VendorUser, credential: Secret): Promise<void> {
  if (!(await isAlive(context, user, credential))) return;
  throw new ProductError('refused', {
    subject: context.connectionName,
    message: `Jira has no way for us to revoke the API token of ${user.login}. Sign in as that account, open id.atlassian.com, Security, API tokens, and revoke it there; then try again.`,
  });
}
