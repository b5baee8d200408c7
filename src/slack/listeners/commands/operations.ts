import { counted } from '../../../domain/counted.ts';
import { parseRequestId } from '../../../domain/naming.ts';
import { accountMember, explainAccountRefusal } from '../../account-members.ts';
import { askForOperation } from '../../ask-for-operation.ts';
import { note } from '../../blocks.ts';
import type { RoomDeps } from '../../deps.ts';
import { COMMAND } from '../../ids.ts';
import { person as mention, say, words } from '../../text.ts';
import { withNames } from '../../typed-text.ts';
import { HEALTH } from '../../views/account-messages.ts';
import type { Asked } from './asked.ts';

/** `rotate SA-7K3F9Q [reason]` and `close SA-7K3F9Q reason`: a request with its own card. */
export async function operate(
  kind: 'rotate' | 'close',
  { person, trigger, rest, tell }: Asked,
  deps: RoomDeps,
): Promise<void> {
  const [typed = '', ...more] = rest.split(/\s+/u);
  const account = parseRequestId(typed);
  const reason = withNames(more.join(' '));
  if (account === undefined || (kind === 'close' && reason === '')) {
    await tell(note(EXAMPLES[kind]));
    return;
  }
  await askForOperation({ account, kind, reason, person, trigger }, deps, tell);
}

/** `verify SA-7K3F9Q`: uses the stored credential now. */
export async function verify({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const account = parseRequestId(rest);
  if (account === undefined) {
    await tell(note(EXAMPLES.verify));
    return;
  }
  const by = await accountMember(person, account, deps);
  const answer = await deps.accounts.check(account, by, false);
  if (answer.kind === 'refused') {
    await tell(note(explainAccountRefusal(answer.refusal, answer.account, deps)));
    return;
  }
  const { address, care, verification } = answer.value;
  const { count, noun } = verification.sees;
  const health = HEALTH[care.health.state].toLowerCase();
  await tell(
    note(
      care.health.state === 'healthy'
        ? say`${words(address, 200)} is healthy: it sees ${counted(count, noun)}.`
        : say`${words(address, 200)}: ${health}. ${words(care.health.says.join(' '), 1200)}`,
    ),
  );
}

/** `hand-over SA-7K3F9Q @somebody`; Slack sends people as `<@U123|name>`. */
export async function handOver({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const [typed = '', whom = ''] = rest.split(/\s+/u);
  const account = parseRequestId(typed);
  const to = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/u.exec(whom)?.[1];
  if (account === undefined || to === undefined) {
    await tell(note(EXAMPLES['hand-over']));
    return;
  }
  const [by, taker] = await Promise.all([
    accountMember(person, account, deps),
    accountMember(to, account, deps),
  ]);
  const answer = await deps.accounts.handOver(account, by, taker);
  await tell(
    note(
      answer.kind === 'done'
        ? say`${mention(to)} is asked to take over ${words(answer.value.address, 200)}. Until then nothing changes.`
        : explainAccountRefusal(answer.refusal, answer.account, deps),
    ),
  );
}

const EXAMPLES = {
  rotate: say`Please add the account's id, for example \`${COMMAND} rotate SA-7K3F9Q\`. \`${COMMAND} list\` shows yours.`,
  close: say`Please add the account's id and why it is to be closed, for example \`${COMMAND} close SA-7K3F9Q The team has moved to another connection\`.`,
  verify: say`Please add the account's id, for example \`${COMMAND} verify SA-7K3F9Q\`. \`${COMMAND} list\` shows yours.`,
  'hand-over': say`Please add the account's id and a person, for example \`${COMMAND} hand-over SA-7K3F9Q @colleague\`.`,
};
