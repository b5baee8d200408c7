import { Secret } from '../../domain/secret.ts';
import type { HumanTask } from '../../domain/task.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, Performed, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { routesOf } from './sandbox-routes.ts';
import {
  addIdentity,
  addProject,
  addToken,
  administratorsOf,
  createState,
} from './sandbox-state.ts';
import type {
  SandboxIdentity,
  SandboxProject,
  SandboxToken,
  ServerState,
} from './sandbox-state.ts';

export interface AzureDevopsServerSandbox extends AdapterSandbox {
  /** Everything inside, for assertions and for setting the stage. */
  readonly state: ServerState;
  /** Whose token the configuration has. */
  readonly reader: SandboxIdentity;
  readonly readerToken: SandboxToken;
  seedProject(name: string): SandboxProject;
  /** An account of a colleague whom the server knows. */
  addColleague(account: string): SandboxIdentity;
  identity(id: string): SandboxIdentity;
  makeToken(identityId: string, token?: Partial<SandboxToken>): string;
  scopeItem(name: string): { id: string; name: string; kind: string };
}

const DAY_MS = 24 * 60 * 60_000;
const READ = 'vso.build vso.code vso.identity vso.project vso.work';

/** A collection of an Azure DevOps Server and its directory on loopback, with three projects. */
export async function openSandbox(deps: SandboxDeps): Promise<AzureDevopsServerSandbox> {
  const state = createState();
  const validTo = (): string => new Date(deps.clock.now().getTime() + 100 * DAY_MS).toISOString();
  for (const name of ['Platform', 'Shop', 'Website']) addProject(state, name);
  const reader = addIdentity(state, 'flow-accounts', 'Flow accounts');
  for (const { name } of state.projects) reader.groups.add(`[${name}]\\Readers`);
  const readerToken = addToken(state, reader, {
    scope: 'vso.identity vso.project',
    validTo: validTo(),
  });
  const server = await startServer({
    name: 'Azure DevOps Server',
    basePath: `/${state.collection}`,
    routes: routesOf({ state, now: () => deps.clock.now() }),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    servers: [server],
    config: { collection_url: server.url, token: new Secret(readerToken.value) },
    perform: (task, about) => Promise.resolve(perform(state, task, about.marker, validTo())),
    close: () => server.close(),
    state,
    reader,
    readerToken,
    ...controls(state, reader, validTo),
  };
}

function perform(state: ServerState, task: HumanTask, marker: string, validTo: string): Performed {
  if (task.id === 'make-account') return makeAccount(state, task, marker);
  const identity = ours(state, marker);
  if (identity === undefined) throw new Error(`Nobody carries ${marker}.`);
  switch (task.id) {
    case 'set-groups':
      for (const line of task.instructions) followGroups(identity, line);
      return NOTHING;
    case 'remove-account':
      identity.active = false;
      identity.groups.clear();
      return NOTHING;
    case 'make-token': {
      const name = lineAfter(task, 'Name: ');
      const scope = scopesOf(lineAfter(task, 'Scopes: '));
      return { answers: {}, deposit: addToken(state, identity, { name, scope, validTo }).value };
    }
    default:
      throw new Error(`No person knows ${task.id}.`);
  }
}

function makeAccount(state: ServerState, task: HumanTask, marker: string): Performed {
  const logon = lineAfter(task, 'Make an account in the directory of the server. Logon name: ');
  const displayName = lineAfter(task, 'Display name: ');
  const identity = ours(state, marker) ?? addIdentity(state, logon, displayName);
  const groups = task.instructions.flatMap((line) => line.match(/\[[^\]]+\]\\[\w ]+/g) ?? []);
  for (const group of groups) identity.groups.add(group);
  return { answers: { account: `${identity.domain}\\${identity.account}` }, deposit: null };
}

function followGroups(identity: SandboxIdentity, line: string): void {
  const [, added] = /^Add \S+ to (\[[^\]]+\]\\[\w ]+):/.exec(line) ?? [];
  const [, removed] = /^Remove \S+ from (\[[^\]]+\]\\[\w ]+):/.exec(line) ?? [];
  if (added !== undefined) identity.groups.add(added);
  else if (removed !== undefined) identity.groups.delete(removed);
  else throw new Error(`No person understands "${line}".`);
}

function ours(state: ServerState, marker: string): SandboxIdentity | undefined {
  return state.identities.find(({ displayName }) => displayName.includes(marker));
}

function lineAfter(task: HumanTask, start: string): string {
  const line = task.instructions.find((text) => text.startsWith(start));
  if (line === undefined) throw new Error(`The task ${task.id} does not say "${start}".`);
  return line.slice(start.length);
}

const BOXES: Readonly<Record<string, string>> = {
  'Build: Read': 'vso.build',
  'Code: Read': 'vso.code',
  'Code: Read & write': 'vso.code_write',
  'Code: Read, write, & manage': 'vso.code_manage',
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
  AzureDevopsServerSandbox,
  keyof AdapterSandbox | 'state' | 'reader' | 'readerToken'
>;

function controls(state: ServerState, reader: SandboxIdentity, validTo: () => string): Controls {
  const identity = (id: string): SandboxIdentity => {
    const found = state.identities.find((one) => one.id === id);
    if (found === undefined) throw new Error(`There is no ${id}.`);
    return found;
  };
  return {
    seedProject(name) {
      reader.groups.add(`[${name}]\\Readers`);
      return addProject(state, name);
    },
    addColleague(account) {
      const colleague = addIdentity(state, account, 'Somebody Else');
      colleague.groups.add(administratorsOf(state));
      return colleague;
    },
    identity,
    makeToken: (id, token) =>
      addToken(state, identity(id), { scope: READ, validTo: validTo(), ...token }).value,
    scopeItem(name) {
      const project = state.projects.find((one) => one.name === name);
      if (project === undefined) throw new Error(`There is no project ${name}.`);
      return { id: `project:${project.id}`, name, kind: 'project' };
    },
  };
}
