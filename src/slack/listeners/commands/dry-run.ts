import { parseRequestId } from '../../../domain/naming.ts';
import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { COMMAND } from '../../ids.ts';
import { clicker } from '../../members.ts';
import { say } from '../../text.ts';
import { answerDryRun } from '../../try-without-changes.ts';
import type { Asked } from './asked.ts';

const KINDS = ['rotate', 'close'] as const;

/** `dry-run rotate SA-7K3F9Q`: what that would do; nothing is changed. */
export async function dryRun({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const [verb = '', typed = ''] = rest.split(/\s+/u);
  const kind = KINDS.find((known) => known === verb.toLowerCase());
  const account = parseRequestId(typed);
  if (kind === undefined || account === undefined) {
    await tell(note(EXAMPLE));
    return;
  }
  const by = await clicker(person, undefined, deps);
  await answerDryRun({ kind, by, account }, deps, tell);
}

const EXAMPLE = say`Please say what to try and with which account, for example \`${COMMAND} dry-run rotate SA-7K3F9Q\` or \`${COMMAND} dry-run close SA-7K3F9Q\`. For a new account, fill in the form and press “Try without changes”.`;
