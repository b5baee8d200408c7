import type { DryRunWish } from '../requests/dry-run.ts';
import type { Tell } from './answering.ts';
import { note } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import { explainRefusal } from './members.ts';
import { dryRunMessage, unfinishedMessage } from './views/dry-run-message.ts';

/** Tells one person what a wish would do. */
export async function answerDryRun(wish: DryRunWish, deps: RoomDeps, tell: Tell): Promise<void> {
  const answer = await deps.dryRun(wish);
  switch (answer.kind) {
    case 'refused':
      await tell(note(explainRefusal(answer.refusal, answer.request, deps)));
      return;
    case 'invalid':
      await tell(unfinishedMessage(answer.errors));
      return;
    case 'done':
      await tell(dryRunMessage(answer.value, deps.catalogue));
  }
}
