import type { Workspace } from '../../../flow/sandbox-workspace.ts';
import type { Outside } from '../../outside.ts';
import type { BoardTable } from '../wire.ts';
import { cell, code, state } from './board.ts';
import type { Board } from './board.ts';

export function drawFlow({ flow: { workspace } }: Outside): Board {
  return {
    name: 'Flow',
    about: 'Flow itself. Its API shows much and changes little, so most of it is done by people.',
    tables: [integrations(workspace), users(workspace), roles(workspace)],
  };
}

function integrations({ integrations, repos }: Workspace): BoardTable {
  return {
    title: 'Integrations',
    columns: ['Name', 'Provider', 'Signed in as', 'Repositories', 'Data status'],
    rows: integrations.map((one) => [
      cell(one.name),
      cell(one.vendorType),
      cell(one.username),
      cell(repos.filter(({ integrationId }) => integrationId === one.id).length),
      state(one.status, /fail/i.test(one.status) ? 'bad' : 'good'),
    ]),
    empty: 'No integration is connected.',
  };
}

function users({ users, keys }: Workspace): BoardTable {
  const withKeys = new Set(keys.values());
  return {
    title: 'Users',
    columns: ['E-mail', 'Roles', 'API key', 'In reports', 'State'],
    rows: users.map((user) => [
      cell(user.email),
      cell(user.roles.join(', ')),
      cell(withKeys.has(user.id) ? 'one' : 'none'),
      cell(user.hiddenFromReports ? 'hidden' : 'shown'),
      user.hasLogin
        ? state('active', 'good')
        : state(user.pendingInvitation ? 'invited' : 'known from data', 'quiet'),
    ]),
    empty: 'There are no users.',
  };
}

function roles({ roles }: Workspace): BoardTable {
  return {
    title: 'Roles',
    columns: ['Role', 'May read through the API', 'Rights'],
    rows: [...roles.values()].map((role) => [
      code(role.name),
      cell(role.api.join(', ')),
      cell(role.rights.join(', ')),
    ]),
    empty: 'There are no roles.',
  };
}
