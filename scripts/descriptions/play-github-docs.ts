import { githubDocs } from '../../src/knowledge/github-docs/index.ts';
import { openSandbox } from '../../src/knowledge/github-docs/sandbox.ts';
import type { GitHubDocsSandbox } from '../../src/knowledge/github-docs/sandbox.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { ENTRY, PAGE } from './pages.ts';
import { playClock, record, refused, silent } from './play.ts';
import type { PlayClock } from './play.ts';

/** Pages in a repository, committed and by pull request, with what GitHub refuses. */
export async function playGitHubDocs(): Promise<Exchange[]> {
  const clock = playClock();
  const sandbox = await openSandbox({ clock });
  return record(sandbox, (place) => playDocs(place, clock));
}

async function playDocs(sandbox: GitHubDocsSandbox, clock: PlayClock): Promise<void> {
  const open = (change: Readonly<Record<string, unknown>> = {}) =>
    githubDocs.open(githubDocs.schema.parse({ ...sandbox.config, ...change }), {
      clock,
      log: silent,
    });
  const base = open();
  await base.check();
  await base.publish(PAGE);
  let between = 0;
  sandbox.server.onRequest(({ method }) => {
    if (method !== 'PUT' || between > 0) return;
    between += 1;
    sandbox.people.write(
      'flow-service-accounts/flow-sa-7k3f9q.md',
      '---\nmarker: flow-sa-7k3f9q\n---\n',
    );
  });
  await base.publish({ ...PAGE, summary: 'Changed.' });
  await base.publishIndex({ entries: [ENTRY] });
  await base.archive(PAGE);
  const proposed = { ...PAGE, marker: 'flow-sa-abc123' };
  sandbox.setProtection('ruleset');
  await base.publish(proposed);
  await base.publish({ ...proposed, summary: 'Changed.' });
  sandbox.people.merge();
  await base.publish({ ...proposed, summary: 'Changed again.' });
  await refused(open({ branch: 'nope' }).publish(PAGE));
}
