import type { AuditEntry } from '../../src/domain/audit.ts';
import type { Request } from '../../src/domain/request.ts';
import { CHANNEL } from '../../src/sandbox/people.ts';
import type { FormOrder } from '../../src/sandbox/fill-form.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import type { Message } from '../../src/sandbox/slack/world.ts';
import { GITLAB_ORDER } from './fill-order.ts';
import { eventually } from './journey.ts';
import type { Journey } from './journey.ts';

/** The usual order with a name of its own, since addresses are unique. */
export function orderNamed(localPart: string, change: Partial<FormOrder> = {}): FormOrder {
  return {
    ...GITLAB_ORDER,
    localPart,
    purpose: `Flow needs ${localPart} for its work.`,
    ...change,
  };
}

/** Waits until this person alone was told these words, and returns the message. */
export function toldAlone(journey: Journey, person: string, words: string): Promise<string> {
  const { slack } = journey.sandbox;
  const heard = () =>
    slack
      .as(person)
      .ephemerals()
      .map((message) => renderMessage(message))
      .findLast((text) => text.includes(words));
  return slack.waitFor(heard, { timeoutMs: 10_000, what: `${person} being told “${words}”` });
}

export function toldByMessage(journey: Journey, person: string, words: string): Promise<string> {
  const { slack } = journey.sandbox;
  const heard = () =>
    slack
      .as(person)
      .dms()
      .map((message) => renderMessage(message))
      .findLast((text) => text.includes(words));
  return slack.waitFor(heard, { timeoutMs: 20_000, what: `${person} getting “${words}”` });
}

/** Everything that anybody in the channel can read. */
export function inPublic({ sandbox }: Journey): string {
  const { messages } = sandbox.slack.world;
  return messages
    .filter(({ channel, ephemeralFor }) => channel === CHANNEL.id && ephemeralFor === null)
    .map((message) => renderMessage(message))
    .join('\n---\n');
}

export async function cardOf(journey: Journey, request: Request): Promise<Message> {
  return journey.sandbox.slack.waitFor(() => journey.card(request), {
    timeoutMs: 20_000,
    what: `the card of ${request.id}`,
  });
}

/** The card once it shows this text; a card is edited in place, so look at the newest state. */
export async function cardShowing(
  journey: Journey,
  request: Request,
  text: string | RegExp,
): Promise<string> {
  const shown = () => {
    const card = journey.card(request);
    const seen = card === undefined ? '' : renderMessage(card);
    return (typeof text === 'string' ? seen.includes(text) : text.test(seen)) ? seen : undefined;
  };
  return journey.sandbox.slack.waitFor(shown, {
    timeoutMs: 20_000,
    what: `${String(text)} on the card of ${request.id}`,
  });
}

export async function auditOf(
  journey: Journey,
  request: Pick<Request, 'id'>,
  ...actions: AuditEntry['action'][]
): Promise<AuditEntry[]> {
  const entries = await journey.product.records.audit.list({ subject: request.id });
  return actions.length === 0 ? entries : entries.filter(({ action }) => actions.includes(action));
}

/** Waits until a refusal is on record, and returns it; without a request it is about none. */
export async function refusalOf(
  journey: Journey,
  by: string,
  why: string,
  subject = 'none',
): Promise<AuditEntry> {
  const refused = { actor: by, actions: ['refused'], subject } as const;
  return eventually(`the refusal of ${by}: ${why}`, async () =>
    (await journey.product.records.audit.list(refused)).findLast(
      ({ details }) => details['why'] === why,
    ),
  );
}
