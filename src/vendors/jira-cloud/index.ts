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
import { openOrganisation } from './organisation.ts';
import type { Organisation } from './organisation.ts';
import { searchScopes } from './scope-search.ts';
import {
  ensureServiceAccount,
  findServiceAccount,
  removeServiceAccount,
} from './service-account.ts';
import { serviceTokenTask } from './service-tasks.ts';
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
  variants: [
    {
      when: 'with `accounts: service`',
      applies: ({ accounts }) => accounts === 'service',
      abilities: { user: 'human' },
      passwordless: true,
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
  services: ['tickets'],
  git: false,
  open: openJira,
});

function openJira(config: JiraConfig, deps: VendorDeps): Vendor {
  const login = { email: config.email, token: config.api_token };
  const organisation =
    config.organisation === undefined ? null : openOrganisation(config.organisation, config, deps);
  const client = createClient(config, deps, login);
  const context = { client, organisation, config, deps, connectionName: deps.connectionName };
  const service = config.accounts === 'service' ? organisation : null;
  return {
    check: () => checkJira(context),
    searchScopes: (text) => searchScopes(context, text),
    profile: (wish) => profileOf(config, wish),
    ...(service === null ? invitedAccount(context) : serviceAccount(context, service)),
    async ensureAccess(spec, user) {
      await ensureAccess(context, spec, user);
      return done(undefined);
    },
    verify: (spec, user, credential) => verifyToken(context, spec, user, credential),
    revoke: (user, credential) => revoke(context, user, credential),
    async removeAccess(spec, user) {
      await removeAccess(context, spec, user);
      return done(undefined);
    },
  };
}

type AccountPart = Pick<Vendor, 'ensureUser' | 'credential' | 'removeUser' | 'findUser'>;

function invitedAccount(context: JiraContext): AccountPart {
  const { config, deps } = context;
  return {
    ensureUser: (spec) => ensureAccount(context, spec),
    credential: {
      how: 'deposited',
      task: (spec, _user, name, days) =>
        tokenTask(config, spec, { name, days, now: deps.clock.now() }),
    },
    removeUser: (_spec, user) => removeAccount(context, user),
    findUser: (spec) => findAccount(context, spec),
  };
}

function serviceAccount(context: JiraContext, organisation: Organisation): AccountPart {
  const { deps } = context;
  return {
    ensureUser: (spec) => ensureServiceAccount(context, organisation, spec),
    credential: {
      how: 'deposited',
      task: (spec, user, name, days) =>
        serviceTokenTask(spec, user, { name, days, now: deps.clock.now() }),
    },
    removeUser: (_spec, user) => removeServiceAccount(organisation, user),
    findUser: (spec) => findServiceAccount(organisation, spec),
  };
}

/** Only where the organisation manages the account we may revoke; elsewhere it needs a person. */
async function revoke(context: JiraContext, user: VendorUser, credential: Secret): Promise<void> {
  if (!(await isAlive(context, user, credential))) return;
  const { organisation, config, connectionName } = context;
  const isService = config.accounts === 'service';
  if (!isService && (await organisation?.revokeOnly(user.id)) === true) return;
  const where = isService
    ? 'Open admin.atlassian.com, your organisation, Directory, Service accounts, the account, and revoke it there'
    : 'Sign in as that account, open id.atlassian.com, Security, API tokens, and revoke it there';
  throw new ProductError('refused', {
    subject: connectionName,
    message: `Jira has no way for us to revoke the API token of ${user.login}. ${where}; then try again.`,
  });
}
