import { Agent, request as httpRequest } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

import { fillOrder } from '../src/sandbox/fill-form.ts';
import { CHANNEL, GROUPS, PEOPLE } from '../src/sandbox/people.ts';
import { fieldsOf, findField, getField } from '../src/sandbox/slack/fields.ts';
import { isJson, stringOf } from '../src/sandbox/slack/json.ts';
import type { Json } from '../src/sandbox/slack/json.ts';
import { actionPayload, commandPayload, submissionPayload } from '../src/sandbox/slack/payloads.ts';
import { signedPost } from '../src/sandbox/slack/signed-post.ts';
import type { Message, StoredView } from '../src/sandbox/slack/world.ts';
import { startSlackWorkspace } from '../src/sandbox/slack/workspace.ts';
import type { SlackWorkspace } from '../src/sandbox/slack/workspace.ts';
import { COMMAND } from '../src/slack/ids.ts';
import type { Interaction, SlackThreadCalls, SlackThreadOptions } from './slack-side.ts';

// This thread is "Slack": its own work must not take time from the app whose answers are measured.

const agent = new Agent({ keepAlive: true, maxSockets: 1000, maxFreeSockets: 1000 });

const options = workerData as SlackThreadOptions;
const began = Date.now();

async function open(): Promise<SlackThreadCalls> {
  const slack = await startSlackWorkspace({
    clock: { now: () => new Date(began + (Date.now() - began) * options.speed) },
    rateLimits: options.rateLimits,
    people: Object.values(PEOPLE),
    channels: [CHANNEL],
    groups: Object.values(GROUPS).map((group) => ({ ...group, users: [...group.users] })),
  });
  let number = 0;
  let filled: StoredView | undefined;

  function payloadOf(kind: Interaction): Json {
    const { world } = slack;
    const person = world.people.get(PEOPLE.requester.id)!;
    if (kind === 'command') {
      const channel = world.channels.get(CHANNEL.id)!;
      return commandPayload(world, person, channel, { command: COMMAND, text: '' });
    }
    if (kind === 'button') {
      const message = slack.messages(CHANNEL.id)[0]!;
      const field = getField(message.blocks, 'approve');
      const { value, text } = field.element;
      return actionPayload(world, person, { message }, field, { text, value });
    }
    number += 1;
    return submission(slack, filled!, number);
  }

  return {
    place: async () => {
      const { slackApiUrl, botToken, signingSecret } = slack;
      return { slackApiUrl, botToken, signingSecret };
    },
    async fillForm(eventsUrl, order) {
      slack.connect(eventsUrl);
      const person = slack.as(PEOPLE.requester.id);
      await fillOrder(person, order);
      filled = person.view();
    },
    async send(eventsUrl, kind, count, atOnce) {
      const encoding = kind === 'command' ? 'form' : 'payload';
      const posts = Array.from({ length: count }, () =>
        signedPost(encoding, payloadOf(kind), slack.signingSecret),
      );
      const send = (post: (typeof posts)[number]) => acknowledged(eventsUrl, post);
      if (atOnce) return Promise.all(posts.map(send));
      const times: number[] = [];
      for (const post of posts) {
        times.push(await send(post));
        await quiet(slack, 4);
      }
      return times;
    },
    setDelay: async (ms) => slack.setDelay(ms),
    async openModal(eventsUrl) {
      slack.connect(eventsUrl);
      const person = slack.as(PEOPLE.lead.id);
      const start = performance.now();
      const [, view] = await Promise.all([
        person.slashCommand(COMMAND),
        person.openView().then(() => performance.now() - start),
      ]);
      await quiet(slack, 20);
      await person.closeView({ all: true });
      return view;
    },
    async submitToCard(eventsUrl) {
      slack.connect(eventsUrl);
      number += 1;
      const before = slack.messages(CHANNEL.id).length;
      const start = performance.now();
      const sent = slack.rawPost('view_submission', submission(slack, filled!, number));
      await slack.waitFor(() => slack.messages(CHANNEL.id).length > before, { timeoutMs: 10_000 });
      const ms = performance.now() - start;
      await sent;
      await quiet(slack, 20);
      return ms;
    },
    async clickToGone(eventsUrl, requestId) {
      slack.connect(eventsUrl);
      const message = cardOf(slack, requestId);
      const start = performance.now();
      const clicked = slack.as(PEOPLE.approver.id).click('approve', { message });
      const isOpen = (): boolean =>
        findField(cardOf(slack, requestId).blocks, 'approve') !== undefined;
      await slack.waitFor(() => !isOpen(), { timeoutMs: 10_000 });
      const ms = performance.now() - start;
      await clicked;
      return ms;
    },
    async approveAll(eventsUrl, ids) {
      slack.connect(eventsUrl);
      const cards = ids.map((id) => cardOf(slack, id));
      const approver = slack.as(PEOPLE.approver.id);
      await Promise.all(cards.map((message) => approver.click('approve', { message })));
    },
    async shown(ids) {
      const cards = ids.map((id) => cardOf(slack, id));
      return cards.map(({ text, ts }) => [text, slack.thread(CHANNEL.id, ts).at(-1)?.text ?? '']);
    },
    async calls(from) {
      const counts: Record<string, number> = {};
      for (const { method, args } of slack.apiCalls.slice(from)) {
        const inChannel = method === 'chat.postMessage' ? ` ${stringOf(args['channel'])}` : '';
        counts[`${method}${inChannel}`] = (counts[`${method}${inChannel}`] ?? 0) + 1;
      }
      return { total: slack.apiCalls.length, counts, tooMany: slack.rateLimitViolations.length };
    },
    settle: () => quiet(slack, 150),
    async close() {
      agent.destroy();
      await slack.close();
    },
  };
}

function cardOf(slack: SlackWorkspace, requestId: string): Message {
  return slack
    .messages(CHANNEL.id)
    .findLast(({ blocks }) => JSON.stringify(blocks).includes(requestId))!;
}

/** Resolves when the app has let Slack alone for so long. */
async function quiet(slack: SlackWorkspace, ms: number): Promise<void> {
  let seen = -1;
  while (seen !== slack.apiCalls.length) {
    seen = slack.apiCalls.length;
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }
}

/** The filled-in form as if somebody else had sent it: another view, another address. */
function submission({ world }: SlackWorkspace, shown: StoredView, number: number): Json {
  const person = world.people.get(PEOPLE.requester.id)!;
  const field = fieldsOf(shown.blocks).find(({ actionId }) => actionId === 'localPart')!;
  const localPart = { type: 'plain_text_input', value: `flow-bench-${number}` };
  const values = { ...shown.values, [field.blockId]: { [field.actionId]: localPart } };
  const payload = structuredClone(submissionPayload(world, person, { ...shown, values }));
  const view = isJson(payload['view']) ? payload['view'] : {};
  const id = `V0BENCH${number}`;
  return { ...payload, view: { ...view, id, root_view_id: id } };
}

function acknowledged(
  url: string,
  post: { readonly rawBody: string; readonly headers: Readonly<Record<string, string>> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const headers = { ...post.headers, 'content-length': Buffer.byteLength(post.rawBody) };
    const sent = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        const ms = performance.now() - start;
        if (response.statusCode === 200) resolve(ms);
        else reject(new Error(`Acknowledged with ${response.statusCode}`));
      });
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      // The server hung up on an idle connection in the moment it was used again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(acknowledged(url, post));
      else reject(error);
    });
    sent.end(post.rawBody);
  });
}

const calls = await open();
parentPort?.on('message', ({ id, name, args }: { id: number; name: string; args: unknown[] }) => {
  const call = calls[name as keyof SlackThreadCalls] as (...args: unknown[]) => Promise<unknown>;
  call(...args).then(
    (value) => parentPort?.postMessage({ id, value }),
    (error: unknown) => parentPort?.postMessage({ id, error: String(error) }),
  );
});
parentPort?.postMessage({ id: 0 });
