import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { GITLAB_ORDER } from '../../src/sandbox/fill-form.ts';
import { PEOPLE } from '../../src/sandbox/people.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ change: { operator: {}, admins: { users: [PEOPLE.admin.id] } } });
});
afterAll(() => journey.close());

const asText = (value: unknown) => JSON.stringify(value);
const get = async (path: string) => fetch(`${journey.product.url}${path}`);

describe('The operator of a running app', () => {
  it('sees in the metrics what a request went through', async () => {
    const request = await journey.ask(GITLAB_ORDER);
    await journey.approve(request);
    await journey.finish(request);
    await journey.product.sweep();

    const text = await (await get('/metrics')).text();

    expect(text).toContain('flow_accounts_requests{state="done",kind="integration"} 1');
    expect(text).toContain('flow_accounts_time_to_approve_seconds_count{kind="integration"} 1');
    expect(text).toContain('flow_accounts_time_to_provision_seconds_count{kind="integration"} 1');
    expect(text).toMatch(/flow_accounts_sweep_age_seconds \d/);
    expect(text).not.toContain(request.id);
  });

  it('sees the queues, and how database, queue and Slack stand', async () => {
    const queues = await (await get('/operator/queues/api/queues')).json();
    const page = await (await get('/operator')).text();
    const ready = await (await get('/readyz')).json();

    expect(asText(queues)).toContain('"name":"provision"');
    expect(page).toContain('<strong>Slack</strong>: reachable');
    expect(ready).toEqual({
      ready: true,
      checks: ['database', 'queue', 'Slack'].map((name) => ({
        name,
        ok: true,
        message: 'reachable',
      })),
    });
  });
});

describe('An app whose Slack is away', () => {
  it('is not ready and says why', async () => {
    const second = await startJourney({ change: { operator: {} } });
    try {
      second.sandbox.slack.injectFault('auth.test', fault.status(503));

      const answer = await fetch(`${second.product.url}/readyz`);

      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        checks: expect.arrayContaining([{ name: 'Slack', ok: false, message: 'not reachable' }]),
      });
    } finally {
      await second.close();
    }
  });
});
