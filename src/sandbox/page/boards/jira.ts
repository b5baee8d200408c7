import type { Outside } from '../../outside.ts';
import { cell, code, dayOf, state } from './board.ts';
import type { Board } from './board.ts';

export function drawJira({ jira: { state: jira } }: Outside): Board {
  const emailOf = (accountId: string) =>
    jira.users.find((user) => user.accountId === accountId)?.email;
  return {
    name: 'Jira',
    about: 'A ticket system. An invited account signs up and makes its API token by hand.',
    tables: [
      {
        title: 'People',
        columns: ['E-mail', 'Name', 'Groups', 'State'],
        rows: jira.users.map((user) => [
          cell(user.email),
          cell(user.displayName),
          cell(user.groups.join(', ')),
          user.signedUp ? state('active', 'good') : state('invited', 'quiet'),
        ]),
        empty: 'There is nobody.',
      },
      {
        title: 'Project roles',
        columns: ['Project', 'Role', 'Who'],
        rows: jira.projects.flatMap(({ key, roles }) =>
          [...roles].map(([role, ids]) => [
            code(key),
            cell(role),
            cell([...ids].map((id) => emailOf(id) ?? id).join(', ')),
          ]),
        ),
        empty: 'There are no projects.',
      },
      {
        title: 'API tokens',
        columns: ['Label', 'Account', 'Expires', 'State'],
        rows: jira.tokens.map((token) => [
          code(token.label),
          cell(emailOf(token.accountId)),
          dayOf(token.expiresAt),
          token.revoked ? state('revoked', 'bad') : state('active', 'good'),
        ]),
        empty: 'There are no tokens.',
      },
    ],
  };
}
