import { describe, expect, it } from 'vitest';

import { taskMessage } from '../../src/slack/views/task-message.ts';
import { aTask, aWaitingRequest } from './builders.ts';
import { asText } from './room.ts';

const LATER = '2026-11-23T11:00:00.000Z';

function shown(change: Parameters<typeof aTask>[0]): string {
  const task = aTask(change);
  return asText(taskMessage(aWaitingRequest(task), 'vendor-user', task).blocks);
}

describe('A task’s message', () => {
  it('says nothing of checks while only the first one has run, which opened it', () => {
    expect(shown({})).not.toContain('check*');
  });

  it('says when the last check ran and that it is not done, also without a finding', () => {
    const text = shown({ checkedAt: LATER });

    expect(text).toContain(`<!date^${Date.parse(LATER) / 1000}^`);
    expect(text).toContain('It is not done yet.');
  });

  it('shows the same finding with the new time', () => {
    const finding = 'The invitation is still pending.';

    expect(shown({ finding, checkedAt: LATER })).not.toBe(shown({ finding }));
    expect(shown({ finding, checkedAt: LATER })).toContain(finding);
  });

  it('says that it is being checked now, and what was found before', () => {
    const text = shown({ checkedAt: null, finding: 'The invitation is still pending.' });

    expect(text).toContain('Being checked now.');
    expect(text).toContain('The check before found: The invitation is still pending.');
  });
});
