import { done } from '../../domain/outcome.ts';
import { createTurns } from './turns.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Verification } from '../../domain/account.ts';
import { classicShape } from '../../lib/github-rights.ts';
import { removeAccess } from '../../lib/github-roles.ts';
import { searchScopes } from '../../lib/github-scope.ts';
import { rulesFor, verifyToken } from '../../lib/github-verify.ts';
import { defineVendor } from '../vendor.ts';
import type { AccountSpec, Vendor, VendorDeps, VendorUser } from '../vendor.ts';
import { ensureAccess } from './access.ts';
import { check } from './check.ts';
import { openAdminClient } from './client.ts';
import type { ServerContext } from './context.ts';
import { mintToken } from './impersonation.ts';
import { profileOf } from './profile.ts';
import { revokeImpersonation, revokeToken } from './revoke.ts';
import { configSchema } from './schema.ts';
import type { EnterpriseServerConfig } from './schema.ts';
import { tokenTask } from './tasks.ts';
import { ensureUser, findByLogin, findUser, removeUser } from './user.ts';

/** An organisation of a GitHub Enterprise Server, whose site administrators may do everything. */
export const githubEnterpriseServer = defineVendor<EnterpriseServerConfig>({
  id: 'github-enterprise-server',
  name: 'GitHub Enterprise Server',
  schema: configSchema,
  example: [
    'vendor: github-enterprise-server',
    'base_url: https://github.acme.example',
    'org: acme',
    'auth: { token: env:GHES_SITE_ADMIN_TOKEN }',
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
    {
      when: 'with `external_auth: true`',
      applies: ({ external_auth }) => external_auth,
      abilities: { user: 'human' },
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
  flowTile: 'GitHub Enterprise',
  flowVendorType: 'github_enterprise',
  services: ['repositories', 'pull-requests', 'tickets', 'webhooks'],
  git: true,
  open,
});

function open(config: EnterpriseServerConfig, deps: VendorDeps): Vendor {
  const { org, auth } = config;
  const webUrl = config.base_url.replace(/\/$/, '');
  const options = {
    name: deps.connectionName,
    baseUrl: `${webUrl}/api/v3`,
    timeoutMs: config.timeout_ms,
    clock: deps.clock,
  };
  const client = openAdminClient(options, auth.token, org);
  const context: ServerContext = { ...options, client, config, org, webUrl, turns: createTurns() };
  return {
    check: () => check(context),
    searchScopes: (text) => searchScopes(client, org, text),
    profile: (spec) => profileOf(config, spec),
    ensureUser: (spec, answers) => ensureUser(context, spec, answers),
    ensureAccess: (spec, user) => ensureAccess(context, spec, user),
    credential: credentialOf(context),
    verify: (spec, user, credential) => verify(context, spec, user, credential),
    revoke: (user, credential) => revokeToken(context, user, credential),
    async removeAccess(spec, user) {
      await removeAccess(context, spec, user);
      return done(undefined);
    },
    removeUser: (spec, user) => removeUser(context, spec, user),
    findUser: (spec) => findUser(context, spec),
    findByLogin: (login) => findByLogin(context, login),
  };
}

function credentialOf(context: ServerContext): Vendor['credential'] {
  if (context.config.token === 'by-hand') {
    return {
      how: 'deposited',
      task: (spec, user, name, days) => tokenTask(context, spec, user, name, days),
    };
  }
  return {
    how: 'minted',
    mint: (spec, user) => mintToken(context, spec, user),
    revokeNamed: (user) => revokeImpersonation(context, user),
  };
}

async function verify(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
  credential: Secret,
): Promise<Verification> {
  const byHand = context.config.token === 'by-hand';
  const rules = {
    ...rulesFor(classicShape(spec), false),
    ...(byHand ? {} : { prefix: null, mayLiveForever: true }),
  };
  const verification = await verifyToken(context, spec, user, credential, rules);
  return { ...verification, isNot: [...verification.isNot, 'is not a site administrator'] };
}
