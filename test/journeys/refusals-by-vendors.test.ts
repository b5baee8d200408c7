import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { Request } from '../../src/domain/request.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { openTaskOf } from '../../src/sandbox/hands.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import type { Message } from '../../src/sandbox/slack/world.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import {
  auditOf,
  cardOf,
  cardShowing,
  orderNamed,
  refusalOf,
  toldAlone,
  toldByMessage,
} from '../support/witness.ts';

const { approver, requester, lead, admin } = PEOPLE;

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterEach(() => journey.expectCleanWorld());
afterAll(() => journey.close());

const gitlab = () => journey.sandbox.outside.gitlab;

function refuse(method: string, path: string): void {
  gitlab().servers[0]?.faults.inject({ method, path, fault: fault.status(403) });
}

async function approved(localPart: string): Promise<Request> {
  const request = await journey.ask(orderNamed(localPart));
  await journey.approve(request);
  return request;
}

/** The message in the thread that has this button, as soon as it is there. */
async function withButton(request: Request, label: string): Promise<Message> {
  const { slack } = journey.sandbox;
  const { ts } = await cardOf(journey, request);
  return slack.waitFor(
    () =>
      slack
        .thread(CHANNEL.id, ts)
        .findLast((message) => renderMessage(message).includes(`[${label}]`)),
    { timeoutMs: 20_000, what: `a reply with ${label}` },
  );
}

async function failedAtToken(localPart: string): Promise<Request> {
  refuse('POST', '/personal_access_tokens');
  return journey.until(await approved(localPart), 'failed');
}

describe('A vendor that refuses a step', () => {
  it('is named to the requester in a message of their own', async () => {
    const request = await failedAtToken('told-of-failure');

    const told = await toldByMessage(journey, requester.id, `Your request ${request.id} stopped`);

    expect(told).toContain('“Make its credential and keep it in');
    expect(told).toContain('GitLab');
    expect(told).not.toMatch(/403|undefined|\[object/);
  });

  it('leaves the ways on to approvers alone', async () => {
    const request = await failedAtToken('not-for-bystanders');
    const { slack } = journey.sandbox;
    const message = await withButton(request, 'Try again');

    await slack.as(lead.id).click('retry', { message });
    await toldAlone(journey, lead.id, `You are not an approver of ${request.id}.`);
    await slack.as(lead.id).click('undo', { message });
    await eventually('both refusals', async () => {
      const refused = await auditOf(journey, request, 'refused');
      return refused.length === 2 ? refused : undefined;
    });

    expect((await journey.product.records.get(request.id)).state).toBe('failed');
    expect(await auditOf(journey, request, 'retried', 'undo-started')).toEqual([]);
  });

  it('is tried again once, however often that is clicked', async () => {
    const request = await failedAtToken('tried-again');
    const person = journey.sandbox.slack.as(approver.id);
    const message = await withButton(request, 'Try again');

    await Promise.all([person.click('retry', { message }), person.click('retry', { message })]);

    await toldAlone(journey, approver.id, 'It is too late for that');
    await journey.until(request, 'provisioning', 'waiting', 'done');
    expect((await journey.finish(request)).state).toBe('done');
    expect(await auditOf(journey, request, 'retried')).toHaveLength(1);
    const thread = await journey.read(request, 'your account is ready');
    expect(thread).toContain('somebody chose how to go on');
    expect(thread).not.toContain('[Try again]');
  });
});

describe('Stop and undo', () => {
  it('takes back everything that was made, and says so', async () => {
    const request = await failedAtToken('all-undone');
    const message = await withButton(request, 'Stop and undo');

    const { confirm } = await journey.sandbox.slack.as(approver.id).click('undo', { message });
    const ended = await journey.until(request, 'undone');
    const thread = await journey.read(request, 'Everything that was made for this request is');

    expect(confirm?.text).toContain('is taken away again');
    expect(ended.steps.filter(({ at, state }) => at !== null && state !== 'undone')).toEqual([]);
    expect(gitlab().state.users.filter(({ username }) => username.includes('all-undone'))).toEqual(
      [],
    );
    expect(thread).toContain('Undone: ');
    await cardShowing(journey, request, 'Undone');
    await toldByMessage(journey, requester.id, `Your request ${request.id} was stopped`);
  });

  it('works in the midst of setting up, and closes the task that somebody still had', async () => {
    const request = await approved('stopped-midway');
    await eventually('a task', async () =>
      openTaskOf(await journey.product.records.get(request.id)),
    );
    const task = await withButton(request, 'Done');
    await cardShowing(journey, request, 'Stop and undo');

    await journey.sandbox.slack
      .as(approver.id)
      .click('undo', { message: await cardOf(journey, request) });
    await journey.until(request, 'undone');
    await journey.read(request, 'No longer needed: Connect it in Flow');
    await journey.sandbox.slack.as(admin.id).click('task_done', { message: task });

    await toldAlone(journey, admin.id, 'It is too late for that');
    expect(
      gitlab().state.users.filter(({ username }) => username.includes('stopped-midway')),
    ).toEqual([]);
    expect(await journey.product.records.findAccount(request.id)).toBeUndefined();
  });

  it('names what is left when it cannot go on, and never builds it up again', async () => {
    const request = await failedAtToken('half-undone');
    refuse('DELETE', '/service_accounts/');
    const person = journey.sandbox.slack.as(approver.id);
    await person.click('undo', { message: await withButton(request, 'Stop and undo') });
    const stuck = await eventually('undoing to stop', async () => {
      const { failure } = await journey.product.records.get(request.id);
      return failure?.undoing === true ? failure : undefined;
    });
    const report = await journey.read(request, 'Undoing stopped at');
    const made = gitlab().state.users.length;

    await person.click('retry', { message: await withButton(request, 'Try again') });
    const ended = await journey.until(request, 'undone', 'done');

    expect(stuck.step).toBe('vendor-user');
    expect(report).toMatch(/Not undone yet:\n(• .*\n)*• Create the GitLab user/);
    expect(report).toContain('goes on undoing from here');
    expect(ended.state).toBe('undone');
    expect(gitlab().state.users).toHaveLength(made - 1);
    expect(await auditOf(journey, request, 'retried', 'undone')).toMatchObject([
      { action: 'retried', actor: approver.id },
      { action: 'undone' },
    ]);
  });
});

describe('A task for a person', () => {
  it('that is reported as done too early says what the check found, and when', async () => {
    const request = await approved('too-early');
    await eventually('a task', async () =>
      openTaskOf(await journey.product.records.get(request.id)),
    );
    const before = await withButton(request, 'Done');
    const person = journey.sandbox.slack.as(admin.id);

    await person.click('task_done', { message: before });
    await toldAlone(journey, admin.id, `${request.id} is being checked now`);
    const checked = await journey.read(request, /Last check\*, .*: It is not done yet\./);

    expect(renderMessage(before)).not.toContain('Last check');
    expect(checked).toContain('reports that their part of “Connect it in Flow” is done');
    expect((await journey.product.records.get(request.id)).state).toBe('waiting');
    expect(await auditOf(journey, request, 'task-answered')).toMatchObject([{ actor: admin.id }]);
    expect((await journey.finish(request)).state).toBe('done');
  });

  it('cannot be reported by somebody it is not for', async () => {
    const request = await approved('not-theirs');
    await eventually('a task', async () =>
      openTaskOf(await journey.product.records.get(request.id)),
    );
    const message = await withButton(request, 'Done');

    await journey.sandbox.slack.as(lead.id).click('task_done', { message });

    await toldAlone(journey, lead.id, `This task of ${request.id} is assigned to @${admin.id}.`);
    expect(await refusalOf(journey, lead.id, 'not-the-assignee', request.id)).toMatchObject({
      subject: request.id,
      details: { wanted: 'task-answered' },
    });
    expect(await auditOf(journey, request, 'task-answered')).toEqual([]);
  });
});
