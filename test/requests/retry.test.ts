import { describe, expect, it } from 'vitest';

import { blankJournal } from '../../src/domain/plan.ts';
import type { Request } from '../../src/domain/request.ts';
import { retry } from '../../src/requests/retry.ts';
import type { UseCaseDeps } from '../../src/requests/deps.ts';
import { aMember, aRequest } from '../support/builders.ts';

const AT = '2026-11-23T12:00:00.000Z';

function failedAt(step: string): Request {
  const steps = blankJournal('integration').map((record) => {
    if (record.id === step) return { ...record, state: 'failed' as const, at: AT };
    return { ...record, state: 'done' as const, facts: {}, at: AT };
  });
  const failure = { step, code: 'verification-failed' as const, message: 'Too much.', at: AT };
  return aRequest({ state: 'failed', steps, failure });
}

async function retried(request: Request): Promise<Request> {
  const wished: string[] = [];
  const deps = {
    clock: { now: () => new Date(AT) },
    records: {
      update: async (_id: string, change: (current: Request) => { request: Request }) =>
        change(request).request,
    },
    wish: async (_request: Request, what: string) => void wished.push(what),
  } as unknown as UseCaseDeps;
  const answer = await retry(request.id, aMember({ id: 'UAPP' }), deps, 'T1');
  expect(wished).toContain('provision');
  if (answer.kind === 'refused') throw new Error(answer.refusal);
  return answer.value;
}

describe('Trying again after a failure', () => {
  it('goes back to where the credential was made when its verification failed', async () => {
    const { state, steps } = await retried(failedAt('verify'));

    expect(state).toBe('provisioning');
    expect(steps.find((step) => step.state !== 'done')?.id).toBe('credential');
  });

  it('otherwise goes on at the failed step', async () => {
    const { steps } = await retried(failedAt('page'));

    expect(steps.filter((step) => step.state !== 'done').map(({ id }) => id)).toEqual(['page']);
  });
});
