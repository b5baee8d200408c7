import type { Target } from '../automation.ts';
import type { ActionsClient } from './client.ts';
import type { GitHubActionsConfig } from './schema.ts';
import { refuseTarget } from './target.ts';

const MOST = 100;
/** Environments cost a call each, so they are offered for the best matches only. */
const WITH_ENVIRONMENTS = 3;

/** Places the policy allows: repositories, their environments once named, the organisation. */
export async function searchTargets(
  client: ActionsClient,
  config: GitHubActionsConfig,
  text: string,
): Promise<Target[]> {
  const [repository = '', environment = ''] = text
    .trim()
    .replace(/^(?:repo|environment):/, '')
    .replace(new RegExp(`^${config.org}/`, 'i'), '')
    .split('/');
  // The search language has operators; only what a repository's name may hold is passed on.
  const words = repository.replaceAll(/[^\w. -]+/g, ' ').trim();
  const found =
    words === '' ? await client.latestRepositories() : await client.searchRepositories(words);
  const names = found
    .map((repository) => repository.full_name)
    .filter((name) => refuseTarget(config, `repo:${name}`) === undefined);
  const whole: Target = { id: 'org', name: `Organisation ${config.org}` };
  const fitsWhole = words === '' || whole.name.toLowerCase().includes(words.toLowerCase());
  const targets: Target[] = config.targets.includes('org') && fitsWhole ? [whole] : [];
  for (const [index, name] of names.entries()) {
    targets.push({ id: `repo:${name}`, name });
    if (words === '' || index >= WITH_ENVIRONMENTS) continue;
    for (const one of await client.environments(name)) {
      if (!one.toLowerCase().includes(environment.toLowerCase())) continue;
      targets.push({ id: `environment:${name}/${one}`, name: `${name}, environment ${one}` });
    }
  }
  return targets.slice(0, MOST);
}
