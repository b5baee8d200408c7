import type { FlowRole } from './flow.ts';

/** The role's name in Flow: the built-in Admin, or one made for exactly these permissions. */
export function roleName(role: FlowRole): string {
  return role.kind === 'admin' ? 'Admin' : `Service account: ${role.permissions.join(', ')}`;
}

/** How a person makes the role; nothing for the built-in one. */
export function makeRole(role: FlowRole): string[] {
  if (role.kind === 'admin') return [];
  return [
    `If there is no role named "${roleName(role)}" yet: open Settings > User Management > Role management, choose New Role and give it exactly that name.`,
    `In that role, under API access, tick exactly: ${role.permissions.join(', ')}.`,
    'In that role, also tick Manage API Keys, so that the account can make its own key. Tick nothing else and save.',
  ];
}

export const ADMIN_WARNING =
  'An Admin sees and can change everything in Flow, including all teams and people. An API key reads every record of each object it may read, whatever the view rights.';

export const DEFAULT_ROLES_WARNING =
  'Flow gives every new user all default roles. If one of them allows more than this, take it from this account.';

export const SAML_WARNING =
  'If your workspace signs in by SAML, a password may not work for this account, and roles managed by the identity provider replace the role set here. Then map a group there, or ask your Flow contact for a password sign-in.';
