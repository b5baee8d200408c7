import { afterEach, describe, expect, it } from 'vitest';

import { GITLAB_ORDER } from '../support/fill-order.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';

let journey: Journey;
afterEach(() => journey.close());

describe('An integration account at GitLab', () => {
  it('goes from the command to a verified confirmation', async () => {
    journey = await startJourney();
    const request = await journey.ask(GITLAB_ORDER);

    await journey.approve(request);
    const finished = await journey.finish(request);

    expect(finished.state).toBe('done');
    const thread = await journey.read(request, 'your account is ready');
    expect(thread).toMatch(/Verified at .* sees 2 projects/);
    expect(thread).toContain('Open the stored credential');
    expect(
      journey.sandbox.outside.gitlab.state.users.filter(({ username }) =>
        username.startsWith('flow-integrations'),
      ),
    ).toHaveLength(1);
    expect(await journey.product.records.findAccount(request.id)).toMatchObject({
      state: 'active',
      access: 'contributor',
    });
    journey.expectCleanWorld();
  });
});
