import { describe, expect, it } from 'vitest';

import { blankJournal } from '../../src/domain/plan.ts';
import type { OpenTask, Request, StepRecord } from '../../src/domain/request.ts';
import { humanTask } from '../../src/domain/task.ts';
import * as progress from '../../src/steps/progress.ts';
import { aRequest } from '../support/builders.ts';
import { failure, NOW } from './step-builders.ts';

const AT = NOW.toISOString();
const LATER = new Date('2026-11-23T11:00:00.000Z');
const TASK = {
  ...humanTask({
    id: 'confirm-address',
    title: 'Confirm the address',
    role: 'mail-admin',
    instructions: ['Open the mail.'],
    finding: 'Not yet.',
  }),
  assignee: 'UADMIN',
};

function inState(state: Request['state'], records: Record<string, Partial<StepRecord>> = {}) {
  const steps = blankJournal('integration').map((each) => ({ ...each, ...records[each.id] }));
  return aRequest({ state, steps });
}

function record(request: Request | undefined, id: string): StepRecord | undefined {
  return request?.steps.find((each) => each.id === id);
}

function actions(change: { events: readonly { action: string }[] } | undefined) {
  return change?.events.map(({ action }) => action);
}

describe('A step that begins', () => {
  it('starts an approved request, which is news', () => {
    const change = progress.begin(inState('approved'), 'address', NOW);

    expect(change?.request.state).toBe('provisioning');
    expect(record(change?.request, 'address')).toMatchObject({ state: 'running', at: AT });
    expect(actions(change)).toEqual(['started']);
  });

  it.each([
    ['the check of a task repeats', inState('waiting', { address: { state: 'human' } })],
    ['it was under way already', inState('provisioning', { address: { state: 'running' } })],
    ['it is being taken back', inState('undoing')],
  ])('writes nothing when %s', (_why, request) => {
    const change = progress.begin(request, 'address', NOW);

    expect(change).toBeUndefined();
  });
});

describe('A step that is done', () => {
  it('keeps its facts, closes its task, forgets its failures and is due to go on at once', () => {
    const open = { ...TASK, openedAt: AT, checkedAt: AT, answers: {} } satisfies OpenTask;
    const before = inState('waiting', { address: { state: 'human', task: open, attempts: 3 } });

    const change = progress.stepDone(before, 'address', { address: 'a@b.example' }, LATER);

    expect(record(change.request, 'address')).toEqual({
      id: 'address',
      state: 'done',
      attempts: 0,
      facts: { address: 'a@b.example' },
      task: null,
      at: LATER.toISOString(),
    });
    expect(record(change.request, 'mailbox')?.state).toBe('running');
    expect(change.request).toMatchObject({
      state: 'provisioning',
      resumeAt: LATER.toISOString(),
    });
    expect(actions(change)).toEqual(['step-done']);
  });

  it('completes the request when it is the last', () => {
    const done = Object.fromEntries(
      blankJournal('integration').map(({ id }) => [id, { state: 'done', at: AT }] as const),
    );
    const before = inState('provisioning', { ...done, confirm: { state: 'running', at: AT } });

    const change = progress.stepDone(before, 'confirm', {}, NOW);

    expect(change.request).toMatchObject({ state: 'done', resumeAt: null });
    expect(actions(change)).toEqual(['step-done', 'completed']);
  });

  it('ends the undoing when nothing that was begun is left', () => {
    const before = inState('undoing', {
      address: { state: 'done', at: AT },
      mailbox: { state: 'undone', at: AT },
    });

    const change = progress.stepDone(before, 'address', {}, NOW);

    expect(change.request).toMatchObject({ state: 'undone', resumeAt: null });
    expect(actions(change)).toEqual(['step-undone', 'undone']);
  });
});

describe('A step that waits for a person', () => {
  it('pauses the request until the next look, and says who has it', () => {
    const before = inState('provisioning', { address: { state: 'running', attempts: 2 } });

    const change = progress.stepWaits(before, 'address', TASK, NOW);

    expect(change.request).toMatchObject({
      state: 'waiting',
      resumeAt: '2026-11-23T10:05:00.000Z',
    });
    expect(record(change.request, 'address')).toMatchObject({
      state: 'human',
      attempts: 0,
      task: { assignee: 'UADMIN', openedAt: AT, checkedAt: AT, answers: {} },
    });
    expect(actions(change)).toEqual(['task-opened']);
  });

  it('keeps the answers of a task that is still open, and tells only a new finding', () => {
    const open = { ...TASK, openedAt: AT, checkedAt: null, answers: { login: 'flow' } };
    const before = inState('waiting', { address: { state: 'human', task: open } });
    const same = progress.stepWaits(before, 'address', TASK, LATER);
    const news = progress.stepWaits(before, 'address', { ...TASK, finding: 'Half.' }, LATER);

    expect(record(same.request, 'address')?.task).toMatchObject({
      assignee: 'UADMIN',
      answers: { login: 'flow' },
    });
    expect(actions(same)).toEqual([]);
    expect(actions(news)).toEqual(['task-checked']);
  });

  it('goes to somebody else when its assignee has left, with what was answered so far', () => {
    const open = { ...TASK, openedAt: AT, checkedAt: null, answers: { login: 'flow' } };
    const before = inState('waiting', { address: { state: 'human', task: open } });

    const change = progress.stepWaits(before, 'address', { ...TASK, assignee: 'UNEXT' }, LATER);

    expect(record(change.request, 'address')?.task).toMatchObject({
      assignee: 'UNEXT',
      openedAt: AT,
      answers: { login: 'flow' },
    });
    expect(change.events).toMatchObject([
      { action: 'task-opened', details: { assignee: 'UNEXT', instead: 'UADMIN' } },
    ]);
  });

  it('is not looked at again by itself when only a click can tell', () => {
    const before = inState('provisioning', { address: { state: 'running' } });

    const change = progress.stepWaits(before, 'address', { ...TASK, pollMs: null }, NOW);

    expect(change.request.resumeAt).toBeNull();
  });
});

describe('A step that failed', () => {
  const running = inState('provisioning', { address: { state: 'running', attempts: 2 } });

  it.each([
    [true, 3],
    [false, 2],
  ])('is tried again later; counting: %s', (counts, attempts) => {
    const reaction = { kind: 'again', afterMs: 60_000, counts } as const;

    const change = progress.stepFailed(running, 'address', failure('timeout'), reaction, NOW);

    expect(change.request).toMatchObject({
      state: 'provisioning',
      resumeAt: '2026-11-23T10:01:00.000Z',
    });
    expect(record(change.request, 'address')?.attempts).toBe(attempts);
    expect(actions(change)).toEqual(['step-failed']);
  });

  it.each(['provisioning', 'waiting', 'undoing'] as const)(
    'stops a request that was %s, with a sentence for people',
    (state) => {
      const before = inState(state, { address: { state: 'running' } });
      const stop = { kind: 'stop' } as const;

      const change = progress.stepFailed(before, 'address', failure('refused'), stop, NOW);

      expect(change.request).toMatchObject({
        state: 'failed',
        resumeAt: null,
        failure: { step: 'address', code: 'refused', message: 'It was refused.', at: AT },
      });
      expect(actions(change)).toEqual(['failed']);
    },
  );
});

describe('A step that needs more time', () => {
  it('forgets its failures, because nothing failed', () => {
    const before = inState('provisioning', { address: { state: 'running', attempts: 3 } });

    const change = progress.stepLater(before, 'address', LATER);

    expect(change.request.resumeAt).toBe(LATER.toISOString());
    expect(record(change.request, 'address')?.attempts).toBe(0);
    expect(actions(change)).toEqual([]);
  });
});
