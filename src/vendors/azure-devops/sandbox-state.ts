import { randomUUID } from 'node:crypto';

import { Secret } from '../../domain/secret.ts';
import { randomId } from '../../lib/random.ts';
import { correlatingId } from './tokens.ts';

export interface DirectoryUser {
  principalName: string;
  displayName: string;
}

export interface SandboxMember extends DirectoryUser {
  readonly id: string;
  readonly descriptor: string;
  readonly license: string;
  status: string;
  lastAccess: string;
}

export interface SandboxToken {
  readonly authorizationId: string;
  readonly value: string;
  readonly memberId: string;
  readonly name: string;
  scope: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** False for "all accessible organizations". */
  readonly oneOrganization: boolean;
  revoked: boolean;
}

export interface SandboxGroup {
  readonly descriptor: string;
  readonly name: string;
  /** Null for a group of the organisation. */
  readonly projectId: string | null;
}

export interface SandboxProject {
  readonly id: string;
  readonly name: string;
  readonly descriptor: string;
}

export interface SandboxApplication {
  readonly clientId: string;
  readonly secret: string;
  readonly memberId: string;
  readonly tokens: Map<string, string>;
}

export interface AzureState {
  readonly organization: string;
  readonly organizationId: string;
  /** Microsoft Entra: who can be taken into the organisation. */
  directory: DirectoryUser[];
  members: SandboxMember[];
  tokens: SandboxToken[];
  readonly projects: SandboxProject[];
  readonly groups: SandboxGroup[];
  /** `member descriptor` → groups it is directly in; groups may be in groups. */
  readonly memberships: Map<string, Set<string>>;
  /** Applications that may sign in, and their living access tokens. */
  applications: SandboxApplication[];
  licenses: number;
  /** Answers 203 with a sign-in page to tokens it does not accept, as some gateways do. */
  signInPage: boolean;
  /** Older organisations give tokens no correlating id. */
  hidesCorrelatingIds: boolean;
}

const NEVER = '0001-01-01T00:00:00Z';
const PROJECT_GROUPS = [
  'Readers',
  'Contributors',
  'Build Administrators',
  'Project Administrators',
  'Project Valid Users',
];
const ADMINISTRATORS = 'Project Collection Administrators';

export function createState(organization: string): AzureState {
  const state: AzureState = {
    organization,
    organizationId: randomUUID(),
    directory: [],
    members: [],
    tokens: [],
    projects: [],
    groups: [],
    memberships: new Map(),
    applications: [],
    licenses: 10,
    signInPage: false,
    hidesCorrelatingIds: false,
  };
  addGroup(state, ADMINISTRATORS, null);
  addGroup(state, 'Project Collection Valid Users', null);
  return state;
}

export function addProject(state: AzureState, name: string): SandboxProject {
  const project = { id: randomUUID(), name, descriptor: `scp.${randomId(12)}` };
  state.projects.push(project);
  for (const group of PROJECT_GROUPS) addGroup(state, group, project.id);
  const valid = groupNamed(state, 'Project Valid Users', project.id);
  for (const group of PROJECT_GROUPS.slice(0, -1)) {
    join(state, groupNamed(state, group, project.id).descriptor, valid.descriptor);
  }
  return project;
}

export function addMember(state: AzureState, user: DirectoryUser): SandboxMember {
  const member = {
    ...user,
    id: randomUUID(),
    descriptor: `aad.${randomId(18)}`,
    license: 'express',
    status: 'pending',
    lastAccess: NEVER,
  };
  state.members.push(member);
  return member;
}

export function addToken(
  state: AzureState,
  member: SandboxMember,
  token: Partial<SandboxToken> & Pick<SandboxToken, 'scope' | 'validFrom' | 'validTo'>,
): SandboxToken {
  const whole = {
    authorizationId: randomUUID(),
    value: randomId(63),
    memberId: member.id,
    name: 'by hand',
    oneOrganization: true,
    revoked: false,
    ...token,
  };
  state.tokens.push(whole);
  return whole;
}

export function groupNamed(
  state: AzureState,
  name: string,
  projectId: string | null,
): SandboxGroup {
  const group = state.groups.find((one) => one.name === name && one.projectId === projectId);
  if (group === undefined) throw new Error(`There is no group ${name}.`);
  return group;
}

export function administrators(state: AzureState): SandboxGroup {
  return groupNamed(state, ADMINISTRATORS, null);
}

export function join(state: AzureState, subject: string, group: string): void {
  const groups = state.memberships.get(subject) ?? new Set();
  groups.add(group);
  state.memberships.set(subject, groups);
}

/** Every group of a subject, also through groups. */
export function groupsOf(state: AzureState, subject: string): Set<string> {
  const seen = new Set<string>();
  const climb = (one: string): void => {
    for (const group of state.memberships.get(one) ?? []) {
      if (seen.has(group)) continue;
      seen.add(group);
      climb(group);
    }
  };
  climb(subject);
  return seen;
}

export function seesProject(
  state: AzureState,
  member: SandboxMember,
  project: SandboxProject,
): boolean {
  const groups = groupsOf(state, member.descriptor);
  const valid = groupNamed(state, 'Project Valid Users', project.id);
  return groups.has(administrators(state).descriptor) || groups.has(valid.descriptor);
}

export function removeMember(state: AzureState, member: SandboxMember): void {
  state.members = state.members.filter((one) => one !== member);
  state.memberships.delete(member.descriptor);
  for (const token of state.tokens) if (token.memberId === member.id) token.revoked = true;
}

export function tokenView(state: AzureState, token: SandboxToken): unknown {
  return {
    clientId: '00000000-0000-0000-0000-000000000000',
    authorizationId: token.authorizationId,
    userId: token.memberId,
    validFrom: token.validFrom.replace(/Z$/, ''),
    validTo: token.validTo.replace(/Z$/, ''),
    displayName: token.name,
    scope: token.scope,
    targetAccounts: token.oneOrganization ? [state.organizationId] : null,
    token: null,
    isValid: !token.revoked,
    isPublic: false,
    crossCompanyCorrelatingId: state.hidesCorrelatingIds
      ? null
      : correlatingId(new Secret(token.value)),
  };
}

function addGroup(state: AzureState, name: string, projectId: string | null): void {
  state.groups.push({ descriptor: `vssgp.${randomId(18)}`, name, projectId });
}
