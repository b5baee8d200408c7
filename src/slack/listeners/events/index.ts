import type { App } from '@slack/bolt';

import { refuseDecision } from '../../../domain/approval.ts';
import type { Member } from '../../../domain/approval.ts';
import type { Request } from '../../../domain/request.ts';
import type { RoomDeps } from '../../deps.ts';
import { explainRefusal, refuseToSee } from '../../members.ts';
import { homeSchema } from '../../payloads.ts';
import { openTasks, taskKey } from '../../render-tasks.ts';
import { homeView, refusedHomeView } from '../../views/home-view.ts';

export function registerEvents(app: App, deps: RoomDeps): void {
  app.event('app_home_opened', async ({ event }) => {
    const { user, tab } = homeSchema.parse(event);
    if (tab !== 'home') return;
    // Nobody waits for an answer here; opening the tab again draws it again.
    await publishHome(user, deps).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'A Home tab could not be drawn'),
    );
  });
}

async function publishHome(person: string, deps: RoomDeps): Promise<void> {
  const refusal = await refuseToSee(person, deps);
  if (refusal !== undefined) {
    await deps.modals.publish(person, refusedHomeView(explainRefusal(refusal, null, deps)));
    return;
  }
  const [member, mine, all] = await Promise.all([
    deps.directory.recent(person, deps.requests.groups),
    deps.requests.list(person),
    deps.requests.list(null),
  ]);
  const decisions = all.filter((request) => waitsFor(request, member, deps));
  const tasks = await Promise.all(
    all.flatMap((request) =>
      openTasks(request)
        .filter(({ task }) => task.assignee === person)
        .map(async ({ step, task }) => ({
          request,
          title: task.title,
          url: await taskUrl(request.id, taskKey(step, task.id), deps),
        })),
    ),
  );
  const shown = [...decisions.slice(0, 10), ...mine.slice(0, 10)];
  const urls = new Map(
    await Promise.all(shown.map(async ({ id }) => [id, await deps.card.url(id)] as const)),
  );
  const { catalogue } = deps;
  const urlOf = ({ id }: Request) => urls.get(id) ?? null;
  await deps.modals.publish(person, homeView({ decisions, tasks, mine, catalogue, urlOf }));
}

function waitsFor(request: Request, member: Member | undefined, deps: RoomDeps): boolean {
  if (member === undefined || request.state !== 'pending') return false;
  return refuseDecision(request, member, deps.clock.now().toISOString()) === undefined;
}

async function taskUrl(requestId: string, key: string, deps: RoomDeps): Promise<string | null> {
  const [posted, card] = await Promise.all([
    deps.records.messages.find(requestId, key),
    deps.records.messages.find(requestId, 'card'),
  ]);
  if (posted === undefined || posted.ts === null) return null;
  return deps.messenger.url({ channel: posted.channel, ts: posted.ts }, card?.ts ?? null);
}
