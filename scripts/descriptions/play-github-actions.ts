import { githubActions } from '../../src/automations/github-actions/index.ts';
import { openSandbox } from '../../src/automations/github-actions/sandbox.ts';
import type { GitHubActionsSandbox } from '../../src/automations/github-actions/sandbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { ABOUT, playSlot, STORE_URL } from './play-slot.ts';
import { playClock, record, refused, silent } from './play.ts';

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
      await playSlot(automation, sandbox, target, '/variables');
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
