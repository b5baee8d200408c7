import type { HumanTask } from '../domain/task.ts';
import { NOTHING } from '../sandbox/kit/adapter-sandbox.ts';
import type { Performed } from '../sandbox/kit/adapter-sandbox.ts';
import { refuse } from './sandbox-workspace.ts';
import type { Workspace } from './sandbox-workspace.ts';

export interface PersonControls {
  /** Does the vendor accept the account's stored credential? Yes, unless told otherwise. */
  readonly credentialWorks?: (marker: string) => boolean | Promise<boolean>;
  /** What Flow's Integrations API calls a tile; the tile in lower case unless told otherwise. */
  readonly vendorTypes?: Readonly<Record<string, string>>;
}

interface About {
  readonly address: string;
  readonly marker: string;
}

type Act = (task: HumanTask, about: About) => Performed | Promise<Performed>;

/**
 * A person in Flow's pages who knows only what the task says: every value is read from its
 * instructions, so a task that leaves one out can not be done.
 */
export function createPerson(workspace: Workspace, controls: PersonControls): Act {
  const acts: Readonly<Record<string, Act>> = {
    'flow-invite': (task) => {
      makeRole(workspace, task);
      workspace.invite(said(task, /^As e-mail, enter exactly: (.+)$/), [
        said(task, /^Under Roles, choose only: (.+)$/),
      ]);
      return NOTHING;
    },
    'flow-sign-up': (task) => {
      workspace.signUp(said(task, /keep exactly this e-mail: (.+)$/));
      return NOTHING;
    },
    'flow-give-role': (task) => {
      makeRole(workspace, task);
      const address = said(task, /open the user (.+)$/);
      workspace.setRoles(address, [said(task, /^Choose only this role, .+?: (.+)$/)]);
      return NOTHING;
    },
    'flow-create-key': (task) => {
      const address = said(task, /sign in as ([^,]+),/);
      said(task, /(Settings > API keys)/);
      workspace.deleteKey(address);
      return { answers: {}, deposit: workspace.createKey(address) };
    },
    'flow-hide-user': (task) => {
      const address = said(task, /search for: (.+)$/);
      (workspace.user(address) ?? workspace.addUser(address)).hiddenFromReports = true;
      return NOTHING;
    },
    'flow-delete-user': (task) => {
      workspace.deleteUser(said(task, /search for: (.+)$/));
      return NOTHING;
    },
    'flow-delete-key': (task) => {
      workspace.deleteKey(said(task, /^Tick the key of the user (.+)$/));
      return NOTHING;
    },
    'flow-create-integration': (task, about) => connect(workspace, controls, task, about),
    'flow-replace-credential': (_task, about) => reconnect(workspace, controls, about),
    'flow-switch': (_task, about) => switchOver(workspace, controls, about),
    'flow-switch-back': (_task, about) => switchOver(workspace, controls, about),
    'flow-disconnect': (task) => {
      const name = said(task, /^Find the integration "(.+)"/);
      const index = workspace.integrations.findIndex((each) => each.name === name);
      if (index === -1) refuse(`There is no integration ${name}.`);
      workspace.integrations.splice(index, 1);
      return NOTHING;
    },
  };
  return (task, about) => acts[task.id]?.(task, about) ?? refuse(`Nobody knows task ${task.id}.`);
}

async function connect(
  workspace: Workspace,
  controls: PersonControls,
  task: HumanTask,
  about: About,
): Promise<Performed> {
  const tile = said(task, /^Choose the provider "(.+?)"/);
  const fields = new Map(
    task.instructions.flatMap((line) => {
      const match = /^Field "(.+?)": (.+)$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
    }),
  );
  said(task, /(never into Slack)/);
  // A token tells Flow who it is; only where the form asks for a name is it typed.
  const typed = [...fields].find(([label]) => /user|mail|login/i.test(label))?.[1];
  const services = task.instructions.join('\n').match(/choose exactly: (.+)/)?.[1] ?? '';
  workspace.integrations.push({
    id: workspace.nextId(),
    name: said(task, /^If Flow asks for a name, enter exactly: (.+)$/),
    vendorType: controls.vendorTypes?.[tile] ?? tile.toLowerCase(),
    username: typed ?? about.address,
    sourceTypes: services.split(', ').filter((name) => name !== ''),
    marker: about.marker,
    status: await firstStatus(controls, about),
    asked: 0,
  });
  return NOTHING;
}

async function reconnect(
  workspace: Workspace,
  controls: PersonControls,
  about: About,
): Promise<Performed> {
  const integration = workspace.integrations.find((each) => each.marker === about.marker);
  if (integration === undefined) refuse('There is no such integration to edit.');
  integration.status = await firstStatus(controls, about);
  integration.asked = 0;
  if (integration.status !== 'Processing') return NOTHING;
  for (const repo of workspace.repos.filter((each) => each.integrationId === integration.id)) {
    repo.blocked = false;
    repo.failingSince = null;
  }
  return NOTHING;
}

/** As `reconnect`, by somebody who then says what Flow's checker said. */
async function switchOver(
  workspace: Workspace,
  controls: PersonControls,
  about: About,
): Promise<Performed> {
  await reconnect(workspace, controls, about);
  return { answers: { checker: 'All credentials are valid' }, deposit: null };
}

async function firstStatus(controls: PersonControls, about: About): Promise<string> {
  const works = (await controls.credentialWorks?.(about.marker)) ?? true;
  return works ? 'Processing' : 'Failed integration';
}

function makeRole(workspace: Workspace, task: HumanTask): void {
  const name = find(task, /^If there is no role named "(.+?)" yet/);
  if (name === undefined) return;
  const api = said(task, /^In that role, under API access, tick exactly: (.+)\.$/).split(', ');
  const rights = find(task, /tick (Manage API Keys)/);
  workspace.roles.set(name, { name, api, rights: rights === undefined ? [] : [rights] });
}

function said(task: HumanTask, pattern: RegExp): string {
  return find(task, pattern) ?? refuse(`The task does not say ${pattern.source}.`);
}

function find(task: HumanTask, pattern: RegExp): string | undefined {
  for (const line of task.instructions) {
    const match = pattern.exec(line)?.[1];
    if (match !== undefined) return match;
  }
  return undefined;
}
