import type { z } from 'zod';

import { fillOrder } from '../fill-form.ts';
import { ORDERS } from '../play.ts';
import type { Actor } from '../slack/actor.ts';
import type { Delivery } from '../slack/courier.ts';
import type { FieldName } from '../slack/fields.ts';
import type { Message } from '../slack/world.ts';
import type { actSchema } from './act-schema.ts';
import { performStep } from './human-steps.ts';
import { revealStored } from './reveal.ts';
import type { Stage } from './stage.ts';
import type { At, Wanted } from './wire.ts';

type Asked = z.infer<typeof actSchema>;
type Act = Asked['act'];
type Doing<Name extends Act['do']> = Extract<Act, { do: Name }>;

/**
 * Does what a person at the page wants, the way Slack would: signed payloads to the app, nothing
 * past it.
 * @throws Error with a sentence for that person
 */
export async function doAct(stage: Stage, { as, act }: Asked): Promise<unknown> {
  if (!stage.sandbox.slack.world.people.has(as)) throw new Error('There is no such person.');
  if (act.do === 'perform') return performStep(stage, as, act);
  if (act.do === 'reveal') return revealStored(stage, as, act.name);
  if (act.do === 'trouble') return stage.troubles.cause(act.system, act.what);
  if (act.do === 'worker') return act.what === 'kill' ? stage.worker.kill() : stage.worker.start();
  if (act.do === 'help') return helpOut(stage, as, act);
  return actInSlack(stage, as, act);
}

type InSlack = Exclude<Act, Doing<'perform' | 'reveal' | 'trouble' | 'worker' | 'help'>>;

async function actInSlack(stage: Stage, as: string, act: InSlack): Promise<unknown> {
  const person = stage.sandbox.slack.as(as);
  switch (act.do) {
    case 'command':
      await person.slashCommand(act.line, { channel: act.channel });
      return null;
    case 'say':
      person.write(act.channel, act.text);
      return null;
    case 'shortcut':
      return shortcut(stage, as, act);
    case 'open-home':
      return answered(await person.openHome());
    case 'click':
      return answered((await click(stage, as, act)).delivery);
    case 'choose':
      return choose(stage, as, act);
    case 'suggest':
      return person.typeahead(fieldName(act), act.typed, placeOf(stage, as, act.at));
    case 'submit':
      return submit(person, act);
    case 'close':
      return person.closeView({ all: act.all });
  }
}

async function shortcut(stage: Stage, as: string, { id, at }: Doing<'shortcut'>): Promise<null> {
  const person = stage.sandbox.slack.as(as);
  const place = at === undefined ? null : placeOf(stage, as, at);
  return answered(
    place !== null && 'message' in place
      ? await person.messageShortcut(id, place.message)
      : await person.shortcut(id),
  );
}

function fieldName({ block, action }: { readonly block: string; readonly action: string }) {
  return { block, action } satisfies FieldName;
}

function click(stage: Stage, as: string, act: Doing<'click'>) {
  const person = stage.sandbox.slack.as(as);
  return person.click(fieldName(act), { ...placeOf(stage, as, act.at), confirm: 'accept' });
}

async function choose(stage: Stage, as: string, act: Doing<'choose'>): Promise<null> {
  const person = stage.sandbox.slack.as(as);
  await person.choose(fieldName(act), act.value satisfies Wanted, placeOf(stage, as, act.at));
  return null;
}

async function submit(person: Actor, { values }: Doing<'submit'>): Promise<unknown> {
  for (const { block, action, value } of values) {
    await person.put({ block, action }, value);
  }
  const submission = await person.submit();
  if (submission.outcome === 'failed') throw new Error(TROUBLE);
  return submission.outcome;
}

/** What Slack itself says when an app does not answer in time. */
const TROUBLE = 'We had some trouble connecting. Try again?';

function answered(delivery: Delivery | null): null {
  if (delivery?.error != null) throw new Error(TROUBLE);
  return null;
}

function placeOf(
  { sandbox }: Stage,
  as: string,
  at: At,
): { readonly message: Message } | { readonly on: 'modal' | 'home' } {
  if (at.on !== 'message') return { on: at.on };
  const { world } = sandbox.slack;
  const message = world.messages.find(
    (one) =>
      one.channel === at.channel &&
      one.ts === at.ts &&
      (one.ephemeralFor ?? as) === as &&
      world.channels.get(one.channel)?.members.has(as) === true,
  );
  if (message === undefined) throw new Error('This message is not there any more.');
  return { message };
}

/** For the impatient: the form opened, or filled in as the guide's example. */
async function helpOut(stage: Stage, as: string, { act, kind }: Doing<'help'>): Promise<null> {
  const person = stage.sandbox.slack.as(as);
  if (act === 'open-form') {
    await person.slashCommand(`/flow-service-account new ${kind}`);
    return null;
  }
  const order = ORDERS[kind];
  // Addresses are unique, and earlier visits may have taken this one.
  const suffix = Date.now().toString(36).slice(-4);
  await fillOrder(person, { ...order, localPart: `${order.localPart}-${suffix}` });
  return null;
}
