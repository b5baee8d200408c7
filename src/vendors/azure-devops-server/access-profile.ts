import type { AccessProfile, AccountSpec } from '../vendor.ts';
import type { ServerConfig } from './schema.ts';

type Wish = Pick<AccountSpec, 'kind' | 'access'>;

/** A project's own groups from the least to the most. */
export const PROJECT_GROUPS = [
  'Readers',
  'Contributors',
  'Build Administrators',
  'Project Administrators',
] as const;
export type ProjectGroup = (typeof PROJECT_GROUPS)[number];

export function projectGroup({ kind, access }: Wish): ProjectGroup {
  if (kind === 'integration') return 'Readers';
  return access === 'owner' ? 'Project Administrators' : 'Contributors';
}

/** Flow asks for an administrator of the whole collection where it is to set up webhooks. */
export function isAdministrator({ kind, access }: Wish): boolean {
  return kind === 'integration' && access === 'owner';
}

export function tokenScopes({ kind, access }: Wish): readonly string[] {
  if (kind === 'integration') {
    return ['vso.build', 'vso.code', 'vso.identity', 'vso.project', 'vso.work'];
  }
  return [access === 'owner' ? 'vso.code_manage' : 'vso.code_write', 'vso.project'];
}

const WORDS: Readonly<Record<string, string>> = {
  'vso.build': 'Build: Read',
  'vso.code': 'Code: Read',
  'vso.code_write': 'Code: Read & write',
  'vso.code_manage': 'Code: Read, write, & manage',
  'vso.identity': 'Identity: Read',
  'vso.project': 'Project and Team: Read',
  'vso.work': 'Work Items: Read',
};

/** The boxes to tick in the form for new tokens. */
export function scopeWords(wish: Wish): string {
  return tokenScopes(wish)
    .map((scope) => WORDS[scope] ?? scope)
    .join('; ');
}

export function roleWords(wish: Wish): string {
  const group = `${projectGroup(wish)} of the chosen projects`;
  return isAdministrator(wish) ? `Project Collection Administrator, and ${group}` : group;
}

export function profileOf(
  config: ServerConfig,
  wish: Wish & Partial<Pick<AccountSpec, 'login'>>,
): AccessProfile {
  const isIntegration = wish.kind === 'integration';
  return {
    role: roleWords(wish),
    tokenScopes: tokenScopes(wish),
    means: means(wish),
    flowFields: isIntegration ? flowFields(config, wish.login) : [],
    notes: [
      'The server shows nobody the scopes and the end of a token: the check proves what it can read and that it has no full access. Note the day it ends.',
      'The account uses one licence of the server.',
      ...(isIntegration ? FLOW_NOTES : []),
    ],
  };
}

const FLOW_NOTES = [
  'The server must be reachable by Flow on port 443, with a public name that fits its certificate.',
  'Flow also needs "View instance-level information" in the collection. Every member has it unless it was taken from Project Collection Valid Users.',
  'Pull requests that were not touched for six months before the first import are not read; TFVC never is.',
];

function flowFields(
  config: ServerConfig,
  login: string | undefined,
): { label: string; value: string }[] {
  return [
    { label: 'Username', value: login ?? 'DOMAIN\\name, as the directory has it' },
    { label: 'Personal access token', value: 'The token from the secret store' },
    { label: 'Base URL', value: config.collection_url },
  ];
}

function means(wish: Wish): string[] {
  if (wish.kind === 'automation') {
    return wish.access === 'owner'
      ? [
          'The process can push to the chosen projects and change their settings.',
          'It administers neither the collection nor other projects.',
        ]
      : [
          'The process can read and push to the repositories of the chosen projects.',
          'It can change no settings.',
        ];
  }
  return wish.access === 'owner'
    ? [
        'Flow can read repositories, pull requests, builds and work items of every project.',
        'The account itself administers the whole collection: whoever signs in with its password can change everything.',
      ]
    : [
        'Flow can read repositories, pull requests, builds and work items of the chosen projects.',
        'The account administers nothing.',
      ];
}
