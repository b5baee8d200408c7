import { openSandbox as openConfluence } from '../../knowledge/confluence/sandbox.ts';
import type { ConfluenceSandbox } from '../../knowledge/confluence/sandbox.ts';
import type { SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';

/** The same Confluence site as the knowledge base's sandbox, with this store's configuration. */
export async function openSandbox(deps: SandboxDeps): Promise<ConfluenceSandbox> {
  const site = await openConfluence(deps);
  const config = {
    ...site.config,
    group: 'credential-readers',
    i_accept_that_credentials_are_kept_in_confluence: true,
  };
  return { ...site, config };
}
