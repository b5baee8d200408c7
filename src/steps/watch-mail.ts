import { z } from 'zod';

import { toProductError } from '../domain/errors.ts';
import { factsOf } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import type { ExpectedMail, HumanTask } from '../domain/task.ts';
import type { MailSighting } from '../mailboxes/mailboxes.ts';
import type { Log } from '../lib/log.ts';
import type { Ports } from './ports.ts';

const LOOK_EVERY_MS = 5 * 60_000;
const proof = z.object({ at: z.iso.datetime() });

/**
 * Tells a task's assignee that the mail it waits for is there, and where to open it. Only the
 * sender's proven domain, the time and the mailbox's name leave the mailbox; a link in an
 * invitation is a credential. A mailbox that can not be searched now holds nothing up.
 */
export async function watchMail(
  task: HumanTask,
  request: Request,
  step: string,
  deps: { readonly ports: Pick<Ports, 'mailboxes'>; readonly log: Log },
): Promise<HumanTask> {
  const { findMail } = deps.ports.mailboxes;
  const { expectsMail } = task;
  if (findMail === undefined || expectsMail === undefined) return task;
  try {
    const { address } = request.order;
    const seen = await findMail(address, {
      since: since(request, step, expectsMail),
      from: expectsMail.from,
    });
    // Without a look now and then the mail would be noticed only after it was answered.
    if (seen === undefined) return { ...task, pollMs: task.pollMs ?? LOOK_EVERY_MS };
    return told(task, seen);
  } catch (error) {
    const failure = toProductError(error, 'mailbox');
    const fields = { requestId: request.id, task: task.id, err: failure };
    deps.log.warn(fields, 'The mailbox could not be searched for expected mail.');
    return { ...task, pollMs: task.pollMs ?? LOOK_EVERY_MS };
  }
}

/** No vendor hears of the address before mail to it was proven to arrive. */
function since(request: Request, step: string, { ofThisStep }: ExpectedMail): Date {
  const before = request.steps[request.steps.findIndex(({ id }) => id === step) - 1];
  if (ofThisStep === true && before?.at != null) return new Date(before.at);
  const proven = proof.safeParse(factsOf(request, 'mailbox')).data;
  return new Date(proven?.at ?? request.createdAt);
}

function told(task: HumanTask, { arrivedAt, sender, inbox }: MailSighting): HumanTask {
  const at = `${arrivedAt.slice(0, 10)} ${arrivedAt.slice(11, 16)} UTC`;
  const arrival = `Mail from ${sender} has arrived (${at}). Open it in the mailbox ${inbox.name}.`;
  const finding = task.finding === null ? arrival : `${arrival} ${task.finding}`;
  const link = inbox.url === null ? [] : [{ label: 'Open the mailbox', url: inbox.url }];
  return { ...task, arrival, finding, links: [...link, ...task.links] };
}
