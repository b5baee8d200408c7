import { z } from 'zod';

import { catalogueOf } from '../composition/catalogue.ts';
import { startProduct } from '../composition/product.ts';
import type { Product } from '../composition/product.ts';
import { ProductError } from '../domain/errors.ts';
import type { Member } from '../domain/approval.ts';
import { parseRequestId } from '../domain/naming.ts';
import { systemClock } from '../lib/clock.ts';
import type { DryRun } from '../requests/dry-run.ts';
import { titleOf } from '../slack/views/card-details.ts';
import { quietLog, requireConfig } from './open.ts';

const KINDS = ['rotate', 'close'] as const;
const person = z.string().regex(/^[UW][A-Z0-9]{2,}$/);

/** Prints what a rotation or a closing would do; exit code 1 when something stands in the way. */
export async function dryRun(
  file: string | undefined,
  kind: string,
  typed: string,
  options: { readonly as: string; readonly json?: boolean },
): Promise<void> {
  const wanted = KINDS.find((known) => known === kind);
  const account = parseRequestId(typed);
  if (wanted === undefined) throw invalid('operation', kind, `Use one of ${KINDS.join(', ')}.`);
  if (account === undefined) throw invalid('id', typed, 'They look like SA-7K3F9Q.');
  await withProduct(file, async (product) => {
    const by = await memberOf(product, options.as);
    const answer = await product.dryRun({ kind: wanted, by, account });
    if (answer.kind !== 'done') throw refusedTo(options.as, account);
    if (options.json === true) console.log(JSON.stringify(answer.value, null, 2));
    else for (const line of lines(answer.value, product)) console.log(line);
    if (answer.value.obstacles.length > 0) process.exitCode = 1;
  });
}

/** The product without Slack's events and without workers, for one command. */
export async function withProduct(
  file: string | undefined,
  work: (product: Product) => Promise<void>,
): Promise<void> {
  const config = requireConfig(file);
  const product = await startProduct({
    config: { ...config, listen: { ...config.listen, port: 0 } },
    clock: systemClock,
    log: quietLog(),
    parts: { slack: false, worker: false },
  });
  try {
    await work(product);
  } finally {
    await product.close();
  }
}

/** Whose wish it is, as Slack knows them now. */
export async function memberOf({ slack, requests }: Product, id: string): Promise<Member> {
  if (!person.safeParse(id).success) {
    throw invalid('person', id, 'Use a Slack member id, for example U0123456789.');
  }
  const member = await slack.directory.member(id, requests.groups);
  if (member !== undefined) return member;
  const message = `Slack knows no member ${id} in this workspace.`;
  throw new ProductError('not-found', { subject: id, message });
}

function lines({ request, steps, obstacles, findings }: DryRun, { ports }: Product): string[] {
  const catalogue = catalogueOf(ports);
  const { rule, needed, autoApproved, approvers } = request.policy;
  const deciders = [...approvers.users, ...approvers.groups].join(', ');
  return [
    `${titleOf(request, catalogue)}: ${request.order.address}`,
    'Nothing was changed, and no request was made.',
    ...obstacles.map((sentence) => `IN THE WAY  ${sentence}`),
    autoApproved
      ? `Decided by the rule "${rule}" at once.`
      : `Decided by the rule "${rule}": ${needed} of ${deciders}.`,
    ...steps.map(({ id, by, person: who }, index) => {
      const doer = by === 'app' ? 'the app' : `${by === 'either' ? 'the app or ' : ''}${who ?? ''}`;
      return `${String(index + 1).padStart(2)}  ${catalogue.stepTitle(request, id)}  (${doer})`;
    }),
    ...findings.map(({ level, subject, message }) => `${level.padEnd(8)} ${subject}: ${message}`),
  ];
}

function refusedTo(by: string, account: string): ProductError {
  const message = `${by} may not do that with ${account}: neither owner nor approver.`;
  return new ProductError('refused', { subject: account, message });
}

function invalid(subject: string, text: string, advice: string): ProductError {
  return new ProductError('invalid-input', {
    subject,
    message: `"${text}" is no ${subject} that fits here. ${advice}`,
  });
}
