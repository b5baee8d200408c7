import { describe, expect, it } from 'vitest';

import type { AuditEvent } from '../../src/domain/audit.ts';
import { secretName } from '../../src/domain/naming.ts';
import type { Records } from '../../src/records/records.ts';
import { accountSpec } from '../../src/steps/account-spec.ts';
import { stepOf } from '../../src/steps/index.ts';
import { contextFor } from '../../src/steps/run-plan.ts';
import { aRequest } from '../support/builders.ts';
import { failure, memoryStore, portsWith } from './step-builders.ts';

const REQUEST = aRequest({ state: 'provisioning' });

function setUp() {
  const kept: AuditEvent[] = [];
  const records = {
    audit: { append: async (event: AuditEvent) => void kept.push(event) },
  } as unknown as Records;
  const memory = memoryStore();
  const step = stepOf(REQUEST, 'credential')!;
  const record = REQUEST.steps.find(({ id }) => id === 'credential')!;
  const vendor = { verify: () => Promise.reject(failure('timeout')) };
  const ports = portsWith({ store: memory.store }, vendor);
  return { kept, memory, step, context: contextFor(REQUEST, step, record, { records, ports }) };
}

describe('Reading a credential from the store', () => {
  it('is in the audit log also when what it was read for fails', async () => {
    const { kept, memory, step, context } = setUp();
    const name = secretName(REQUEST.id, 'token');
    memory.put(name, 'a-stored-token');
    const withUser = {
      ...context,
      request: {
        ...REQUEST,
        steps: REQUEST.steps.map((each) =>
          each.id === 'vendor-user' ? { ...each, facts: { id: '7', login: 'x', url: null } } : each,
        ),
      },
    };

    await expect(step.run(withUser)).rejects.toMatchObject({ code: 'timeout' });

    expect(kept).toEqual([
      {
        action: 'credential-read',
        actor: 'system',
        subject: REQUEST.id,
        details: { step: 'credential', name },
      },
    ]);
  });

  it('is in the audit log when an adapter signs in as the account', async () => {
    const { kept, memory, context } = setUp();
    const name = secretName(REQUEST.id, 'password');
    memory.put(name, 'a-stored-password');

    await accountSpec(REQUEST, context.ports).password?.();

    expect(kept.map(({ details }) => details['name'])).toEqual([name]);
  });
});
