import { azurePipelines } from '../../src/automations/azure-pipelines/index.ts';
import { openSandbox } from '../../src/automations/azure-pipelines/sandbox.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { playSlot } from './play-slot.ts';
import { playClock, record, silent } from './play.ts';

/** A credential in a variable group and in a service connection, from beginning to end. */
export async function playAzurePipelines(): Promise<Exchange[]> {
  const clock = playClock();
  return record(await openSandbox({ clock }), async (sandbox) => {
    const automation = azurePipelines.open(azurePipelines.schema.parse(sandbox.config), {
      clock,
      log: silent,
    });
    await automation.check();
    for (const text of ['', 'web', 'connection:Web']) await automation.searchTargets(text);
    await playSlot(automation, sandbox, 'group:Web/flow-automation', '/variablegroups');
    await playSlot(automation, sandbox, 'connection:Web', '/endpoints');
  });
}
