import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt';

import { parseRequestId } from '../../../domain/naming.ts';
import { KINDS } from '../../../domain/request.ts';
import { answering, tellBy } from '../../answering.ts';
import type { Tell } from '../../answering.ts';
import { note } from '../../blocks.ts';
import { change } from '../../click.ts';
import type { RoomDeps } from '../../deps.ts';
import { COMMAND } from '../../ids.ts';
import { explainRefusal, refuseToAsk, refuseToSee } from '../../members.ts';
import { openForm } from '../../open-form.ts';
import { commandSchema } from '../../payloads.ts';
import { say } from '../../text.ts';
import { doctorAnswer, helpAnswer, listAnswer, statusAnswer } from '../../views/answers.ts';

interface Asked {
  readonly person: string;
  readonly trigger: string;
  /** What follows the verb. */
  readonly rest: string;
  readonly tell: Tell;
}

type Verb = (asked: Asked, deps: RoomDeps) => Promise<void>;

const VERBS: Readonly<Record<string, Verb>> = {
  '': (asked, deps) => openForm(asked, deps, asked.tell),
  new: openKind,
  help: ({ tell }) => tell(helpAnswer(null)),
  list,
  mine: list,
  status,
  cancel,
  doctor,
};

export async function flowServiceAccount(
  { ack, command, respond }: SlackCommandMiddlewareArgs & AllMiddlewareArgs,
  deps: RoomDeps,
): Promise<void> {
  await ack();
  await deps.giveWay.toOthers();
  const { user_id: person, trigger_id: trigger, text } = commandSchema.parse(command);
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

async function list({ person, tell }: Asked, deps: RoomDeps): Promise<void> {
  const refusal = await refuseToSee(person, deps);
  if (refusal !== undefined) {
    await tell(note(explainRefusal(refusal, null, deps)));
    return;
  }
  const requests = await deps.requests.list(person);
  const shown = requests.slice(0, 20);
  const urls = new Map(
    await Promise.all(shown.map(async ({ id }) => [id, await deps.card.url(id)] as const)),
  );
  await tell(listAnswer(requests, deps.catalogue, ({ id }) => urls.get(id) ?? null));
}

async function status({ person, rest, tell }: Asked, deps: RoomDeps): Promise<void> {
  const refusal = await refuseToSee(person, deps);
  if (refusal !== undefined) {
    await tell(note(explainRefusal(refusal, null, deps)));
    return;
  }
  const id = parseRequestId(rest);
  const request = id === undefined ? undefined : await deps.requests.find(id);
  if (request === undefined) await tell(unknownId('status', rest));
  else await tell(statusAnswer(request, deps.catalogue, await deps.card.url(request.id)));
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

function unknownId(verb: string, text: string) {
  return note(
    text === ''
      ? say`Please add the request's id, for example \`${COMMAND} ${verb} SA-7K3F9Q\`.`
      : say`There is no request “${text}”. An id looks like SA-7K3F9Q; \`${COMMAND} list\` shows yours.`,
  );
}
