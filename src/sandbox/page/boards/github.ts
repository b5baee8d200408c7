import type { SandboxWorld } from '../../../vendors/github/sandbox-world.ts';
import type { Outside } from '../../outside.ts';
import type { BoardTable } from '../wire.ts';
import { cell, code, dayOf, state } from './board.ts';
import type { Board } from './board.ts';

export function drawGithub({ github: { world } }: Outside): Board {
  return {
    name: 'GitHub',
    about: `The organisation ${world.org}. Signing up, accepting and making tokens are steps for people.`,
    tables: [members(world), invitations(world), access(world), tokens(world)],
  };
}

function loginOf({ state }: SandboxWorld, userId: number): string {
  return state.users.find(({ id }) => id === userId)?.login ?? '–';
}

function members({ state: github }: SandboxWorld): BoardTable {
  return {
    title: 'People',
    columns: ['Login', 'E-mail', 'In the organisation'],
    rows: github.users
      .filter(({ type }) => type === 'User')
      .map((user) => {
        const role = github.members.get(user.id);
        const words = role === 'admin' ? 'owner' : 'member';
        return [
          code(user.login),
          cell(user.email),
          role === undefined ? state('not yet', 'quiet') : state(words, 'good'),
        ];
      }),
    empty: 'There is nobody.',
  };
}

function invitations(world: SandboxWorld): BoardTable {
  return {
    title: 'Open invitations',
    columns: ['Login', 'As', 'Sent'],
    rows: world.state.invitations.map((one) => [
      code(loginOf(world, one.userId)),
      cell(one.role === 'admin' ? 'owner' : 'member'),
      dayOf(one.createdAt),
    ]),
    empty: 'No invitation is open.',
  };
}

function access(world: SandboxWorld): BoardTable {
  return {
    title: 'Access to repositories',
    columns: ['Repository', 'Who was given access'],
    rows: world.state.repositories.map(({ full_name: name, direct }) => [
      code(name),
      cell([...direct].map(([id, role]) => `${loginOf(world, id)} (${role})`).join(', ')),
    ]),
    empty: 'There are no repositories.',
  };
}

function tokens(world: SandboxWorld): BoardTable {
  return {
    title: 'Access tokens',
    columns: ['Name', 'Login', 'May', 'Expires', 'State'],
    rows: world.state.tokens.map((token) => [
      code(token.name),
      cell(loginOf(world, token.userId)),
      cell(token.scopes?.join(', ') ?? permissionsOf(token.permissions)),
      dayOf(token.expiresAt),
      state(token.state, token.state === 'active' ? 'good' : 'bad'),
    ]),
    empty: 'There are no tokens.',
  };
}

function permissionsOf(permissions: Readonly<Record<string, Record<string, string>>>): string {
  return Object.values(permissions)
    .flatMap((levels) => Object.entries(levels))
    .map(([name, level]) => `${name.replaceAll('_', ' ')}: ${level}`)
    .join(', ');
}
