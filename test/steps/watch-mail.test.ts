import { describe, expect, it } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import { human } from '../../src/domain/outcome.ts';
import type { Request } from '../../src/domain/request.ts';
import { humanTask } from '../../src/domain/task.ts';
import type { HumanTask } from '../../src/domain/task.ts';
import { createLog } from '../../src/lib/log.ts';
import type { MailSighting, MailWanted } from '../../src/mailboxes/mailboxes.ts';
import { watchMail } from '../../src/steps/watch-mail.ts';
import { aRequest } from '../support/builders.ts';
import { portsWith, withFacts } from './step-builders.ts';

const PROVEN_AT = '2026-11-23T10:05:00.000Z';
const MADE_AT = '2026-11-23T11:30:00.000Z';
const SEEN: MailSighting = {
  arrivedAt: '2026-11-23T12:03:59.000Z',
  sender: 'github.com',
  inbox: { name: 'flow-bot@acme.example', url: 'https://mail.acme.example/' },
};

function aTask(change: Partial<HumanTask> = {}): HumanTask {
  return humanTask({
    id: 'accept',
    title: 'Accept the invitation',
    role: 'vendor-admin',
    instructions: ['Open the invitation.'],
    expectsMail: { from: ['github.com'] },
    ...change,
  });
}

function aRequestWithProof(): Request {
  const request = withFacts(aRequest({ state: 'provisioning' }), {
    mailbox: { how: 'The challenge mail arrived', at: PROVEN_AT },
  });
  const steps = request.steps.map((record) =>
    record.id === 'vendor-user' ? { ...record, state: 'done' as const, at: MADE_AT } : record,
  );
  return { ...request, steps };
}

/** Watches with a mailbox that answers so; tells also what it was asked. */
async function watch(
  task: HumanTask,
  answer: MailSighting | undefined | ProductError,
  request = aRequestWithProof(),
) {
  const asked: MailWanted[] = [];
  const log: string[] = [];
  const mailboxes = {
    async findMail(_address: string, wanted: MailWanted) {
      asked.push(wanted);
      if (answer instanceof ProductError) throw answer;
      return answer;
    },
  } as unknown as ReturnType<typeof portsWith>['mailboxes'];
  const deps = {
    ports: portsWith({ mailboxes }),
    log: createLog('info', { write: (line) => log.push(line) }),
  };
  return { task: await watchMail(task, request, 'access', deps), asked, log: log.join('\n') };
}

describe('A task that waits for a mail', () => {
  it('says when it came, from whom and where it lies, before what the check found', async () => {
    const { task } = await watch(aTask({ finding: 'Not accepted yet.' }), SEEN);

    const arrival =
      'Mail from github.com has arrived (2026-11-23 12:03 UTC). Open it in the mailbox flow-bot@acme.example.';
    expect(task.arrival).toBe(arrival);
    expect(task.finding).toBe(`${arrival} Not accepted yet.`);
    expect(task.links[0]).toEqual({ label: 'Open the mailbox', url: 'https://mail.acme.example/' });
  });

  it('names the mailbox where there is no page to open it', async () => {
    const inbox = { name: 'flow-bot', url: null };

    const { task } = await watch(aTask(), { ...SEEN, inbox });

    expect(task.arrival).toContain('mailbox flow-bot.');
    expect(task.links).toEqual([]);
  });

  it('is about mail since the address was proven', async () => {
    const { asked } = await watch(aTask(), undefined);

    expect(asked).toEqual([{ since: new Date(PROVEN_AT), from: ['github.com'] }]);
  });

  it('is about mail of its own step where earlier steps led to other mail', async () => {
    const expectsMail = { from: ['github.com'], ofThisStep: true };

    const { asked } = await watch(aTask({ expectsMail }), undefined);

    expect(asked[0]?.since).toEqual(new Date(MADE_AT));
  });

  it('is about mail since the request was made where nothing is known of a proof', async () => {
    const request = aRequest({ state: 'provisioning' });

    const { asked } = await watch(aTask(), undefined, request);

    expect(asked[0]?.since).toEqual(new Date(request.createdAt));
  });

  it('is looked at now and then until the mail is there, even if only people check it', async () => {
    const waiting = await watch(aTask({ pollMs: null }), undefined);
    const arrived = await watch(aTask({ pollMs: null }), SEEN);

    expect(waiting.task.pollMs).toBe(300_000);
    expect(arrived.task.pollMs).toBeNull();
  });

  it('goes on when the mailbox can not be searched, and the log says why', async () => {
    const error = new ProductError('unreachable', { subject: 'IMAP', message: 'It is away.' });
    const before = aTask({ finding: 'Not accepted yet.' });

    const { task, log } = await watch(before, error);

    expect(task).toEqual(before);
    expect(log).toContain('It is away.');
  });

  it('is left alone when it waits for no mail', async () => {
    const before = aTask({ expectsMail: undefined });

    const { task, asked } = await watch(before, SEEN);

    expect(task).toBe(before);
    expect(asked).toEqual([]);
  });

  it('is left alone where the app reads no mailbox', async () => {
    const before = aTask();
    const ports = portsWith({ mailboxes: {} as ReturnType<typeof portsWith>['mailboxes'] });

    const task = await watchMail(before, aRequestWithProof(), 'access', {
      ports,
      log: createLog('silent'),
    });

    expect(human(task)).toEqual(human(before));
  });
});
