import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { COMMAND } from '../../ids.ts';
import { explainRefusal, viewer } from '../../members.ts';
import { say } from '../../text.ts';
import { discoveredMessage } from '../../views/discovered-message.ts';
import type { Asked } from './asked.ts';

/** `discover gitlab`: accounts there that look like Flow's and are not under care; for admins. */
export async function discover({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const connection = rest.trim();
  const seen = await viewer(person, deps);
  if ('refusal' in seen) {
    await tell(note(explainRefusal(seen.refusal, null, deps)));
    return;
  }
  if (!deps.inventory.isAdmin(seen.member)) {
    await tell(note(explainRefusal('not-an-admin', null, deps)));
    return;
  }
  if (connection === '') {
    const known = deps.catalogue.connections.map(({ id }) => id).join(', ');
    await tell(
      note(say`Please name a connection, for example \`${COMMAND} discover gitlab\`: ${known}.`),
    );
    return;
  }
  await tell(discoveredMessage(await deps.accounts.discover(connection)));
}
