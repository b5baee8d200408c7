import type { Target } from '../automation.ts';
import type { PipelinesClient } from './client.ts';
import type { BitbucketPipelinesConfig } from './schema.ts';
import { refuseTarget } from './target.ts';

const MOST = 100;
/** Deployments cost a call each, so they are offered for the best matches only. */
const WITH_DEPLOYMENTS = 3;

/** Places the policy allows and our account administers. */
export async function searchTargets(
  client: PipelinesClient,
  config: BitbucketPipelinesConfig,
  text: string,
): Promise<Target[]> {
  const [repository = '', environment = ''] = text
    .trim()
    .replace(/^(?:repo|deployment):/, '')
    .replace(new RegExp(`^${config.workspace}/`, 'i'), '')
    .split('/');
  // Only what a repository's name may hold is put into the query language.
  const words = repository.replaceAll(/[^\w. -]+/g, ' ').trim();
  const isWhole = words.toLowerCase() === 'workspace';
  const { repositories } = await client.administered(isWhole ? '' : words);
  const names = repositories.filter((name) => refuseTarget(config, `repo:${name}`) === undefined);
  const fitsWhole = isWhole || words === '' || config.workspace.includes(words.toLowerCase());
  const targets: Target[] =
    config.targets.includes('workspace') && fitsWhole
      ? [{ id: 'workspace', name: `Workspace ${config.workspace}` }]
      : [];
  for (const [index, name] of (isWhole ? [] : names).entries()) {
    targets.push({ id: `repo:${name}`, name });
    if (words === '' || index >= WITH_DEPLOYMENTS) continue;
    targets.push(...(await deploymentsOf(client, name, environment)));
  }
  return targets.slice(0, MOST);
}

async function deploymentsOf(
  client: PipelinesClient,
  name: string,
  text: string,
): Promise<Target[]> {
  const names = await client.environmentNames(name.split('/')[1] ?? '');
  return names
    .filter((one) => one.toLowerCase().includes(text.toLowerCase()))
    .map((one) => ({ id: `deployment:${name}/${one}`, name: `${name}, deployment ${one}` }));
}
