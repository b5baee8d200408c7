import { isAllowed } from '../automation.ts';
import type { Target } from '../automation.ts';
import type { PipelinesClient } from './client.ts';
import type { AzurePipelinesConfig, Project } from './schema.ts';
import { parseTarget, refuseTarget } from './target.ts';

const MOST = 100;
/** A name that is free costs a call each, so it is looked for in the best matches only. */
const WITH_FREE_NAME = 3;
const SUGGESTED = 'flow-automation';

/**
 * Each account gets a variable group of its own, so what is offered are groups that are yet to be
 * made: the one that was typed, those that the policy spells out, or a name that is free.
 */
export async function searchTargets(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  text: string,
): Promise<Target[]> {
  const [words = '', typed = ''] = text
    .trim()
    .replace(/^(?:group|connection):/, '')
    .split(/\/(.*)/s);
  const all = (await client.projects()).filter(({ name }) =>
    name.toLowerCase().includes(words.toLowerCase()),
  );
  const projects = all.filter(({ name }) => mayHold(config, name));
  const connections = typed === '' ? all.map(connectionsOf) : [];
  if (text.trim().startsWith('connection:')) return allowed(config, connections);
  const targets: Target[] = [];
  for (const [index, project] of projects.entries()) {
    const names =
      typed === ''
        ? [...spelledOut(config, project), ...(await freeName(client, project, index))]
        : [typed];
    targets.push(...names.map((group) => targetOf(project, group)));
  }
  return allowed(config, [...targets, ...connections]);
}

function allowed(config: AzurePipelinesConfig, targets: readonly Target[]): Target[] {
  return targets.filter(({ id }) => refuseTarget(config, id) === undefined).slice(0, MOST);
}

function connectionsOf({ name }: Project): Target {
  return { id: `connection:${name}`, name: `${name}, service connection` };
}

/** Could the policy allow a group of this project? */
export function mayHold({ targets }: AzurePipelinesConfig, project: string): boolean {
  return targets.some((pattern) => {
    const [first = '', ...rest] = pattern.split('/');
    const isOpen = rest.length === 0 ? pattern.includes('*') : true;
    return isOpen && isAllowed([first], project);
  });
}

function targetOf({ name }: Project, group: string): Target {
  return { id: `group:${name}/${group}`, name: `${name}, variable group ${group}` };
}

function spelledOut({ targets }: AzurePipelinesConfig, { name }: Project): string[] {
  return targets
    .filter((pattern) => !pattern.includes('*'))
    .map((pattern) => parseTarget(`group:${pattern}`))
    .filter((place) => place?.project.toLowerCase() === name.toLowerCase())
    .flatMap((place) => (place?.kind === 'group' ? [place.group] : []));
}

async function freeName(
  client: PipelinesClient,
  project: Project,
  index: number,
): Promise<string[]> {
  if (index >= WITH_FREE_NAME) return [SUGGESTED];
  const groups = await client.groupsNamed(project, `${SUGGESTED}*`);
  const taken = new Set(groups.map(({ name }) => name.toLowerCase()));
  let name = SUGGESTED;
  for (let number = 2; taken.has(name); number += 1) name = `${SUGGESTED}-${number}`;
  return [name];
}
