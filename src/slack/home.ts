import { z } from 'zod';

import { hasCode } from '../domain/errors.ts';
import type { PersonId, Request } from '../domain/request.ts';
import type { RoomDeps } from './deps.ts';
import { cardUrls } from './inventory-answers.ts';
import { explainRefusal, viewer } from './members.ts';
import { openTasks, taskKey } from './render-tasks.ts';
import { HOME_LINES, homeView, refusedHomeView } from './views/home-view.ts';

/** Draws somebody's Home tab, and keeps in mind that they look at it. */
export async function openHome(person: PersonId, deps: RoomDeps): Promise<void> {
  await publishHome(person, deps);
  await deps.records.settings.set(openedKey(person), deps.clock.now().toISOString());
}

/** Redraws the tabs of those who looked at them lately. Quiet: opening a tab draws it anyway. */
export async function refreshHomes(people: readonly PersonId[], deps: RoomDeps): Promise<void> {
  for (const person of await lookingLately(people, deps)) {
    await publishHome(person, deps).catch((error: unknown) => {
      const limited = hasCode(error, 'rate-limited');
      if (!limited) deps.log.warn({ err: error }, 'A Home tab could not be drawn again');
    });
  }
}

const HOME = 'home';

/** The same for a request, once for each of its turns that a Home tab shows. */
export async function refreshHomesOf(request: Request, deps: RoomDeps): Promise<void> {
  const people = await lookingLately(concernedBy(request), deps);
  if (people.length === 0) return;
  const shows = turnOf(request);
  const shown = await deps.records.messages.find(request.id, HOME);
  if (shown?.shows === shows) return;
  await deps.records.messages.save({
    requestId: request.id,
    key: HOME,
    channel: HOME,
    ts: null,
    shows,
    at: deps.clock.now().toISOString(),
  });
  await refreshHomes(people, deps);
}

/** What of a request a Home tab shows. */
function turnOf(request: Request): string {
  const tasks = openTasks(request).map(({ step, task }) => `${step} ${task.id} ${task.assignee}`);
  return [request.state, request.decisions.length, ...tasks].join(', ');
}

function concernedBy({ requester, order, decisions, policy, steps, state }: Request): PersonId[] {
  const approvers = state === 'pending' ? policy.approvers.users : [];
  const tasks = steps.flatMap(({ task }) => (task === null ? [] : [task.assignee]));
  const owners = order.secondOwner === null ? [order.owner] : [order.owner, order.secondOwner];
  const deciders = decisions.map(({ by }) => by);
  return [requester, ...owners, ...deciders, ...tasks, ...approvers];
}

const LATELY_MS = 30 * 60_000;
/** No rule names more people who wait in front of their tabs. */
const MOST_PEOPLE = 20;

async function lookingLately(people: readonly PersonId[], deps: RoomDeps): Promise<PersonId[]> {
  const since = new Date(deps.clock.now().getTime() - LATELY_MS).toISOString();
  const some = [...new Set(people)].slice(0, MOST_PEOPLE);
  const found = await Promise.all(
    some.map(async (person) => {
      const at = z.string().safeParse(await deps.records.settings.get(openedKey(person)));
      return at.success && at.data >= since ? [person] : [];
    }),
  );
  return found.flat();
}

function openedKey(person: PersonId): string {
  return `home opened by ${person}`;
}

async function publishHome(person: PersonId, deps: RoomDeps): Promise<void> {
  const seen = await viewer(person, deps);
  if ('refusal' in seen) {
    const why = explainRefusal(seen.refusal, null, deps);
    await deps.modals.publish(person, refusedHomeView(why));
    return;
  }
  const concerns = await deps.inventory.concerns(seen.member);
  const { decisions, requests, accounts, totals } = concerns;
  const shown = [...decisions.slice(0, HOME_LINES), ...requests.slice(0, HOME_LINES)];
  const [urlOf, tasks] = await Promise.all([
    cardUrls(shown, deps),
    Promise.all(concerns.tasks.map((task) => taskLine(task, deps))),
  ]);
  const { catalogue } = deps;
  const view = homeView({ decisions, tasks, mine: requests, accounts, totals, catalogue, urlOf });
  await deps.modals.publish(person, view);
}

type Task = Awaited<ReturnType<RoomDeps['inventory']['concerns']>>['tasks'][number];

async function taskLine({ request, step, task }: Task, deps: RoomDeps) {
  const key = taskKey(step, task.id);
  return { request, title: task.title, url: await taskUrl(request.id, key, deps) };
}

async function taskUrl(requestId: string, key: string, deps: RoomDeps): Promise<string | null> {
  const [posted, card] = await Promise.all([
    deps.records.messages.find(requestId, key),
    deps.records.messages.find(requestId, 'card'),
  ]);
  if (posted === undefined || posted.ts === null) return null;
  return deps.messenger.url({ channel: posted.channel, ts: posted.ts }, card?.ts ?? null);
}
