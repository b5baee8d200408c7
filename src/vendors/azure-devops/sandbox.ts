import { randomUUID } from 'node:crypto';

import { Secret } from '../../domain/secret.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AdapterSandbox, Performed, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { TENANT, addApplication } from './sandbox-entra.ts';
import { routesOf } from './sandbox-routes.ts';
import {
  addMember,
  addProject,
  addToken,
  administrators,
  createState,
  groupNamed,
  join,
} from './sandbox-state.ts';
import type { AzureState, SandboxMember, SandboxProject, SandboxToken } from './sandbox-state.ts';

export interface AzureDevopsSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: AzureState;
  /** Whose token the configuration has. */
  readonly admin: SandboxMember;
  readonly adminToken: SandboxToken;
  /** An application that is such an administrator too, and how the configuration names it. */
  readonly application: SandboxMember;
  readonly entra: Readonly<Record<string, unknown>>;
  seedProject(name: string): SandboxProject;
  /** A colleague who already is in the organisation with this address. */
  takeAddress(address: string): SandboxMember;
  member(id: string): SandboxMember;
  makeToken(memberId: string, token?: Partial<SandboxToken>): string;
  /** Puts somebody into a group by hand; null: of the organisation. */
  joinByHand(memberId: string, group: string, project: string | null): void;
  leaveByHand(memberId: string, group: string, project: string | null): void;
  scopeItem(name: string): { id: string; name: string; kind: string };
}

const DAY_MS = 24 * 60 * 60_000;
const READ = 'vso.build vso.code vso.graph vso.identity vso.project vso.work';
const OURS =
  'vso.graph_manage vso.memberentitlementmanagement_write vso.project vso.tokenadministration';

/** An organisation at Azure DevOps Services and its directory on loopback, with three projects. */
export async function openSandbox(deps: SandboxDeps): Promise<AzureDevopsSandbox> {
  const state = createState('acme');
  const inDays = (days: number): string =>
    new Date(deps.clock.now().getTime() + days * DAY_MS).toISOString();
  for (const name of ['Platform', 'Shop', 'Website']) addProject(state, name);
  const admin = addMember(state, {
    principalName: 'devops-admin@acme.example',
    displayName: 'DevOps Admin',
  });
  admin.status = 'active';
  join(state, admin.descriptor, administrators(state).descriptor);
  const application = addMember(state, {
    principalName: randomUUID(),
    displayName: 'Service accounts app',
  });
  application.status = 'active';
  join(state, application.descriptor, administrators(state).descriptor);
  const { clientId, secret } = addApplication(state, application);
  const dates = () => ({ validFrom: inDays(0), validTo: inDays(100) });
  const adminToken = addToken(state, admin, { ...dates(), scope: OURS, name: 'administration' });
  const server = await startServer({
    name: 'Azure DevOps',
    routes: routesOf({ state, now: () => deps.clock.now() }),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: {
      organization: state.organization,
      token: new Secret(adminToken.value),
      url: `${server.url}/core`,
      entitlements_url: `${server.url}/ex`,
      identity_url: `${server.url}/ps`,
    },
    perform: (task, about) => Promise.resolve(perform(state, task, about, dates())),
    close: () => server.close(),
    state,
    admin,
    adminToken,
    application,
    entra: {
      tenant_id: TENANT,
      client_id: clientId,
      client_secret: new Secret(secret),
      login_url: server.url,
    },
    ...controls(state, dates),
  };
}

type Dates = Pick<SandboxToken, 'validFrom' | 'validTo'>;

function perform(
  state: AzureState,
  task: HumanTask,
  about: { readonly address: string; readonly marker: string },
  dates: Dates,
): Performed {
  if (task.id === 'make-identity') {
    const displayName = lineAfter(task, 'Display name: ');
    const known = state.directory.find((one) => one.principalName === about.address);
    if (known === undefined) state.directory.push({ principalName: about.address, displayName });
    else known.displayName = displayName;
    return { answers: { principal: about.address }, deposit: null };
  }
  if (task.id !== 'make-token') throw new Error(`No person knows ${task.id}.`);
  const member = state.members.find((one) => one.principalName === about.address);
  if (member === undefined) throw new Error(`${about.address} is not in the organisation.`);
  member.status = 'active';
  member.lastAccess = dates.validFrom;
  const scope = scopesOf(lineAfter(task, 'Scopes: '));
  const token = addToken(state, member, { ...dates, scope, name: lineAfter(task, 'Name: ') });
  return { answers: {}, deposit: token.value };
}

function lineAfter(task: HumanTask, start: string): string {
  const line = task.instructions.find((text) => text.startsWith(start));
  if (line === undefined) throw new Error(`The task ${task.id} does not say "${start}".`);
  return line.slice(start.length);
}

const BOXES: Readonly<Record<string, string>> = {
  'Build: Read': 'vso.build',
  'Build: Read & execute': 'vso.build_execute',
  'Code: Read': 'vso.code',
  'Code: Read & write': 'vso.code_write',
  'Code: Read, write, & manage': 'vso.code_manage',
  'Graph: Read': 'vso.graph',
  'Identity: Read': 'vso.identity',
  'Project and Team: Read': 'vso.project',
  'Work Items: Read': 'vso.work',
};

/** Ticks the boxes that the instruction names. */
function scopesOf(instruction: string): string {
  const [, list = ''] = /tick only: (.*)\.$/.exec(instruction) ?? [];
  return list
    .split('; ')
    .map((box) => {
      const scope = BOXES[box];
      if (scope === undefined) throw new Error(`The form has no box "${box}".`);
      return scope;
    })
    .join(' ');
}

type Controls = Omit<
  AzureDevopsSandbox,
  keyof AdapterSandbox | 'state' | 'admin' | 'adminToken' | 'application' | 'entra'
>;

function controls(state: AzureState, dates: () => Dates): Controls {
  const member = (id: string): SandboxMember => {
    const found = state.members.find((one) => one.id === id);
    if (found === undefined) throw new Error(`There is no ${id}.`);
    return found;
  };
  const projectNamed = (name: string): SandboxProject => {
    const found = state.projects.find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no project ${name}.`);
    return found;
  };
  const groupOf = (group: string, project: string | null): string =>
    groupNamed(state, group, project === null ? null : projectNamed(project).id).descriptor;
  return {
    seedProject: (name) => addProject(state, name),
    takeAddress(address) {
      const person = { principalName: address, displayName: 'Somebody Else' };
      state.directory.push(person);
      return addMember(state, person);
    },
    member,
    makeToken: (id, token) =>
      addToken(state, member(id), { ...dates(), scope: READ, ...token }).value,
    joinByHand: (id, group, project) => join(state, member(id).descriptor, groupOf(group, project)),
    leaveByHand(id, group, project) {
      state.memberships.get(member(id).descriptor)?.delete(groupOf(group, project));
    },
    scopeItem(name) {
      return { id: `project:${projectNamed(name).id}`, name, kind: 'project' };
    },
  };
}
