import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { doTask, openTaskOf } from '../../src/sandbox/hands.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const ARRIVED = 'Mail from appfireflow.com has arrived';
const LINK = 'https://acme.appfireflow.com/invitations/a-link-that-opens-the-account';

describe('An invitation that arrives in the mailbox', () => {
  it('is told to the assignee, its link to nobody, and the account gets done', async () => {
    const { product, sandbox } = journey;
    const request = await journey.ask({
      kind: 'flow-user',
      role: 'admin',
      localPart: 'flow-watch-api',
      purpose: 'Keeps the teams in Flow in step with the staff directory.',
    });
    await journey.approve(request);
    const waiting = await journey.until(request, 'waiting');
    const toDo = openTaskOf(waiting);
    if (toDo === undefined) throw new Error('Nobody is asked to invite.');
    const deliver = (from: string, verdict: 'pass' | 'fail') =>
      sandbox.outside.mail.deliver({
        from,
        to: request.order.address,
        subject: 'You are invited to Flow',
        text: LINK,
        verdict,
      });
    deliver('Flow <no-reply@appfireflow.com>', 'fail');
    deliver('Flow <no-reply@appfireflow.com>', 'pass');

    await doTask(sandbox, waiting, toDo);
    const told = await sandbox.slack.waitFor(
      () =>
        sandbox.slack.world.messages.find(
          (message) => message.channel !== CHANNEL.id && JSON.stringify(message).includes(ARRIVED),
        ),
      { timeoutMs: 20_000, what: 'the message that the invitation has arrived' },
    );
    const done = await journey.finish(request);
    const everything = JSON.stringify([
      sandbox.slack.world.messages,
      await product.records.audit.list({ subject: request.id }),
      done,
      journey.log,
    ]);

    expect(told.channel).toBe(`D${PEOPLE.admin.id.slice(1)}`);
    expect(done.state).toBe('done');
    expect(everything.includes(LINK)).toBe(false);
    journey.expectCleanWorld();
  });
});
