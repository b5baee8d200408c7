import type { AccessProfile, AccountSpec } from '../vendor.ts';

export const LEVELS = ['read', 'write', 'admin'] as const;
export type Level = (typeof LEVELS)[number];

type Wish = Pick<AccountSpec, 'kind' | 'access' | 'services' | 'scope'>;

export function levelOf(wish: Pick<Wish, 'kind' | 'access'>): Level {
  if (wish.access === 'owner') return 'admin';
  return wish.kind === 'automation' ? 'write' : 'read';
}

export function roleWords(level: Level): string {
  return `${{ read: 'Read', write: 'Write', admin: 'Admin' }[level]} in the chosen projects and repositories`;
}

/** Flow wants read on Account, Repository, Pull request and Issue; its older names for these. */
export function tokenScopesOf(wish: Wish): string[] {
  const names = ['read:user', 'read:workspace', 'read:repository', 'read:pullrequest'];
  if (wish.kind === 'automation') names.push(...writingScopes(wish));
  else {
    if (wish.services.includes('tickets')) names.push('read:issue');
    if (makesHooks(wish)) names.push('read:webhook', 'write:webhook');
  }
  return names.map((name) => `${name}:bitbucket`);
}

export function profileOf(wish: Wish & Pick<AccountSpec, 'address'>): AccessProfile {
  const isAutomation = wish.kind === 'automation';
  return {
    role: roleWords(levelOf(wish)),
    tokenScopes: tokenScopesOf(wish),
    means: isAutomation ? automationMeans(wish) : integrationMeans(wish),
    flowFields: isAutomation ? [] : flowFields(wish.address),
    notes: [...(isAutomation ? automationNotes() : integrationNotes(wish)), ...sharedNotes()],
  };
}

function writingScopes(wish: Wish): string[] {
  const writes = ['write:repository', 'write:pullrequest'];
  if (wish.access === 'contributor') return writes;
  const hasProject = wish.scope.some(({ kind }) => kind === 'project');
  return [...writes, 'admin:repository', ...(hasProject ? ['read:project', 'admin:project'] : [])];
}

function makesHooks(wish: Pick<Wish, 'access' | 'services'>): boolean {
  return wish.access === 'owner' && wish.services.includes('webhooks');
}

function integrationMeans(wish: Wish): string[] {
  const reads = 'Flow can read code and pull requests in the chosen projects and repositories.';
  if (wish.access === 'contributor') {
    return [reads, 'It can change nothing: neither the permission nor the token allows writing.'];
  }
  return [
    reads,
    makesHooks(wish)
      ? 'Flow can create webhooks, for which Bitbucket demands an administrator; the token allows no other change.'
      : 'The token only reads, although the account is an administrator there, because webhooks were not chosen.',
    'Through OAuth Flow asks for its own rights, within what the account may do.',
    'The account does not administer the workspace.',
  ];
}

function flowFields(address: string): AccessProfile['flowFields'] {
  return [
    {
      label: 'Authentication',
      value: 'OAuth; sign in to Bitbucket as the service account in the window that opens',
    },
    { label: 'Username, only if OAuth is not possible', value: address },
    {
      label: 'Password, only if OAuth is not possible',
      value: 'The API token from the secret store',
    },
  ];
}

function integrationNotes(wish: Wish): string[] {
  const hooks =
    wish.services.includes('webhooks') && wish.access === 'contributor'
      ? ['Webhooks need Admin; with Read Flow reads on its own schedule instead.']
      : [];
  const tickets = wish.services.includes('tickets')
    ? [
        'Atlassian has marked Bitbucket’s issue tracker as deprecated; choose tickets only if you use it.',
      ]
    : [];
  return [
    ...hooks,
    ...tickets,
    'Flow prefers OAuth for Bitbucket. Whether its form for username and password takes an API token is not certain.',
    'Flow’s page may still ask for an app password: those stopped working on 9 June 2026. An API token has taken their place.',
  ];
}

function automationMeans(wish: Wish): string[] {
  const pushes =
    'The process can clone, push and open pull requests in the chosen projects and repositories.';
  return wish.access === 'owner'
    ? [
        pushes,
        'It can change their settings and permissions too.',
        'It does not administer the workspace.',
      ]
    : [pushes, 'It cannot change their settings or permissions.'];
}

function automationNotes(): string[] {
  return [
    'Git takes the token as the password, with the username x-bitbucket-api-token-auth.',
    'The API takes it as the password too, with the account’s address as the username.',
    'Branch restrictions may keep the account from pushing to a branch; add it there if it must.',
  ];
}

function sharedNotes(): string[] {
  return [
    'A group that gives the account more than this is refused by the check, so it must be in none.',
    'An API token lives at most a year; make the next one before that day.',
  ];
}
