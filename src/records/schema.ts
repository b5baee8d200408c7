import { z } from 'zod';

import { HEALTH_STATES, newCare } from '../domain/account.ts';
import type { Account, Care } from '../domain/account.ts';
import type { AuditAction } from '../domain/audit.ts';
import { ProductError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { CREATE } from '../domain/operation.ts';
import type { Operation } from '../domain/operation.ts';
import { FLOW_SERVICES, STATES } from '../domain/request.ts';
import type { OpenTask, Order, PolicySnapshot, Request, StepRecord } from '../domain/request.ts';

// Rows are read by whatever version of the app is running: they are outside data too.

const facts = z.record(z.string(), z.unknown());

const commonOrder = {
  localPart: z.string(),
  address: z.string(),
  purpose: z.string(),
  owner: z.string(),
  secondOwner: z.string().nullable(),
  rotationDays: z.number(),
};

const vendorOrder = {
  ...commonOrder,
  connection: z.string(),
  access: z.enum(['owner', 'contributor']),
  scope: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
  services: z.array(z.enum(FLOW_SERVICES)),
};

const order: z.ZodType<Order> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('integration'), ...vendorOrder }),
  z.object({
    kind: z.literal('automation'),
    ...vendorOrder,
    process: z.string(),
    automation: z.string(),
    target: z.string(),
    secretName: z.string(),
    hideFromReports: z.boolean(),
  }),
  z.object({
    kind: z.literal('flow-user'),
    ...commonOrder,
    role: z.enum(['admin', 'permissions']),
    permissions: z.array(z.string()),
  }),
]);

const people = z.object({ users: z.array(z.string()), groups: z.array(z.string()) });

const policy: z.ZodType<PolicySnapshot> = z.object({
  rule: z.string(),
  needed: z.number(),
  approvers: people,
  selfApproval: z.boolean(),
  breakGlass: z.boolean().default(false),
  autoApproved: z.boolean(),
  remindEveryMs: z.number(),
  escalateAfterMs: z.number().nullable(),
  escalateTo: people,
});

const task: z.ZodType<OpenTask> = z.object({
  id: z.string(),
  title: z.string(),
  role: z.enum(['owner', 'vendor-admin', 'mail-admin', 'flow-admin', 'store-admin']),
  instructions: z.array(z.string()),
  links: z.array(z.object({ label: z.string(), url: z.string() })),
  warnings: z.array(z.string()),
  fields: z.array(
    z.object({ id: z.string(), label: z.string(), hint: z.string(), example: z.string() }),
  ),
  deposit: z.object({ label: z.string(), secretName: z.string() }).nullable(),
  finding: z.string().nullable(),
  // Tasks that were opened before there were these have neither.
  expectsMail: z
    .object({ from: z.array(z.string()), ofThisStep: z.boolean().optional() })
    .optional(),
  arrival: z.string().optional(),
  pollMs: z.number().nullable(),
  assignee: z.string(),
  openedAt: z.string(),
  checkedAt: z.string().nullable(),
  answers: z.record(z.string(), z.string()),
});

const step: z.ZodType<StepRecord> = z.object({
  id: z.string(),
  state: z.enum(['pending', 'running', 'human', 'done', 'failed', 'undone']),
  attempts: z.number(),
  facts: facts.nullable(),
  task: task.nullable(),
  at: z.string().nullable(),
});

const operation: z.ZodType<Operation> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create') }),
  z.object({
    kind: z.literal('rotate'),
    account: z.string(),
    generation: z.number(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal('close'), account: z.string(), reason: z.string() }),
  z.object({
    kind: z.literal('adopt'),
    login: z.string(),
    storedAs: z.string().nullable(),
  }),
]);

export const requestSchema: z.ZodType<Request> = z.object({
  id: z.string(),
  version: z.number(),
  state: z.enum(STATES),
  requester: z.string(),
  operation: operation.default(CREATE),
  order,
  inherited: z.record(z.string(), facts).default({}),
  policy,
  decisions: z.array(
    z.object({
      by: z.string(),
      verdict: z.enum(['approve', 'deny']),
      reason: z.string().nullable(),
      at: z.string(),
      skipped: z.number().optional(),
    }),
  ),
  steps: z.array(step),
  failure: z
    .object({
      step: z.string(),
      // Only compared with codes we know; an older or newer one is kept as it is.
      code: z.custom<ErrorCode>((value) => typeof value === 'string'),
      message: z.string(),
      at: z.string(),
      undoing: z.boolean().optional(),
    })
    .nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  expiresAt: z.string(),
  resumeAt: z.string().nullable(),
  remindAt: z.string().nullable(),
  escalated: z.boolean(),
});

const maybe = z.string().nullable();

const care: z.ZodType<Care> = z.object({
  dueAt: maybe,
  health: z.object({
    state: z.enum(HEALTH_STATES),
    since: z.string(),
    checkedAt: maybe,
    says: z.array(z.string()),
  }),
  checkAt: maybe,
  reminder: z.object({ sentDays: z.number().nullable(), snoozedUntil: maybe, reason: maybe }),
  review: z.object({
    dueAt: maybe,
    askedAt: maybe,
    asked: maybe,
    escalations: z.number(),
    answers: z.array(
      z.object({
        by: z.string(),
        answer: z.enum(['keep', 'change-owner', 'close']),
        at: z.string(),
      }),
    ),
  }),
  handOver: z
    .object({ from: z.string(), to: z.string(), askedAt: z.string(), why: z.string() })
    .nullable(),
  pageShows: maybe.default(null),
  destroyAt: maybe,
});

export const accountSchema: z.ZodType<Account> = z.object({
  id: z.string(),
  version: z.number(),
  state: z.enum(['active', 'closed']),
  kind: z.enum(['integration', 'automation', 'flow-user']),
  connection: z.string().nullable(),
  address: z.string(),
  login: z.string(),
  vendorUserId: z.string(),
  purpose: z.string(),
  owner: z.string(),
  secondOwner: z.string().nullable(),
  access: z.enum(['owner', 'contributor']).nullable(),
  secret: z.object({ store: z.string(), name: z.string(), version: z.string(), url: z.string() }),
  page: z.object({ id: z.string(), url: z.string() }),
  verification: z.object({
    identity: z.string(),
    role: z.string(),
    scopes: z.array(z.string()),
    sees: z.object({ count: z.number(), noun: z.string(), sample: z.array(z.string()) }),
    expiresAt: z.string().nullable(),
    isNot: z.array(z.string()),
    at: z.string(),
  }),
  // Rows of an earlier version of the app have not got these.
  generation: z.number().default(1),
  facts: z.record(z.string(), facts).default({}),
  care: care.default(newCare('')),
  rotationDays: z.number(),
  rotateAt: z.string(),
  createdAt: z.string(),
});

/** The text of an audit entry. Actions of a newer version are kept as they are. */
export const auditEntrySchema = z.object({
  at: z.string(),
  action: z.custom<AuditAction>((value) => typeof value === 'string'),
  actor: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export const metaSchema = z.record(z.string(), z.string());

/** @throws ProductError `internal` when a row does not fit, naming the fields but not their values */
export function parseRow<T>(schema: z.ZodType<T>, row: unknown, subject: string): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 3).map((issue) => issue.path.join('.'));
  throw new ProductError('internal', {
    subject,
    message: `What the database keeps about ${subject} cannot be read (${fields.join(', ')}). Restore it from a backup, or tell whoever runs this app.`,
  });
}
