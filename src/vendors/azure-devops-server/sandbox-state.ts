import { randomUUID } from 'node:crypto';

import { randomId } from '../../lib/random.ts';

export interface SandboxIdentity {
  readonly id: string;
  readonly descriptor: string;
  readonly domain: string;
  readonly account: string;
  displayName: string;
  active: boolean;
  /** Names of groups, as `[Platform]\Readers`. */
  groups: Set<string>;
}

export interface SandboxToken {
  readonly value: string;
  readonly identityId: string;
  readonly name: string;
  scope: string;
  readonly validTo: string;
  revoked: boolean;
}

export interface SandboxProject {
  readonly id: string;
  readonly name: string;
}

export interface ServerState {
  readonly collection: string;
  identities: SandboxIdentity[];
  tokens: SandboxToken[];
  readonly projects: SandboxProject[];
  /** Group name → descriptor. */
  readonly groups: Map<string, string>;
  /** Answers 203 with a sign-in page to tokens it does not accept, as some proxies do. */
  signInPage: boolean;
}

const PROJECT_GROUPS = [
  'Readers',
  'Contributors',
  'Build Administrators',
  'Project Administrators',
];

export function createState(): ServerState {
  const state: ServerState = {
    collection: 'DefaultCollection',
    identities: [],
    tokens: [],
    projects: [],
    groups: new Map(),
    signInPage: false,
  };
  addGroup(state, administratorsOf(state));
  return state;
}

export function administratorsOf({ collection }: ServerState): string {
  return `[${collection}]\\Project Collection Administrators`;
}

export function addProject(state: ServerState, name: string): SandboxProject {
  const project = { id: randomUUID(), name };
  state.projects.push(project);
  for (const group of PROJECT_GROUPS) addGroup(state, `[${name}]\\${group}`);
  return project;
}

export function addIdentity(
  state: ServerState,
  account: string,
  displayName: string,
): SandboxIdentity {
  const identity = {
    id: randomUUID(),
    descriptor: `System.Security.Principal.WindowsIdentity;S-1-5-21-${randomId(6)}`,
    domain: 'ACME',
    account,
    displayName,
    active: true,
    groups: new Set<string>(),
  };
  state.identities.push(identity);
  return identity;
}

export function addToken(
  state: ServerState,
  identity: SandboxIdentity,
  token: Partial<SandboxToken> & Pick<SandboxToken, 'scope' | 'validTo'>,
): SandboxToken {
  const whole = {
    value: randomId(39),
    identityId: identity.id,
    name: 'by hand',
    revoked: false,
    ...token,
  };
  state.tokens.push(whole);
  return whole;
}

export function seesProject(
  state: ServerState,
  identity: SandboxIdentity,
  project: SandboxProject,
): boolean {
  const groups = [...identity.groups];
  return groups.some(
    (name) => name === administratorsOf(state) || name.startsWith(`[${project.name}]\\`),
  );
}

function addGroup(state: ServerState, name: string): void {
  state.groups.set(name, `Microsoft.TeamFoundation.Identity;S-1-9-${randomId(12)}`);
}
