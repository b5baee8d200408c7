import type { Target } from '../automation.ts';
import type { GitlabCiClient } from './client.ts';
import type { GitlabCiConfig } from './schema.ts';
import { refuseTarget } from './target.ts';

const MOST = 100;

/** Projects and groups the policy allows, with the environment that was typed after them. */
export async function searchTargets(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  text: string,
): Promise<Target[]> {
  const [place = '', environment] = text.trim().split(/ +environment: */);
  const words = place.replace(/^(?:project|group):/, '').trim();
  // GitLab's search looks at names, so of a path the last part is looked for.
  const search = words.split('/').at(-1) ?? '';
  const projects = await client.projects(search);
  const groups = await client.groups(search);
  const found: Target[] = [
    ...projects.map((one) => ({
      id: `project:${one.path_with_namespace}`,
      name: one.path_with_namespace,
    })),
    ...groups.map((one) => ({ id: `group:${one.full_path}`, name: `Group ${one.full_path}` })),
  ];
  return found
    .filter(({ id }) => id.toLowerCase().includes(words.toLowerCase()))
    .flatMap((target) => scopesOf(config, environment).map((scope) => inScope(target, scope)))
    .filter(({ id }) => refuseTarget(config, id) === undefined)
    .slice(0, MOST);
}

/** The one that was typed, else those that the policy spells out; undefined stands for all. */
function scopesOf(
  { environments }: GitlabCiConfig,
  typed: string | undefined,
): (string | undefined)[] {
  if (typed !== undefined && typed !== '') return [typed];
  return [undefined, ...environments.filter((pattern) => !pattern.includes('*'))];
}

function inScope({ id, name }: Target, scope: string | undefined): Target {
  return scope === undefined
    ? { id, name }
    : { id: `${id} environment:${scope}`, name: `${name}, environment ${scope}` };
}
