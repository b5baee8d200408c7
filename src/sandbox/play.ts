import type { Product } from '../composition/product.ts';
import { FINAL_STATES } from '../domain/request.ts';
import type { Kind, Request } from '../domain/request.ts';
import { fillOrder } from './fill-form.ts';
import type { FormOrder } from './fill-form.ts';
import { doTask, openTaskOf } from './hands.ts';
import { CHANNEL, GROUPS, PEOPLE } from './people.ts';
import type { Sandbox } from './run.ts';
import { renderMessage } from './slack/render-text.ts';
import type { Message } from './slack/world.ts';

export const ORDERS: Readonly<Record<Kind, FormOrder>> = {
  integration: {
    kind: 'integration',
    connection: 'GitLab acme',
    access: 'contributor',
    scope: ['acme/platform'],
    services: ['repositories', 'pull-requests'],
    localPart: 'flow-integrations',
    purpose: 'Flow reads the repositories and merge requests of the platform group.',
    secondOwner: PEOPLE.lead.id,
  },
  automation: {
    kind: 'automation',
    connection: 'GitHub acme',
    access: 'contributor',
    scope: ['acme/web'],
    process: 'Nightly release',
    automation: 'GitHub Actions',
    target: 'repo:acme/web',
    secretName: 'RELEASE_TOKEN',
    localPart: 'automation',
    purpose: 'The nightly release pushes its tags without anybody else being named for them.',
  },
  'flow-user': {
    kind: 'flow-user',
    role: 'admin',
    localPart: 'flow-api',
    purpose: "A script keeps Flow's teams in step with the directory.",
  },
};

export interface Stage {
  readonly sandbox: Sandbox;
  readonly product: Product;
  say(line: string): void;
}

/** Plays one request as people would, and tells the thread as it grows. Resolves with its end. */
export async function play(kind: Kind, order: FormOrder, stage: Stage): Promise<Request> {
  const { sandbox, product, say } = stage;
  const requester = sandbox.slack.as(PEOPLE.requester.id);
  say(
    `\n${PEOPLE.requester.realName} types /flow-service-account, fills in the form (${kind}) and sends it.`,
  );
  await fillOrder(requester, order);
  const sent = await requester.submit();
  if (sent.outcome !== 'updated') {
    throw new Error(`The form was not taken: ${JSON.stringify(sent)}`);
  }
  const request = await newest(stage);
  const card = await sandbox.slack.waitFor(() => cardOf(stage, request.id), {
    timeoutMs: 20_000,
    what: 'the card',
  });
  say(`\n#${CHANNEL.name}\n${indent(renderMessage(card))}`);
  const stopTelling = tellThread(stage, card);
  try {
    say(`\n${PEOPLE.approver.realName} clicks Approve.`);
    await sandbox.slack.as(PEOPLE.approver.id).click('approve', { message: card });
    const end = await untilOver(request.id, stage);
    await lastWord(stage, card, end);
    return await product.records.get(request.id);
  } finally {
    stopTelling();
  }
}

async function newest({ product }: Stage): Promise<Request> {
  const [request] = await product.requests.list(null);
  if (request === undefined) throw new Error('The request was not recorded.');
  return request;
}

function cardOf({ sandbox }: Stage, id: string): Message | undefined {
  return sandbox.slack
    .messages(CHANNEL.id)
    .find(({ blocks }) => JSON.stringify(blocks).includes(id));
}

/** Prints every reply once, and again when it was edited. */
function tellThread({ sandbox, say }: Stage, card: Message): () => void {
  const told = new Map<string, string>();
  return sandbox.slack.world.onChange(() => {
    for (const reply of sandbox.slack.thread(CHANNEL.id, card.ts)) {
      const text = renderMessage(reply);
      if (told.get(reply.ts) === text) continue;
      told.set(reply.ts, text);
      say(indent(text, '  │ '));
    }
  });
}

/** Slack shows names where messages carry ids. */
function withNames(text: string): string {
  const named = Object.values(PEOPLE).reduce(
    (all, { id, realName }) => all.replaceAll(`@${id}`, `@${realName}`),
    text,
  );
  return Object.values(GROUPS).reduce(
    (all, { id, handle }) => all.replaceAll(`<!subteam^${id}>`, `@${handle}`),
    named,
  );
}

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 120_000;

async function untilOver(id: string, stage: Stage): Promise<Request> {
  const { sandbox, product, say } = stage;
  const shown = new Set<string>();
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const request = await product.records.get(id);
    for (const line of progressOf(request).filter((each) => !shown.has(each))) {
      shown.add(line);
      say(line);
    }
    if ([...FINAL_STATES, 'failed'].includes(request.state)) return request;
    const todo = openTaskOf(request);
    // Null while a check that somebody asked for is under way.
    if (todo !== undefined && todo.task.checkedAt !== null) await doTask(sandbox, request, todo);
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
  throw new Error(`${id} did not come to an end.`);
}

function progressOf(request: Request): string[] {
  const count = request.steps.length;
  return request.steps.flatMap(({ id, state }, index) =>
    state === 'done' || state === 'failed' ? [`  [${index + 1}/${count}] ${id}: ${state}`] : [],
  );
}

/** The thread's end is posted at Slack's pace; wait until it is there. */
async function lastWord({ sandbox }: Stage, card: Message, request: Request): Promise<void> {
  const isLast = (message: Message): boolean =>
    /is ready|stopped|failed|could not/i.test(renderMessage(message));
  await sandbox.slack.waitFor(
    () => sandbox.slack.thread(CHANNEL.id, card.ts).some((message) => isLast(message)),
    { timeoutMs: 30_000, what: `the last message about ${request.id}` },
  );
}

function indent(text: string, by = '  '): string {
  return withNames(text)
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');
}
