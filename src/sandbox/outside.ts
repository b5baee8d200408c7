import { openSandbox as openGithubActions } from '../automations/github-actions/sandbox.ts';
import { openSandbox as openGitlabCi } from '../automations/gitlab-ci/sandbox.ts';
import { openSandbox as openOther } from '../automations/other/sandbox.ts';
import { openSandbox as openFlow } from '../flow/sandbox.ts';
import { openSandbox as openConfluence } from '../knowledge/confluence/sandbox.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { Clock } from '../lib/clock.ts';
import { openSandbox as openMail } from '../mailboxes/catch-all/sandbox.ts';
import { openSandbox as openMailByHand } from '../mailboxes/human/sandbox.ts';
import { openSandbox as openVault } from '../stores/vault/sandbox.ts';
import { openSandbox as openGithub } from '../vendors/github/sandbox.ts';
import { openSandbox as openGitlab } from '../vendors/gitlab/sandbox.ts';
import { openSandbox as openJira } from '../vendors/jira-cloud/sandbox.ts';
import type { SandboxServer } from './kit/server.ts';

export type Outside = Awaited<ReturnType<typeof openOutside>>;

/** Every outside system of the sandbox but Slack, each on a loopback port of its own. */
export async function openOutside(clock: Clock) {
  const deps = { clock };
  const [gitlab, github, jira, vault, confluence, mail, mailByHand, actions, ci, other] =
    await Promise.all([
      openGitlab(deps),
      openGithub(deps),
      openJira(deps),
      openVault(deps),
      openConfluence(deps),
      openMail(deps),
      openMailByHand(deps),
      openGithubActions(deps),
      openGitlabCi(deps),
      openOther(deps),
    ]);
  const flow = await openFlow(deps);
  const all = {
    gitlab,
    github,
    jira,
    vault,
    confluence,
    mail,
    mailByHand,
    actions,
    ci,
    other,
    flow,
  };
  const parts: (Closeable & { readonly servers: readonly SandboxServer[] })[] = Object.values(all);
  return {
    ...all,
    servers: parts.flatMap(({ servers }) => servers),
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}
