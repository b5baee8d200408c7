import type { Access } from '../domain/request.ts';
import type { RightsOrder } from './github-order.ts';

export interface TokenPermission {
  readonly group: 'repository' | 'organization';
  /** As GitHub's API calls it. */
  readonly key: string;
  /** As its page calls it. */
  readonly label: string;
  readonly level: 'read' | 'write';
}

export type TokenShape =
  | { readonly kind: 'fine-grained'; readonly permissions: readonly TokenPermission[] }
  | { readonly kind: 'classic'; readonly scopes: readonly string[] };

const METADATA = {
  group: 'repository',
  key: 'metadata',
  label: 'Metadata',
  level: 'read',
} as const;

// What Flow's credential checker looks for; it asks for Issues even when tickets are off.
const FOR_FLOW: readonly TokenPermission[] = [
  { group: 'repository', key: 'contents', label: 'Contents', level: 'read' },
  { group: 'repository', key: 'issues', label: 'Issues', level: 'read' },
  METADATA,
  { group: 'repository', key: 'pull_requests', label: 'Pull requests', level: 'read' },
  { group: 'organization', key: 'members', label: 'Members', level: 'read' },
];

const FOR_AUTOMATION: readonly TokenPermission[] = [
  { group: 'repository', key: 'contents', label: 'Contents', level: 'write' },
  METADATA,
  { group: 'repository', key: 'pull_requests', label: 'Pull requests', level: 'write' },
];

const NOT_PROVABLE =
  'This connection uses an owner’s token: the app tries what the token can do, but only a connection by GitHub App can prove that it can do no more.';

// Flow names no hook permission of fine-grained tokens, so webhooks need a classic one.
const FOR_WEBHOOKS = ['admin:org_hook', 'admin:repo_hook', 'read:org', 'read:user', 'repo'];
const FOR_READING = ['read:org', 'read:user', 'repo'];

export function tokenShape(order: RightsOrder): TokenShape {
  if (order.kind === 'automation') return { kind: 'fine-grained', permissions: FOR_AUTOMATION };
  return wantsWebhooks(order) && order.access === 'owner'
    ? { kind: 'classic', scopes: FOR_WEBHOOKS }
    : { kind: 'fine-grained', permissions: FOR_FLOW };
}

/** For hosts where the token is always a classic one: the narrowest scopes that do. */
export function classicShape(order: RightsOrder): TokenShape & { readonly kind: 'classic' } {
  if (order.kind === 'automation') return { kind: 'classic', scopes: ['repo'] };
  const hooks = wantsWebhooks(order) && order.access === 'owner';
  return { kind: 'classic', scopes: hooks ? FOR_WEBHOOKS : FOR_READING };
}

export function tokenScopes(shape: TokenShape): string[] {
  return shape.kind === 'classic' ? [...shape.scopes] : shape.permissions.map(describePermission);
}

/** "Repository permission Contents: read-only". */
export function describePermission({ group, label, level }: TokenPermission): string {
  const where = group === 'repository' ? 'Repository' : 'Organization';
  return `${where} permission ${label}: ${level === 'read' ? 'read-only' : 'read and write'}`;
}

export function membershipRole(access: Access): 'admin' | 'member' {
  return access === 'owner' ? 'admin' : 'member';
}

/** The role a contributor gets on each chosen repository, in the words of both API calls. */
export function repositoryRole(kind: RightsOrder['kind']) {
  return kind === 'automation'
    ? ({ grant: 'push', name: 'write' } as const)
    : ({ grant: 'pull', name: 'read' } as const);
}

export function isWholeOrganisation(order: Pick<RightsOrder, 'scope'>): boolean {
  return order.scope.some((item) => item.kind === 'organisation');
}

export function describeRole(order: RightsOrder, org: string): string {
  if (order.access === 'owner') return `Owner of the organisation ${org}`;
  if (isWholeOrganisation(order)) {
    return `Member of the organisation ${org}, with its base permission on every repository`;
  }
  const role = repositoryRole(order.kind).name;
  return `Member of the organisation ${org}, with ${role} on the chosen repositories`;
}

/** What can be done with a token of this shape, one sentence each. */
export function meansOf(order: RightsOrder, shape: TokenShape): string[] {
  if (order.kind === 'automation') {
    return [
      'The automation can read and push code and open pull requests where its token reaches.',
      shape.kind === 'classic'
        ? 'It cannot change members or the organisation with this token; "repo" is the narrowest scope that can push.'
        : 'It cannot change settings, members, secrets or workflows with this token.',
    ];
  }
  if (shape.kind === 'classic') {
    return [
      shape.scopes.includes('admin:org_hook')
        ? 'Flow can read code, pull requests, issues and members, and set up its webhooks.'
        : 'Flow can read code, pull requests, issues and the list of members.',
      writingNote(order),
    ];
  }
  return [
    'Flow can read code, pull requests, issues and the list of members.',
    'Flow cannot write anything, and cannot set up webhooks.',
  ];
}

export function wantsWebhooks(order: Pick<RightsOrder, 'services'>): boolean {
  return order.services.includes('webhooks');
}

function writingNote(order: RightsOrder): string {
  if (order.access === 'owner') {
    return 'The scope "repo" also allows writing; classic tokens have no narrower one for private code, and Flow only reads.';
  }
  return isWholeOrganisation(order)
    ? 'The scope "repo" would allow writing; whether the account may is up to the organisation’s base permission.'
    : 'The scope "repo" would allow writing, but the account may only read the chosen repositories.';
}

/** The traps that every organisation on GitHub.com has. */
export function notesOf(order: RightsOrder, shape: TokenShape, provable: boolean): string[] {
  const words = shape.kind === 'classic' ? 'classic' : 'fine-grained';
  const all = [`The organisation must allow ${words} personal access tokens.`];
  if (order.access === 'contributor' && !isWholeOrganisation(order)) {
    all.push(
      'A private repository made later is not seen until it is added to the account by hand.',
    );
  }
  if (order.access === 'contributor' && wantsWebhooks(order) && order.kind === 'integration') {
    all.push('Webhooks need the Owner access; as a contributor Flow imports without them.');
  }
  if (order.access === 'owner') {
    all.push(
      'An owner can do everything in the organisation; its token is limited, its password is not.',
    );
  }
  if (order.kind === 'integration') {
    all.push(
      'If you connect by OAuth instead of the token, an owner must first approve Flow’s OAuth app for the organisation.',
      'Flow can also connect through its own GitHub App, which needs no account at all.',
    );
  }
  if (!provable && shape.kind !== 'classic') all.push(NOT_PROVABLE);
  return all;
}
