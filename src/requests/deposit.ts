import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

import { refuseMember } from '../domain/approval.ts';
import type { Member } from '../domain/approval.ts';
import { ProductError } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import type { Deposit } from '../records/records.ts';
import { contextFor } from '../steps/run-plan.ts';
import { stepOf } from '../steps/index.ts';
import { openTask, refuseTask } from './complete-task.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import type { Answer } from './requests.ts';

const LIVES_MS = 15 * 60_000;
const MOST_ATTEMPTS = 5;
const CODE_DIGITS = 6;

/** A link that lives 15 minutes and works once, and a code that only its assignee is shown. */
export async function openDeposit(
  id: string,
  step: string,
  by: Member,
  deps: UseCaseDeps,
  teamId: string,
): Promise<Answer<{ url: string; code: string } | null>> {
  const request = await deps.records.get(id);
  const task = openTask(request, step);
  const refusal = refuseMember(by, teamId) ?? refuseTask(request, step, by);
  if (refusal !== undefined) return refused(deps, refusal, by, 'deposit-opened', request);
  if (deps.depositUrl === null || task?.deposit == null) return { kind: 'done', value: null };
  const token = randomBytes(24).toString('base64url');
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  await deps.records.deposits.open({
    tokenHash: hash(token),
    requestId: id,
    step,
    assignee: by.id,
    codeHash: hash(`${token}:${code}`),
    expiresAt: new Date(deps.clock.now().getTime() + LIVES_MS).toISOString(),
    attempts: 0,
    usedAt: null,
  });
  await deps.records.audit.append({
    action: 'deposit-opened',
    actor: by.id,
    subject: id,
    details: { step },
  });
  return { kind: 'done', value: { url: `${deps.depositUrl}/deposit/${token}`, code } };
}

/** What the page shows before anything is typed. */
export interface DepositPage {
  readonly requestId: string;
  readonly address: string;
  readonly label: string;
}

/** @throws ProductError `not-found` for an unknown, used or expired link: all alike from outside */
export async function findDeposit(token: string, deps: UseCaseDeps): Promise<DepositPage> {
  const { request, label } = await livingDeposit(token, deps);
  return { requestId: request.id, address: request.order.address, label };
}

/**
 * Takes the pasted credential: right code, then the step's own check against the vendor, then the
 * store. Only then is the link used up; a refused value leaves it usable.
 * @throws ProductError with a sentence for the person
 */
export async function acceptDeposit(
  token: string,
  code: string,
  credential: Secret,
  deps: UseCaseDeps,
): Promise<void> {
  const { deposit, request } = await livingDeposit(token, deps);
  await checkCode(deposit, token, code, deps);
  const now = deps.clock.now().toISOString();
  if (!(await deps.records.deposits.use(deposit.tokenHash, now))) throw gone();
  try {
    await acceptCredential(request, deposit.step, credential, deps);
  } catch (error) {
    await deps.records.deposits.release(deposit.tokenHash);
    await note(deps, deposit, 'deposit-refused', {
      why: error instanceof ProductError ? error.code : 'internal',
    });
    throw error;
  }
  await note(deps, deposit, 'credential-deposited', {});
  const resumed = await deps.records.update(request.id, (current) => {
    if (openTask(current, deposit.step) === undefined) return undefined;
    return { request: { ...current, resumeAt: now }, events: [] };
  });
  await deps.wish(resumed, 'render');
  await deps.wish(resumed, 'provision');
}

async function acceptCredential(
  request: Request,
  stepId: string,
  credential: Secret,
  deps: UseCaseDeps,
): Promise<void> {
  const step = stepOf(request, stepId);
  const record = request.steps.find(({ id }) => id === stepId);
  if (step?.accept === undefined || record === undefined) throw gone();
  await step.accept(contextFor(request, step, record, deps), credential);
}

async function livingDeposit(token: string, deps: UseCaseDeps) {
  const deposit = await deps.records.deposits.find(hash(token));
  const now = deps.clock.now().toISOString();
  if (deposit === undefined || deposit.usedAt !== null || deposit.expiresAt <= now) throw gone();
  if (deposit.attempts >= MOST_ATTEMPTS) throw gone();
  const request = await deps.records.get(deposit.requestId);
  const label = openTask(request, deposit.step)?.deposit?.label;
  if (label === undefined) throw gone();
  return { deposit, request, label };
}

async function checkCode(
  deposit: Deposit,
  token: string,
  code: string,
  deps: UseCaseDeps,
): Promise<void> {
  const given = Buffer.from(hash(`${token}:${code.replaceAll(/\s/g, '')}`), 'hex');
  if (timingSafeEqual(given, Buffer.from(deposit.codeHash, 'hex'))) return;
  const attempts = await deps.records.deposits.countAttempt(deposit.tokenHash);
  await note(deps, deposit, 'deposit-refused', { why: 'wrong code', attempts });
  throw new ProductError('invalid-input', {
    subject: 'code',
    message:
      attempts >= MOST_ATTEMPTS
        ? 'That was the wrong code too often; this page is closed now. Press the button in Slack for a new one.'
        : 'That is not the code Slack showed you. It has six digits and belongs to this page only.',
  });
}

function note(
  deps: UseCaseDeps,
  deposit: Deposit,
  action: 'deposit-refused' | 'credential-deposited',
  details: Record<string, unknown>,
): Promise<void> {
  const { assignee, requestId, step } = deposit;
  return deps.records.audit.append({
    action,
    actor: assignee,
    subject: requestId,
    details: { step, ...details },
  });
}

function gone(): ProductError {
  return new ProductError('not-found', {
    subject: 'deposit',
    message:
      'This page has been used or is too old. Press "Get the one-time page" in Slack for a new one.',
  });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
