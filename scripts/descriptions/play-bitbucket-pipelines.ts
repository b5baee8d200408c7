import { bitbucketPipelines } from '../../src/automations/bitbucket-pipelines/index.ts';
import { openSandbox } from '../../src/automations/bitbucket-pipelines/sandbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { ABOUT, playSlot, STORE_URL } from './play-slot.ts';
import { playClock, record, refused, silent } from './play.ts';

const TARGETS = ['repo:acme/web', 'deployment:acme/web/Production', 'workspace'];

/** A credential put into each kind of place, replaced, looked at and taken away again. */
export async function playBitbucketPipelines(): Promise<Exchange[]> {
  const clock = playClock();
  return record(await openSandbox({ clock }), async (sandbox) => {
    const config = { ...sandbox.config, targets: ['acme/*', 'workspace'] };
    const automation = bitbucketPipelines.open(bitbucketPipelines.schema.parse(config), {
      clock,
      log: silent,
    });
    await automation.check();
    for (const text of ['', 'web', 'acme/web', 'deployment:acme/web/Staging']) {
      await automation.searchTargets(text);
    }
    for (const target of TARGETS) await playSlot(automation, sandbox, target, '/variables');
    await refused(automation.ensure(slotIn('deployment:acme/web/Moon'), LATE, STORE_URL, {}));
    sandbox.account.scopes = ['read:repository:bitbucket'];
    await refused(automation.ensure(slotIn('repo:acme/web'), LATE, STORE_URL, {}));
  });
}

const LATE = new Secret('credential-that-comes-too-late');

function slotIn(target: string) {
  return { target, secretName: 'FLOW_TOKEN', marker: ABOUT.marker, process: 'release' };
}
