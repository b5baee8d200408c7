import { describe, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import { blankJournal } from '../../src/domain/plan.ts';
import type { Request } from '../../src/domain/request.ts';
import { humanTask } from '../../src/domain/task.ts';
import { stepFailed, stepWaits } from '../../src/steps/progress.ts';
import { aRequest } from '../support/builders.ts';

const STEP = 'flow-integration';
const task = {
  ...humanTask({ id: 'connect', title: 'Connect it', role: 'flow-admin', instructions: [] }),
  assignee: 'UADMIN',
};
const at = (minute: number): Date => new Date(`2026-11-23T10:0${minute}:00.000Z`);

function waiting(): Request {
  const steps = blankJournal('integration');
  return stepWaits(aRequest({ state: 'provisioning', steps }), STEP, task, at(0)).request;
}

function taskOf({ steps }: Request) {
  return steps.find(({ id }) => id === STEP)?.task;
}

describe('A task that is checked again', () => {
  it('keeps when it was opened, and when the last check ran although it found the same', () => {
    const again = stepWaits(waiting(), STEP, task, at(5));

    expect(taskOf(again.request)).toMatchObject({
      openedAt: at(0).toISOString(),
      checkedAt: at(5).toISOString(),
    });
    expect(again.events).toEqual([]);
  });
});

describe('A step that fails', () => {
  const error = new ProductError('refused', { subject: 'GitLab', message: 'It was refused.' });

  it('remembers that it was being undone', () => {
    const request = { ...waiting(), state: 'undoing' } as const;

    const failed = stepFailed(request, STEP, error, { kind: 'stop' }, at(5)).request;

    expect(failed).toMatchObject({ state: 'failed', failure: { step: STEP, undoing: true } });
  });

  it('says nothing of that otherwise', () => {
    const failed = stepFailed(waiting(), STEP, error, { kind: 'stop' }, at(5)).request;

    expect(failed.failure).not.toHaveProperty('undoing');
  });
});

describe('A rotation that stops', () => {
  it('forgets on its way back what was answered and how often it was tried', () => {
    const error = new ProductError('timeout', { subject: 'Vault', message: 'No answer.' });
    const operation = { kind: 'rotate', account: 'SA-7K3F9Q', generation: 2, reason: '' } as const;
    const step = 'switch-connection';
    const steps = blankJournal('integration', 'rotate');
    const begun = aRequest({ state: 'provisioning', operation, steps });
    const asked = stepWaits(begun, step, task, at(0)).request;
    const answered = {
      ...asked,
      steps: asked.steps.map((record) =>
        record.task === null
          ? record
          : { ...record, attempts: 7, task: { ...record.task, answers: { checker: 'valid' } } },
      ),
    };

    const back = stepFailed(answered, step, error, { kind: 'stop' }, at(5)).request;

    expect(back.state).toBe('undoing');
    expect(back.steps.find(({ id }) => id === step)).toMatchObject({ attempts: 0, task: null });
  });
});
