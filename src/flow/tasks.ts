import { humanTask } from '../domain/task.ts';
import type { HumanTask, TaskLink } from '../domain/task.ts';
import type { FlowRole, FlowTasks } from './flow.ts';
import {
  createIntegrationTask,
  disconnectTask,
  replaceCredentialTask,
} from './integration-tasks.ts';
import {
  ADMIN_WARNING,
  DEFAULT_ROLES_WARNING,
  makeRole,
  roleName,
  SAML_WARNING,
} from './role-words.ts';

/** Flow's maker and its service; which address sends is documented nowhere. */
const SENDERS = ['appfireflow.com', 'appfire.com'];

/**
 * Everything Flow can only do in its own pages. Deep links are not documented, so every task links
 * to the workspace and names the path there.
 */
export function createTasks(baseUrl: string): FlowTasks {
  return {
    createIntegration: (details, finding) =>
      finding === null
        ? createIntegrationTask(baseUrl, details)
        : replaceCredentialTask(baseUrl, details, finding),
    replaceCredential: (details, finding) => replaceCredentialTask(baseUrl, details, finding),
    signUp: (address, passwordUrl, finding) => signUpTask(baseUrl, address, passwordUrl, finding),
    giveRole: (address, role, finding) => giveRoleTask(baseUrl, address, role, finding),
    createKey: (address, passwordUrl, secretName) =>
      createKeyTask(baseUrl, address, passwordUrl, secretName),
    hideFromReports: (address, finding) => hideTask(baseUrl, address, finding),
    deleteUser: (address) => deleteUserTask(baseUrl, address),
    deleteKey: (address) => deleteKeyTask(baseUrl, address),
    disconnect: (name) => disconnectTask(baseUrl, name),
  };
}

function signUpTask(
  baseUrl: string,
  address: string,
  passwordUrl: string,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: 'flow-sign-up',
    title: `Accept Flow's invitation as ${address}`,
    role: 'mail-admin',
    instructions: [
      `Open Flow's invitation in the mailbox of ${address}, in a private browser window, and choose Accept Invitation.`,
      `Under Create your account, keep exactly this e-mail: ${address}`,
      `As password, enter the stored one ${passwordPlace(passwordUrl)}. Do not choose another.`,
      'Accept the terms and sign out again.',
    ],
    links: links(baseUrl, passwordUrl),
    warnings: [
      'Do not use a single sign-on button: it would tie the account to a person.',
      'If no mail came, let a Flow admin open Settings > User Management > Users, find the address and resend the invitation. The mail system may also have to allow mail from Flow.',
      SAML_WARNING,
    ],
    finding,
    expectsMail: { from: SENDERS },
  });
}

function giveRoleTask(
  baseUrl: string,
  address: string,
  role: FlowRole,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: 'flow-give-role',
    title: `Give ${address} the role ${roleName(role)} in Flow`,
    role: 'flow-admin',
    instructions: [
      ...makeRole(role),
      `Open Settings > User Management > Users and open the user ${address}`,
      'Open Access > Roles.',
      `Choose only this role, and remove the others: ${roleName(role)}`,
      'Choose Save.',
    ],
    links: [{ label: 'Open Flow', url: baseUrl }],
    warnings: [
      role.kind === 'admin' ? ADMIN_WARNING : DEFAULT_ROLES_WARNING,
      'You need the permission Manage User Permissions or Manage Users & Teams for this.',
      SAML_WARNING,
    ],
    finding,
  });
}

function createKeyTask(
  baseUrl: string,
  address: string,
  passwordUrl: string,
  secretName: string,
): HumanTask {
  return humanTask({
    id: 'flow-create-key',
    title: `Make the Flow API key of ${address}`,
    role: 'flow-admin',
    instructions: [
      `Open Flow in a private browser window and sign in as ${address}, with the stored password ${passwordPlace(passwordUrl)}.`,
      'Open Settings > API keys. If the account has a key already, tick it, choose Delete and confirm: Flow allows one per user.',
      `Choose Create API key. If Flow asks for a name, enter exactly: ${secretName}`,
      'Copy the key, then choose Save and close, and sign out.',
    ],
    links: links(baseUrl, passwordUrl),
    warnings: [
      'Flow shows the key once. If it gets lost, delete it and make another.',
      'Flow lets a user make a key only for itself, so signing in as yourself makes the wrong key.',
      'Deleting a key stops whatever uses it at once.',
    ],
    deposit: { label: 'Flow API key', secretName },
  });
}

function hideTask(baseUrl: string, address: string, finding: string | null): HumanTask {
  return humanTask({
    id: 'flow-hide-user',
    title: `Hide ${address} from Flow's reports`,
    role: 'flow-admin',
    instructions: [
      `Open Settings > User Management > Users and search for: ${address}`,
      'If Flow does not list it, wait until Flow has read its first commit, or add it there as a user.',
      'Tick the user and hide it from reports.',
    ],
    links: [{ label: 'Open Flow', url: baseUrl }],
    warnings: [
      'Do not merge it with the user of a person: its commits would then count as theirs.',
    ],
    finding,
  });
}

function deleteUserTask(baseUrl: string, address: string): HumanTask {
  return humanTask({
    id: 'flow-delete-user',
    title: `Remove ${address} from Flow`,
    role: 'flow-admin',
    instructions: [
      `Open Settings > User Management > Users and search for: ${address}`,
      'Open the user and delete it, or delete the invitation if it is still pending. Confirm.',
    ],
    links: [{ label: 'Open Flow', url: baseUrl }],
    warnings: ['This cannot be taken back. Its API key stops working.'],
  });
}

function deleteKeyTask(baseUrl: string, address: string): HumanTask {
  return humanTask({
    id: 'flow-delete-key',
    title: `Delete the Flow API key of ${address}`,
    role: 'flow-admin',
    instructions: [
      'Open Settings > API Keys.',
      `Tick the key of the user ${address}`,
      'Choose Delete and confirm.',
    ],
    links: [{ label: 'Open Flow', url: baseUrl }],
    warnings: [
      'This cannot be taken back, and whatever uses the key stops at once.',
      'You need the permission Manage API Keys for this.',
    ],
  });
}

function passwordPlace(passwordUrl: string): string {
  return passwordUrl === '' ? '(see the secret store)' : '(link "Open the password")';
}

function links(baseUrl: string, passwordUrl: string): TaskLink[] {
  const password = { label: 'Open the password', url: passwordUrl };
  return [{ label: 'Open Flow', url: baseUrl }, ...(passwordUrl === '' ? [] : [password])];
}
