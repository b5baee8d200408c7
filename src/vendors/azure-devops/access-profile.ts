import type { AccessProfile, AccountSpec } from '../vendor.ts';
import type { AzureConfig } from './schema.ts';

type Wish = Pick<AccountSpec, 'kind' | 'access'>;

export const ADMINISTRATORS = 'Project Collection Administrators';

/** A project's own groups from the least to the most; what else is above ours is taken away. */
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

/** Flow asks for an administrator of the whole organisation where it is to set up webhooks. */
export function isAdministrator({ kind, access }: Wish): boolean {
  return kind === 'integration' && access === 'owner';
}

export function tokenScopes({ kind, access }: Wish): readonly string[] {
  if (kind === 'integration') {
    return ['vso.build', 'vso.code', 'vso.graph', 'vso.identity', 'vso.project', 'vso.work'];
  }
  return access === 'owner'
    ? ['vso.build_execute', 'vso.code_manage', 'vso.project']
    : ['vso.code_write', 'vso.project'];
}

export function roleWords(wish: Wish): string {
  const group = `${projectGroup(wish)} of the chosen projects`;
  return isAdministrator(wish) ? `Project Collection Administrator, and ${group}` : group;
}

export function profileOf(
  config: AzureConfig,
  wish: Wish & Pick<AccountSpec, 'address'> & Partial<Pick<AccountSpec, 'login'>>,
): AccessProfile {
  return {
    role: roleWords(wish),
    tokenScopes: tokenScopes(wish),
    means: means(wish),
    flowFields: wish.kind === 'integration' ? flowFields(config, wish) : [],
    notes: wish.kind === 'integration' ? [...FLOW_NOTES, ...NOTES] : NOTES,
  };
}

function flowFields(
  config: AzureConfig,
  wish: Pick<AccountSpec, 'address'> & Partial<Pick<AccountSpec, 'login'>>,
): { label: string; value: string }[] {
  const email = wish.login?.includes('@') === true ? wish.login : wish.address;
  return [
    { label: 'Authentication', value: 'Personal access token' },
    { label: 'Email', value: email },
    { label: 'Personal access token', value: 'The token from the secret store' },
    { label: 'Base URL', value: `${config.url}/${config.organization}` },
  ];
}

const FLOW_NOTES = [
  'Flow compares the e-mail letter by letter with the Azure profile: keep its upper and lower case.',
  'The base URL must be the one at dev.azure.com, even if the organisation uses visualstudio.com.',
  'Flow also needs "View instance-level information" in the organisation. Every member has it unless it was taken from Project Collection Valid Users.',
  'Pull requests that were not touched for six months before the first import are not read; TFVC never is.',
];

const NOTES = [
  'The account uses one licence of the organisation.',
  'The token works in this organisation only and for at most a year; a policy may shorten that.',
];

function means(wish: Wish): string[] {
  if (wish.kind === 'automation') {
    return wish.access === 'owner'
      ? [
          'The process can push, run builds and change the settings of the chosen projects.',
          'It can administer neither the organisation nor other projects.',
        ]
      : [
          'The process can read and push to the repositories of the chosen projects.',
          'It can change no settings.',
        ];
  }
  const reads =
    'Flow can read repositories, pull requests, builds and work items of the chosen projects.';
  const scoped = 'Its token is read-only, so with the token nobody can change anything.';
  return wish.access === 'owner'
    ? [
        'Flow can read repositories, pull requests, builds and work items of every project.',
        scoped,
        'The account itself administers the whole organisation: whoever signs in with its password can change everything.',
      ]
    : [reads, scoped, 'The account administers nothing.'];
}
