import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt';

import { parseRequestId } from '../../../domain/naming.ts';
import { KINDS } from '../../../domain/request.ts';
import { answering, tellBy } from '../../answering.ts';
import { note } from '../../blocks.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import { explainRefusal, refuseToAsk } from '../../members.ts';
import { answerList, answerShow, answerStory, unknownId } from '../../inventory-answers.ts';
import { openForm } from '../../open-form.ts';
import { commandSchema } from '../../payloads.ts';
import { say } from '../../text.ts';
import { typedText } from '../../typed-text.ts';
import type { Asked } from './asked.ts';
import { discover } from './discover.ts';
import { dryRun } from './dry-run.ts';
import { handOver, operate, verify } from './operations.ts';
import { openSettings } from './settings.ts';
import { doctorAnswer, helpAnswer } from '../../views/answers.ts';

type Verb = (asked: Asked, deps: RoomDeps) => Promise<void>;

const VERBS: Readonly<Record<string, Verb>> = {
  '': (asked, deps) => openForm(asked, deps, asked.tell),
  new: openKind,
  help: ({ tell }) => tell(helpAnswer(null)),
  list,
  mine: list,
  show: ({ person, rest, tell }, deps) => answerShow(person, 'show', rest, tell, deps),
  status: ({ person, rest, tell }, deps) => answerShow(person, 'status', rest, tell, deps),
  audit: ({ person, rest, tell }, deps) => answerStory(person, rest, tell, deps),
  cancel,
  rotate: (asked, deps) => operate('rotate', asked, deps),
  close: (asked, deps) => operate('close', asked, deps),
  adopt: ({ person, trigger, tell }, deps) =>
    openForm({ person, trigger, origin: { adopting: true } }, deps, tell),
  discover,
  'dry-run': dryRun,
  verify,
  'hand-over': handOver,
  doctor,
  settings: openSettings,
};

export async function flowServiceAccount(
  { ack, command, respond }: SlackCommandMiddlewareArgs & AllMiddlewareArgs,
  deps: RoomDeps,
): Promise<void> {
  await ack();
  await deps.giveWay.toOthers();
  const { user_id: person, trigger_id: trigger, text: sent } = commandSchema.parse(command);
  const text = typedText(sent);
  const tell = tellBy(respond, person, null, deps);
  const [verb = '', ...more] = text.trim().split(/\s+/u);
  const act = Object.hasOwn(VERBS, verb.toLowerCase()) ? VERBS[verb.toLowerCase()] : undefined;
  const asked: Asked = { person, trigger, rest: more.join(' '), tell };
  await answering(deps, tell, () => act?.(asked, deps) ?? tell(helpAnswer(text.trim())));
}

async function openKind({ person, trigger, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const kind = KINDS.find((id) => id === rest.toLowerCase());
  if (kind === undefined && rest !== '') await tell(helpAnswer(`new ${rest}`));
  else await openForm({ person, trigger, kind }, deps, tell);
}

function list({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  return answerList(person, rest, tell, deps);
}

async function cancel({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const id = parseRequestId(rest);
  if (id === undefined) {
    await tell(unknownId('cancel', rest));
    return;
  }
  const wish = { requestId: id, person, card: null };
  const done = await change(
    { ...wish, act: (member) => deps.requests.cancel(id, member) },
    deps,
    tell,
  );
  if (done !== undefined) await tell(note(say`${done.id} is cancelled. Nothing was made for it.`));
}

async function doctor({ person, tell }: Asked, deps: RoomDeps): Promise<void> {
  const refusal = await refuseToAsk(person, deps);
  if (refusal === undefined) await tell(doctorAnswer(await deps.doctor()));
  else await tell(note(explainRefusal(refusal, null, deps)));
}
