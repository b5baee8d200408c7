import { humanTask } from '../domain/task.ts';
import type { HumanTask } from '../domain/task.ts';
import type { FlowRole } from './flow.ts';
import {
  ADMIN_WARNING,
  DEFAULT_ROLES_WARNING,
  makeRole,
  roleName,
  SAML_WARNING,
} from './role-words.ts';

/** Inviting by hand; the role is chosen here because Flow has no call to give it later. */
export function inviteTask(
  baseUrl: string,
  address: string,
  role: FlowRole,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: 'flow-invite',
    title: `Invite ${address} to Flow`,
    role: 'flow-admin',
    instructions: [
      ...makeRole(role),
      'Open Settings > User Management > Users and choose Invite users.',
      `As e-mail, enter exactly: ${address}`,
      `Under Roles, choose only: ${roleName(role)}`,
      'Choose Send invite.',
    ],
    links: [{ label: 'Open Flow', url: baseUrl }],
    warnings: [
      role.kind === 'admin' ? ADMIN_WARNING : DEFAULT_ROLES_WARNING,
      'You need the permissions Manage User Invites and Manage Users & Teams for this.',
      SAML_WARNING,
    ],
    finding,
  });
}
