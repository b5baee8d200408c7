import type { AccessProfile, AccountSpec } from '../vendor.ts';
import type { GitlabConfig } from './schema.ts';

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export const LEVELS = {
  Guest: 10,
  Planner: 15,
  Reporter: 20,
  Developer: 30,
  Maintainer: 40,
  Owner: 50,
} as const;
export type Role = keyof typeof LEVELS;

type Wish = Pick<AccountSpec, 'kind' | 'access' | 'services'>;

export function roleOf(wish: Pick<Wish, 'kind' | 'access'>): Role {
  if (wish.access === 'owner') return 'Maintainer';
  return wish.kind === 'automation' ? 'Developer' : 'Reporter';
}

export function roleName(level: number): string {
  const found = Object.entries(LEVELS).find(([, value]) => value === level);
  return found?.[0] ?? `role ${level}`;
}

/** Flow's checker wants `read_api` and `read_user`; hooks can only be made with `api`. */
export function tokenScopesOf(wish: Wish): string[] {
  if (wish.kind === 'automation') return wish.access === 'owner' ? ['api'] : ['write_repository'];
  return makesHooks(wish)
    ? ['api', 'read_user', 'read_repository']
    : ['read_api', 'read_user', 'read_repository'];
}

export function profileOf(config: GitlabConfig, wish: Wish): AccessProfile {
  const role = roleOf(wish);
  return {
    role: `${role} in the chosen groups and projects`,
    tokenScopes: tokenScopesOf(wish),
    means: wish.kind === 'automation' ? automationMeans(wish) : integrationMeans(wish),
    flowTile: isCloud(config) ? 'GitLab Cloud' : 'GitLab Self-Hosted',
    flowFields: wish.kind === 'automation' ? [] : flowFields(config),
    notes: wish.kind === 'automation' ? automationNotes(wish) : integrationNotes(config, wish),
  };
}

function makesHooks(wish: Wish): boolean {
  return wish.access === 'owner' && wish.services.includes('webhooks');
}

function integrationMeans(wish: Wish): string[] {
  const reads = 'Flow can read code, merge requests and issues in the chosen groups and projects.';
  if (makesHooks(wish)) {
    return [
      reads,
      'Flow can create webhooks, for which GitLab demands a Maintainer and a token with full API access.',
      'The account is no Owner: it cannot delete groups or projects or change their members above its own role.',
    ];
  }
  if (wish.access === 'owner') {
    return [
      reads,
      'The token only reads, although the role is Maintainer, because webhooks were not chosen.',
    ];
  }
  return [reads, 'It can change nothing: neither the role nor the token allows writing.'];
}

function integrationNotes(config: GitlabConfig, wish: Wish): string[] {
  const hooks =
    wish.services.includes('webhooks') && wish.access === 'contributor'
      ? ['Webhooks need the Maintainer role; with Reporter Flow reads on its own schedule instead.']
      : [];
  const reach = isCloud(config)
    ? []
    : [
        'Flow must reach this GitLab on port 443 with a public certificate; its addresses may have to be allowed.',
      ];
  return [
    ...hooks,
    'When the token expires Flow stops reading: renew it before that day.',
    'Flow does not read repositories in the SHA-256 object format.',
    ...reach,
  ];
}

function automationMeans(wish: Wish): string[] {
  return wish.access === 'owner'
    ? [
        'The process can use the whole API and push to the chosen projects, as a Maintainer.',
        'It is no Owner: it cannot delete groups or projects.',
      ]
    : [
        'The process can clone and push to the chosen projects over HTTPS, as a Developer.',
        'It cannot use the API: the token is for Git alone.',
      ];
}

function automationNotes(wish: Wish): string[] {
  return wish.access === 'owner'
    ? ['A token with full API access belongs in protected variables only.']
    : [
        'Protected branches usually refuse Developers; allow the account there if the process must push to one.',
      ];
}

function flowFields(config: GitlabConfig): { label: string; value: string }[] {
  return [
    { label: 'Authentication', value: 'Personal access token' },
    ...(isCloud(config) ? [] : [{ label: 'Base URL', value: config.base_url }]),
  ];
}

function isCloud(config: GitlabConfig): boolean {
  return new URL(config.base_url).hostname === 'gitlab.com';
}
