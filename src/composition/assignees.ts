import type { ValidConfig } from '../config/validate.ts';
import { refuseMember } from '../domain/approval.ts';
import type { PersonId, Request } from '../domain/request.ts';
import type { TaskRole } from '../domain/task.ts';
import type { Directory } from '../requests/requests.ts';
import type { Assignees } from '../steps/assignees.ts';

/**
 * Gives a task to the person configured for its role, else to the account's owner, then the second
 * owner, then the requester: the first who is still a full member.
 */
export function assigneesFrom(config: ValidConfig, directory: Directory): Assignees {
  return {
    async assign(request, role, present) {
      const first = present === null ? [] : [present];
      const candidates = [...new Set([...first, ...candidatesFor(request, role, config)])];
      for (const id of candidates) {
        const member = await directory.member(id, []);
        if (member !== undefined && refuseMember(member, directory.teamId) === undefined) return id;
      }
      return request.order.owner;
    },
  };
}

function candidatesFor(request: Request, role: TaskRole, config: ValidConfig): PersonId[] {
  const { owner, secondOwner } = request.order;
  const configured = configuredFor(request, role, config);
  return [configured, owner, secondOwner, request.requester].filter((id) => id != null);
}

function configuredFor(
  { order }: Request,
  role: TaskRole,
  config: ValidConfig,
): PersonId | undefined {
  switch (role) {
    case 'owner':
      return order.owner;
    case 'vendor-admin':
      return order.kind === 'flow-user'
        ? undefined
        : config.connections.find(({ id }) => id === order.connection)?.admin;
    case 'mail-admin':
      return config.people.mail_admin;
    case 'flow-admin':
      return config.people.flow_admin;
    case 'store-admin':
      return config.people.store_admin;
  }
}
