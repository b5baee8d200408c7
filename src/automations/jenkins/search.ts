import type { Target } from '../automation.ts';
import type { JenkinsClient } from './client.ts';
import type { JenkinsConfig, JenkinsItem } from './schema.ts';
import { GLOBAL_DOMAIN, parseTarget, refuseTarget } from './target.ts';

const MOST = 100;
/** Domains cost a call each, so they are offered for the best matches only. */
const WITH_DOMAINS = 3;

/** Kinds of items that keep credentials for what is inside them. */
const FOLDERS = [
  'com.cloudbees.hudson.plugins.folder.Folder',
  'jenkins.branch.OrganizationFolder',
  'org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject',
];

/** Folders the policy allows and our user sees, and their domains once one is looked for. */
export async function searchTargets(
  client: JenkinsClient,
  config: JenkinsConfig,
  text: string,
): Promise<Target[]> {
  const typed = parseTarget(text.trim());
  const isDomain = typed !== undefined && typed.domain !== GLOBAL_DOMAIN;
  const words = isDomain ? typed.folder.join('/') : text.trim().replace(/^(?:folder|domain):/, '');
  const folders = foldersIn(await client.items())
    .filter((folder) => folder.toLowerCase().includes(words.toLowerCase()))
    .filter((folder) => refuseTarget(config, `folder:${folder}`) === undefined);
  const targets: Target[] = [];
  for (const [index, folder] of folders.entries()) {
    targets.push({ id: `folder:${folder}`, name: folder });
    if (words === '' || index >= WITH_DOMAINS) continue;
    for (const domain of await client.domains(folder.split('/'))) {
      if (domain === GLOBAL_DOMAIN) continue;
      targets.push({ id: `domain:${folder}/${domain}`, name: `${folder}, domain ${domain}` });
    }
  }
  return targets.filter(({ id }) => refuseTarget(config, id) === undefined).slice(0, MOST);
}

/** Full names of all folders, parents first. */
export function foldersIn(items: readonly JenkinsItem[]): string[] {
  return items.flatMap(({ _class, fullName, jobs }) => [
    ...(fullName !== undefined && FOLDERS.includes(_class ?? '') ? [fullName] : []),
    ...foldersIn(jobs ?? []),
  ]);
}
