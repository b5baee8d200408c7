import type { Kind, Request } from '../../domain/request.ts';
import { FINAL_STATES } from '../../domain/request.ts';
import { openTaskOf } from '../hands.ts';
import { CHANNEL, PEOPLE } from '../people.ts';
import { waitingSteps } from './human-steps.ts';
import { cardSpot } from './spots.ts';
import type { Stage } from './stage.ts';
import type { GuidePath, GuideStep, Spot } from './wire.ts';

const KINDS: Readonly<Record<Kind, string>> = {
  integration: 'An integration: Flow reads GitLab',
  automation: 'An automation: a pipeline at GitHub',
  'flow-user': 'A Flow user with an API key',
};
const IN_CHANNEL: Spot = { to: 'channel', channel: CHANNEL.id, thread: null };

/** The way from the question to the verified account, for each kind, and how far a visitor is. */
export function guidePaths(stage: Stage, requests: readonly Request[]): readonly GuidePath[] {
  return Object.entries(KINDS).map(([kind, title]) => {
    const request = requests.find(
      ({ order, operation, createdAt }) =>
        order.kind === kind && operation.kind === 'create' && createdAt >= stage.since,
    );
    return {
      kind,
      title,
      request: request?.id ?? null,
      steps: inOrder(stepsFor(stage, request)),
      end: request === undefined ? null : endOf(request),
    };
  });
}

type Draft = Omit<GuideStep, 'state'> & { readonly done: boolean };

/** The first step that is not done is the one for now. */
function inOrder(drafts: readonly Draft[]): readonly GuideStep[] {
  const now = drafts.findIndex(({ done }) => !done);
  return drafts.map(({ done, ...step }, index) => {
    const waits = index === now ? 'now' : 'later';
    return { ...step, state: done ? 'done' : waits };
  });
}

function stepsFor(stage: Stage, request: Request | undefined): readonly Draft[] {
  const thread = request === undefined ? null : cardSpot(stage, request.id);
  return [
    ...asking(stage, request),
    {
      title: 'Decide',
      detail: 'The request is in the channel. Whoever asked cannot approve it; an approver can.',
      as: PEOPLE.approver.id,
      spots: [{ label: 'Show the request', spot: thread ?? IN_CHANNEL }],
      help: null,
      done: request !== undefined && request.state !== 'pending',
    },
    working(stage, request, thread),
    {
      title: 'See the result',
      detail: 'The thread ends with the proof, the stored credential and the page about it.',
      as: PEOPLE.owner.id,
      spots: [
        ...(thread === null ? [] : [{ label: 'Read the thread', spot: thread }]),
        { label: 'Stored credential', spot: { to: 'board', board: 'vault' } },
        { label: 'Page', spot: { to: 'board', board: 'confluence' } },
      ],
      help: null,
      done: false,
    },
  ];
}

function asking({ sandbox }: Stage, request: Request | undefined): readonly Draft[] {
  const isOpen = sandbox.slack.as(PEOPLE.requester.id).view() !== undefined;
  const asked = request !== undefined;
  return [
    {
      title: 'Ask',
      detail: 'Type /flow-service-account in the channel and choose what the account is for.',
      as: PEOPLE.requester.id,
      spots: [],
      help: { label: 'Open the form', act: 'open-form' },
      done: asked || isOpen,
    },
    {
      title: 'Fill in the form and send it',
      detail: 'Every field is live: what you choose decides what is asked next.',
      as: PEOPLE.requester.id,
      spots: [],
      help: { label: 'Fill it in for me', act: 'fill-form' },
      done: asked,
    },
  ];
}

function working(stage: Stage, request: Request | undefined, thread: Spot | null): Draft {
  const title = 'Watch it work, and help where a person is needed';
  const usual = 'The plan in the thread moves by itself. Some steps need a person; it says who.';
  const nobody = { title, detail: usual, as: null, spots: [], help: null };
  if (request === undefined) return { ...nobody, done: false };
  const done = FINAL_STATES.includes(request.state);
  const spots = thread === null ? [] : [{ label: 'Show the thread', spot: thread }];
  const todo = openTaskOf(request);
  const [waiting] = waitingSteps(stage, [request]);
  if (request.state === 'failed') {
    const detail = `It stopped: ${request.failure?.message ?? 'see the thread'}`;
    return { ...nobody, detail, as: PEOPLE.approver.id, spots, done };
  }
  if (done || todo === undefined) return { ...nobody, spots, done };
  const { task } = todo;
  const next =
    task.deposit === null
      ? 'Do it, then choose “Done” in the thread.'
      : 'Do it, then get the one-time page in the thread and hand over what you were given.';
  const system: Spot | null = waiting === undefined ? null : { to: 'board', board: waiting.system };
  return {
    title,
    detail: `${task.title}. ${next}`,
    as: task.assignee,
    spots: [...(system === null ? [] : [{ label: 'Do it there', spot: system }]), ...spots],
    help: null,
    done,
  };
}

const ENDS: Readonly<Record<string, string>> = {
  done: 'It ended verified.',
  denied: 'It was denied.',
  cancelled: 'It was cancelled.',
  expired: 'It expired.',
  undone: 'It was undone.',
};

function endOf({ state }: Request): string | null {
  return ENDS[state] ?? null;
}
