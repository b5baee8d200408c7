import type { GitlabSandbox } from '../../../vendors/gitlab/sandbox.ts';
import type { Outside } from '../../outside.ts';
import type { BoardTable } from '../wire.ts';
import { cell, code, dayOf, state } from './board.ts';
import type { Board } from './board.ts';

type State = GitlabSandbox['state'];

// https://docs.gitlab.com/api/access_requests/#valid-access-levels
const LEVELS: Readonly<Record<number, string>> = {
  10: 'Guest',
  20: 'Reporter',
  30: 'Developer',
  40: 'Maintainer',
  50: 'Owner',
};

export function drawGitlab({ gitlab: { state } }: Outside): Board {
  return {
    name: 'GitLab',
    about: 'A Git host where an administrator’s token can do everything: nobody has to click here.',
    tables: [users(state), members(state), tokens(state)],
  };
}

function users(gitlab: State): BoardTable {
  return {
    title: 'Users',
    columns: ['Username', 'Name', 'E-mail', 'Kind'],
    rows: gitlab.users.map((user) => [
      code(user.username),
      cell(user.name),
      cell(user.unconfirmedEmail ?? user.email),
      user.serviceOf === null ? state('person', 'quiet') : state('service account', 'good'),
    ]),
    empty: 'There are no users.',
  };
}

function members({ memberships, users, places }: State): BoardTable {
  return {
    title: 'Members',
    columns: ['Group or project', 'User', 'Role'],
    rows: memberships.map(({ placeId, kind, userId, level }) => [
      code(places.find((one) => one.id === placeId && one.kind === kind)?.fullPath ?? '–'),
      cell(users.find(({ id }) => id === userId)?.username),
      cell(LEVELS[level] ?? level),
    ]),
    empty: 'Nobody is a member of anything.',
  };
}

function tokens({ tokens, users }: State): BoardTable {
  return {
    title: 'Access tokens',
    columns: ['Name', 'User', 'Scopes', 'Expires', 'State'],
    rows: tokens.map((token) => [
      code(token.name),
      cell(users.find(({ id }) => id === token.userId)?.username),
      cell(token.scopes.join(', ')),
      dayOf(token.expiresAt),
      token.revoked ? state('revoked', 'bad') : state('active', 'good'),
    ]),
    empty: 'There are no tokens.',
  };
}
