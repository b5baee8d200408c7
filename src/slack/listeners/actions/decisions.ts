import type { ModalView } from '@slack/types';

import { refuseBreakGlass, refuseDecision } from '../../../domain/approval.ts';
import type { Member, Refusal } from '../../../domain/approval.ts';
import type { Request } from '../../../domain/request.ts';
import type { Tell } from '../../answering.ts';
import { answering, tellInView } from '../../answering.ts';
import { note } from '../../blocks.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import { clicker, explainRefusal } from '../../members.ts';
import type { Click } from '../../payloads.ts';
import { say } from '../../text.ts';
import { approveAloneView } from '../../views/approve-alone-view.ts';
import { denyView } from '../../views/deny-view.ts';
import { cardOfClick } from './on-click.ts';

export async function approve(click: Click, deps: RoomDeps, tell: Tell): Promise<void> {
  await change(
    {
      requestId: click.value,
      person: click.person,
      card: cardOfClick(click),
      act: (member) => deps.requests.decide(click.value, member, 'approve', null),
    },
    deps,
    tell,
  );
}

/** Opens the question for the reason in one Slack call, and only then looks up who asks for it. */
export const deny = asking('denied', denyView, refuseDeny);

/** The same for approving without the others. */
export const approveAlone = asking('break-glass', approveAloneView, refuseBreakGlass);

function asking(
  wanted: string,
  view: (requestId: string, metadata: string) => ModalView,
  refuse: (request: Request, member: Member, now: string) => Refusal | undefined,
) {
  return async (click: Click, deps: RoomDeps): Promise<void> => {
    const metadata = JSON.stringify({
      request: click.value,
      channel: click.place?.channel ?? null,
      ts: click.place?.ts ?? null,
    });
    const opened = await deps.modals.open(click.trigger, view(click.value, metadata));
    const tellThere = tellInView(opened.id, deps);
    await answering(deps, tellThere, async () => {
      const request = await deps.requests.find(click.value);
      if (request === undefined) {
        await tellThere(note(say`There is no request ${click.value}.`));
        return;
      }
      const member = await clicker(click.person, request, deps);
      const refusal = refuse(request, member, deps.clock.now().toISOString());
      if (refusal === undefined) return;
      await deps.requests.noteRefusal(request.id, member, wanted, refusal);
      await tellThere(note(explainRefusal(refusal, request, deps)));
      if (refusal === 'already-decided') await deps.card.showNow(request, cardOfClick(click));
    });
  };
}

/** Whoever approved may still change their mind while nothing is decided. */
function refuseDeny(request: Request, member: Member, now: string): Refusal | undefined {
  const others = request.decisions.filter(({ by }) => by !== member.id);
  return refuseDecision({ ...request, decisions: others }, member, now);
}
