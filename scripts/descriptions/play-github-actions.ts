import { githubActions } from '../../src/automations/github-actions/index.ts';
import { openSandbox } from '../../src/automations/github-actions/sandbox.ts';
import type { GitHubActionsSandbox } from '../../src/automations/github-actions/sandbox.ts';
import type { Slot } from '../../src/automations/automation.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { letTwoMeet, playClock, record, refused, silent, untilDone } from './play.ts';

const ABOUT = { address: 'flow-automation@acme.example', marker: 'flow-sa-7k3f9q' };
const STORE_URL = 'https://vault.acme.example/ui/flow-sa-7k3f9q-token';
const TARGETS = ['org', 'repo:acme/web', 'environment:acme/web/production'];

/** A credential put into each kind of place, replaced, looked at and taken away again. */
export async function playGitHubActions(): Promise<Exchange[]> {
  const clock = playClock();
  return record(await openSandbox({ clock }), async (sandbox) => {
    const { automation, classic } = open(sandbox, clock);
    await automation.check();
    await classic.check();
    for (const text of ['', 'web', 'acme/web', 'environment:acme/web/staging']) {
      await automation.searchTargets(text);
    }
    for (const target of TARGETS) {
      const slot = { ...ABOUT, target, secretName: 'FLOW_TOKEN', process: 'nightly release' };
      await playSlot(automation, sandbox, slot);
    }
    await playRefusals(automation, classic, sandbox);
  });
}

function open(sandbox: GitHubActionsSandbox, clock: { now(): Date }) {
  const deps = { clock, log: silent };
  const classicConfig = { ...sandbox.config, auth: { token: new Secret(sandbox.classic.token) } };
  return {
    automation: githubActions.open(githubActions.schema.parse(sandbox.config), deps),
    classic: githubActions.open(githubActions.schema.parse(classicConfig), deps),
  };
}

type Automation = ReturnType<typeof open>['automation'];

async function playSlot(
  automation: Automation,
  sandbox: GitHubActionsSandbox,
  slot: Slot,
): Promise<void> {
  await refused(automation.verify(slot));
  const first = new Secret('github_pat_zeroth-0123456789');
  const [server] = sandbox.servers;
  if (server !== undefined) letTwoMeet(server, 'POST', '/variables');
  await Promise.allSettled([1, 2].map(() => automation.ensure(slot, first, STORE_URL, {})));
  for (const value of ['github_pat_first-0123456789', 'github_pat_second-0123456789']) {
    await untilDone(sandbox, ABOUT, (answers) =>
      automation.ensure(slot, new Secret(value), STORE_URL, answers),
    );
    await automation.verify(slot);
  }
  const other = { ...slot, marker: 'flow-sa-000000' };
  await refused(automation.ensure(other, new Secret('github_pat_third-0123'), STORE_URL, {}));
  for (const _time of ['first', 'second']) {
    await untilDone(sandbox, ABOUT, (answers) => automation.remove(slot, answers));
  }
}

async function playRefusals(
  automation: Automation,
  classic: Automation,
  sandbox: GitHubActionsSandbox,
): Promise<void> {
  const credential = new Secret('github_pat_fourth-0123456789');
  const slot = { ...ABOUT, target: 'repo:acme/web', secretName: 'FLOW_TOKEN', process: 'release' };
  const nowhere = { ...slot, target: 'environment:acme/web/moon' };
  await refused(automation.ensure(nowhere, credential, STORE_URL, {}));
  sandbox.permissions['secrets'] = 'read';
  await refused(automation.ensure(slot, credential, STORE_URL, {}));
  sandbox.classic.scopes = ['gist'];
  await refused(classic.ensure(slot, credential, STORE_URL, {}));
}
