import type { AccessProfile, AccountSpec } from '../vendor.ts';
import type { Place } from './place.ts';
import type { BitbucketConfig } from './schema.ts';

export const LEVELS = ['READ', 'WRITE', 'ADMIN'] as const;
export type Level = (typeof LEVELS)[number];

type Wish = Pick<AccountSpec, 'kind' | 'access' | 'services'>;

export function levelOf(wish: Pick<Wish, 'kind' | 'access'>): Level {
  if (wish.access === 'owner') return 'ADMIN';
  return wish.kind === 'automation' ? 'WRITE' : 'READ';
}

/** What the account gets in a place, in Bitbucket's own words. */
export function permissionIn(place: Place, level: Level): string {
  return `${place.slug === null ? 'PROJECT' : 'REPO'}_${level}`;
}

/**
 * Bitbucket wants a token's repository permission to be at least its project permission:
 * https://confluence.atlassian.com/bitbucketserver091/http-access-tokens-1443038354.html
 */
export function tokenPermissionsOf(wish: Pick<Wish, 'kind' | 'access'>): string[] {
  const level = levelOf(wish);
  return [level === 'ADMIN' ? 'PROJECT_ADMIN' : 'PROJECT_READ', `REPO_${level}`];
}

export function roleWords(level: Level): string {
  return `${{ READ: 'Read', WRITE: 'Write', ADMIN: 'Admin' }[level]} in the chosen projects and repositories`;
}

export function profileOf(
  config: BitbucketConfig,
  wish: Wish & Partial<Pick<AccountSpec, 'login'>>,
): AccessProfile {
  const isAutomation = wish.kind === 'automation';
  return {
    role: roleWords(levelOf(wish)),
    tokenScopes: tokenPermissionsOf(wish),
    means: isAutomation ? automationMeans(wish) : integrationMeans(wish),
    flowFields: isAutomation
      ? []
      : [
          { label: 'Base URL', value: config.base_url },
          { label: 'Username', value: wish.login ?? 'The username of the account' },
          { label: 'Password', value: 'The token, not the account’s own password' },
        ],
    notes: isAutomation ? automationNotes() : integrationNotes(wish),
  };
}

function integrationMeans(wish: Wish): string[] {
  const reads = 'Flow can read code and pull requests in the chosen projects and repositories.';
  if (wish.access === 'contributor') {
    return [reads, 'It can change nothing: neither the permission nor the token allows writing.'];
  }
  return [
    reads,
    'Flow can create webhooks, for which Bitbucket demands an administrator of the project or repository.',
    'With that the token could also push code and change settings there; Flow only reads.',
    'The account is no administrator of Bitbucket itself.',
  ];
}

function integrationNotes(wish: Wish): string[] {
  const hooks =
    wish.services.includes('webhooks') && wish.access === 'contributor'
      ? ['Webhooks need Admin; with Read Flow reads on its own schedule instead.']
      : [];
  return [
    ...hooks,
    'Flow signs in to Bitbucket Server with username and password. Give it the token as the password, never the password of the account: the token can do less, and it expires.',
    'An older page of Flow asks for an account with administrative privileges. Bitbucket itself needs that only for webhooks; if Flow finds fault with Read, ask for Admin.',
    'Where a project lets every user read, the account sees its repositories too.',
    'When the token expires Flow stops reading: renew it before that day.',
    'Flow must reach this Bitbucket on port 443 with a public certificate; its addresses may have to be allowed.',
  ];
}

function automationMeans(wish: Wish): string[] {
  return wish.access === 'owner'
    ? [
        'The process can push and change settings in the chosen projects and repositories.',
        'It is no administrator of Bitbucket itself.',
      ]
    : [
        'The process can clone, push and open pull requests in the chosen projects and repositories.',
        'It cannot change their settings or permissions.',
      ];
}

function automationNotes(): string[] {
  return [
    'Git takes the token as the password, with the username of the account.',
    'Branch permissions may keep the account from pushing to a branch; add it there if it must.',
    'A token cannot merge pull requests.',
  ];
}
