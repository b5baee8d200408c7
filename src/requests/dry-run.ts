import { refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import { toProductError } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import { CREATE, isLater } from '../domain/operation.ts';
import { planOf } from '../domain/plan.ts';
import type { StepId } from '../domain/plan.ts';
import { mayRequest, ruleFor } from '../domain/policy.ts';
import { FINAL_STATES, STATES } from '../domain/request.ts';
import type { PersonId, Request } from '../domain/request.ts';
import type { Assignees } from '../steps/assignees.ts';
import { findingsOf } from '../steps/findings.ts';
import type { Check } from '../steps/findings.ts';
import { handsOfStep } from '../steps/hands.ts';
import type { Hands } from '../steps/hands.ts';
import { obstaclesAt } from '../steps/obstacles.ts';
import type { Ports } from '../steps/ports.ts';
import { prepareAdoption } from './adopt.ts';
import type { AdoptionErrors, DraftAdoption } from './validate-adoption.ts';
import { refused } from './deps.ts';
import type { UseCaseDeps } from './deps.ts';
import { newRequest } from './new-request.ts';
import { prepareOperation, underWay } from './operate.ts';
import type { DraftOrder, Directory, FieldErrors } from './requests.ts';
import { checkAgainstTheWorld, gapIn } from './submit.ts';
import { validateOrder } from './validate-order.ts';

/** What somebody would like to see the plan of. */
export type DryRunWish =
  | { readonly kind: 'create'; readonly by: Member; readonly order: DraftOrder }
  | {
      readonly kind: 'adopt';
      readonly by: Member;
      readonly draft: DraftAdoption;
      readonly dedupeKey: string;
    }
  | { readonly kind: 'rotate' | 'close'; readonly by: Member; readonly account: string };

export interface PlannedStep {
  readonly id: StepId;
  readonly by: Hands['by'];
  /** Whose task it would be; null where the app does it. */
  readonly person: PersonId | null;
}

/** What would happen. Nothing has: there is no such request, and nothing outside was changed. */
export interface DryRun {
  /** The request as it would be recorded: its order, its rule, and what it inherits. */
  readonly request: Request;
  readonly steps: readonly PlannedStep[];
  /** What would stop it as things are now, a sentence each. */
  readonly obstacles: readonly string[];
  /** Warnings and problems of the systems that the plan needs. */
  readonly findings: readonly Finding[];
}

export type DryRunAnswer =
  | { readonly kind: 'done'; readonly value: DryRun }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors & AdoptionErrors }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly request: Request | null };

export interface DryRunDeps {
  readonly useCases: UseCaseDeps;
  readonly directory: Directory;
  readonly assignees: Assignees;
}

/**
 * Shows what a request or an operation would do, without recording one or changing anything
 * anywhere; only the audit tells that somebody looked. Whoever may not ask may not look either.
 * @throws ProductError as `operate` does, except while another operation is under way
 */
export async function dryRun(wish: DryRunWish, deps: DryRunDeps): Promise<DryRunAnswer> {
  const { useCases } = deps;
  await useCases.refreshPolicy?.();
  const prepared = await prepare(wish, deps);
  if (prepared.kind === 'refused') {
    return refused(useCases, prepared.refusal, wish.by, 'dry-run', prepared.request);
  }
  if (prepared.kind === 'invalid') return prepared;
  const request = prepared.value;
  const { ports } = useCases;
  const [steps, obstacles, findings] = await Promise.all([
    plannedSteps(request, deps),
    obstaclesTo(request, useCases),
    findingsOf(checksFor(request, ports)),
  ]);
  const { operation, order } = request;
  await useCases.records.audit.append({
    action: 'dry-run',
    actor: wish.by.id,
    subject: isLater(operation) ? operation.account : 'none',
    details: { operation: operation.kind, kind: order.kind, address: order.address },
  });
  const notable = findings.filter(({ level }) => level !== 'ok');
  return { kind: 'done', value: { request, steps, obstacles, findings: notable } };
}

type Prepared =
  | { readonly kind: 'done'; readonly value: Request }
  | Exclude<DryRunAnswer, { readonly kind: 'done' }>;

async function prepare(wish: DryRunWish, deps: DryRunDeps): Promise<Prepared> {
  const { useCases, directory } = deps;
  switch (wish.kind) {
    case 'create':
      return prepareOrder(wish.order, wish.by, deps);
    case 'adopt': {
      const prepared = await prepareAdoption(wish, useCases, directory);
      if (prepared.kind === 'refused') return { ...prepared, request: null };
      return prepared.kind === 'invalid' ? prepared : { kind: 'done', value: prepared.request };
    }
    case 'rotate':
    case 'close':
      return prepareOperation({ ...wish, reason: '' }, useCases, directory.teamId);
  }
}

async function prepareOrder(
  draft: DraftOrder,
  by: Member,
  { useCases, directory }: DryRunDeps,
): Promise<Prepared> {
  const refusal = refuseAsker(by, useCases, directory);
  if (refusal !== undefined) return { kind: 'refused', refusal, request: null };
  const validated = validateOrder(draft, useCases.ports);
  if (validated.kind === 'invalid') return validated;
  const { order } = validated;
  const errors = await checkAgainstTheWorld(order, useCases, directory);
  const rule = ruleFor(useCases.policy, order, 'create');
  const gap = gapIn(rule, by);
  const all: FieldErrors = { ...errors, ...(gap === undefined ? {} : { kind: gap }) };
  if (rule === undefined || Object.keys(all).length > 0) return { kind: 'invalid', errors: all };
  const wanted = { operation: CREATE, order, inherited: {} };
  return { kind: 'done', value: newRequest(wanted, rule, by, useCases.clock.now()) };
}

function refuseAsker(by: Member, { policy }: UseCaseDeps, directory: Directory) {
  const refusal = refuseMember(by, directory.teamId);
  return refusal ?? (mayRequest(policy, by) ? undefined : ('not-a-requester' as const));
}

function plannedSteps(
  request: Request,
  { useCases, assignees }: DryRunDeps,
): Promise<PlannedStep[]> {
  return Promise.all(
    planOf(request.order.kind, request.operation.kind).map(async (id) => {
      const hands = handsOfStep(id, request, useCases.ports);
      if (hands.by === 'app') return { id, by: hands.by, person: null };
      return { id, by: hands.by, person: await assignees.assign(request, hands.role, null) };
    }),
  );
}

async function obstaclesTo(
  request: Request,
  { records, ports }: Pick<UseCaseDeps, 'records' | 'ports'>,
): Promise<string[]> {
  const { operation, order } = request;
  if (!isLater(operation)) return obstaclesAt(request, ports);
  const states = STATES.filter((state) => !FINAL_STATES.includes(state));
  const busy = await records.list({ account: operation.account, states, limit: 1 });
  const waiting = busy.map(({ id }) => underWay(id, order.address).message);
  try {
    return [...waiting, ...(await obstaclesAt(request, ports))];
  } catch (error) {
    return [...waiting, toProductError(error, operation.account).message];
  }
}

/** Of all that the app is connected to, what this plan needs. */
function checksFor({ order, operation }: Request, ports: Ports): Check[] {
  const connection =
    order.kind === 'flow-user' ? undefined : ports.connections.get(order.connection);
  const automation =
    order.kind === 'automation' ? ports.automations.get(order.automation) : undefined;
  const noMail = operation.kind === 'rotate' || operation.kind === 'adopt';
  const mailboxes = noMail ? [] : [named('Mailboxes', ports.mailboxes)];
  return [
    ...(connection === undefined ? [] : [named(connection.name, connection.vendor)]),
    ...(automation === undefined ? [] : [named(automation.name, automation.automation)]),
    ...mailboxes,
    named(ports.storeName, ports.store),
    named(ports.knowledgeName, ports.knowledge),
    named('Flow', ports.flow),
  ];
}

function named(name: string, adapter: Pick<Check, 'check'>): Check {
  return { name, check: () => adapter.check() };
}
