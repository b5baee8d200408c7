import type { Accounts } from '../../src/accounts/accounts.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { refuseBreakGlass, refuseDecision, refuseMember } from '../../src/domain/approval.ts';
import type { Member, Refusal } from '../../src/domain/approval.ts';
import type { Account } from '../../src/domain/account.ts';
import type { AuditAction, AuditEntry } from '../../src/domain/audit.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Decision, Request } from '../../src/domain/request.ts';
import { Secret } from '../../src/domain/secret.ts';
import { transition } from '../../src/domain/transitions.ts';
import type { Move } from '../../src/domain/transitions.ts';
import { createLog } from '../../src/lib/log.ts';
import { workflowKey } from '../../src/records/records.ts';
import type { PostedMessage, WorkflowStep } from '../../src/records/records.ts';
import type { Answer, FieldErrors, Requests, Submission } from '../../src/requests/requests.ts';
import { createSlackApp } from '../../src/slack/app.ts';
import type { SlackApp } from '../../src/slack/app.ts';
import type { Catalogue } from '../../src/slack/catalogue.ts';
import type { SlackDeps, SlackRecords } from '../../src/slack/deps.ts';
import type { BlockStyle } from '../../src/slack/views/plan-blocks.ts';
import { startSlackWorkspace } from '../../src/sandbox/slack/workspace.ts';
import type { SlackWorkspace } from '../../src/sandbox/slack/workspace.ts';
import { aCatalogue, aRequest, NOW } from './builders.ts';
import { inventoryInMemory } from './inventory-in-memory.ts';

export const CHANNEL = 'C0APPROVALS';
export const SEEN = 'seen';

export function asText(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/** The Slack room between a sandbox workspace and use cases that live in memory. */
export interface Room {
  readonly slack: SlackWorkspace;
  readonly app: SlackApp;
  readonly memory: Memory;
  /** What is the matter with the next use case, if anything. */
  readonly faults: {
    submit?: FieldErrors | Refusal | Error;
    decide?: Error;
    slowSubmitMs?: number;
  };
  readonly submissions: Submitted[];
  readonly log: string[];
  at(iso: string): void;
  /** Waits until the person was told these words, where nobody else reads them. */
  told(person: string, words: string): Promise<typeof SEEN>;
  /** Waits until the person's modal says these words. */
  viewSays(person: string, words: string): Promise<typeof SEEN>;
  /** @throws when Slack got or showed something that it should not have */
  close(): Promise<void>;
}

/** A submission once it is known whose it is. */
interface Submitted extends Submission {
  readonly by: Member;
}

interface Memory {
  readonly requests: Map<string, Request>;
  readonly accounts: Map<string, Account>;
  readonly workflows: Map<string, WorkflowStep>;
  readonly submitted: Map<string, Request>;
  readonly messages: Map<string, PostedMessage>;
  readonly entries: AuditEntry[];
  readonly refused: { id: string; by: string; refusal: Refusal }[];
  readonly answers: Readonly<Record<string, string>>[];
  put(request: Request): Request;
  event(action: AuditAction, actor: string, details?: Record<string, unknown>): void;
}

export interface RoomOptions {
  readonly blocks?: BlockStyle;
  readonly catalogue?: Partial<Catalogue>;
  readonly doctor?: readonly Finding[];
  readonly workspace?: Parameters<typeof startSlackWorkspace>[0];
  readonly socket?: boolean;
}

const absent = (): Promise<never> => Promise.reject(new Error('There are no accounts here'));
const noAccounts: Accounts = {
  find: async () => undefined,
  check: absent,
  snooze: absent,
  keep: absent,
  handOver: absent,
  answerHandOver: absent,
  discover: absent,
  groupsOf: () => [],
  approversOf: () => ({ users: [], groups: [] }),
  personChanged: async () => undefined,
};

export async function openRoom(options: RoomOptions = {}): Promise<Room> {
  let now = new Date();
  let moved = false;
  const clock = { now: () => (moved ? now : new Date()) };
  const slack = await startSlackWorkspace({ ...people(), ...options.workspace });
  const memory = createMemory();
  const faults: Room['faults'] = {};
  const submissions: Submitted[] = [];
  const log: string[] = [];
  const deps: SlackDeps = {
    requests: inMemoryRequests(memory, faults, submissions),
    accounts: noAccounts,
    inventory: inventoryInMemory(memory, clock),
    records: inMemoryRecords(memory),
    catalogue: aCatalogue(options.catalogue),
    clock,
    log: createLog('debug', { write: (line) => log.push(line) }),
    dryRun: async () => ({ kind: 'invalid', errors: {} }),
    doctor: async () => options.doctor ?? [],
  };
  const app = await createSlackApp(
    {
      botToken: new Secret(slack.botToken),
      ...(options.socket === true
        ? { appToken: new Secret(slack.appToken) }
        : { signingSecret: new Secret(slack.signingSecret) }),
      apiUrl: slack.slackApiUrl,
      approvalsChannel: CHANNEL,
      blocks: options.blocks ?? 'plan',
    },
    deps,
  );
  const server = createServer((request, response) => app.requestListener?.(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (options.socket !== true) slack.connect(`http://127.0.0.1:${port}/slack/events`);
  await app.start();

  return {
    slack,
    app,
    memory,
    faults,
    submissions,
    log,
    at(iso) {
      moved = true;
      now = new Date(iso);
    },
    async told(person, words) {
      const actor = slack.as(person);
      const heard = () => asText([...actor.ephemerals(), ...actor.dms()]);
      await slack.waitFor(() => heard().includes(words), { what: `${person} hearing “${words}”` });
      return SEEN;
    },
    async viewSays(person, words) {
      const shown = () => asText(slack.as(person).view()?.blocks);
      await slack.waitFor(() => shown().includes(words), { what: `a modal saying “${words}”` });
      return SEEN;
    },
    async close() {
      await app.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await slack.close();
      const wrong = [...slack.unexpected, ...slack.advice];
      if (wrong.length > 0) throw new Error(`Slack saw what it must not: ${wrong.join('; ')}`);
    },
  };
}

function people() {
  const ids = ['U0ASKER', 'U0APPROVER', 'U0GROUPIE', 'U0OTHER', 'U0OWNER', 'U0SECOND', 'U0ADMIN'];
  return {
    people: [
      ...ids.map((id) => ({ id, name: id.slice(2).toLowerCase() })),
      { id: 'U0GUEST', name: 'guest', isRestricted: true },
      { id: 'U0FOREIGN', name: 'foreign', teamId: 'T0ELSEWHERE' },
    ],
    channels: [{ id: CHANNEL, name: 'approvals' }],
    groups: [{ id: 'S0APPROVERS', handle: 'approvers', users: ['U0GROUPIE'] }],
  };
}

function createMemory(): Memory {
  const entries: AuditEntry[] = [];
  const requests = new Map<string, Request>();
  return {
    requests,
    accounts: new Map(),
    workflows: new Map(),
    submitted: new Map(),
    messages: new Map(),
    entries,
    refused: [],
    answers: [],
    put(request) {
      const version = (requests.get(request.id)?.version ?? 0) + 1;
      const kept = { ...request, version };
      requests.set(request.id, kept);
      return kept;
    },
    event(action, actor, details = {}) {
      const seq = entries.length + 1;
      const hashed = { entry: '', previousHash: '', hash: '' };
      entries.push({ action, actor, subject: 'SA-7K3F9Q', details, seq, at: NOW, ...hashed });
    },
  };
}

function inMemoryRecords(memory: Memory): SlackRecords {
  const keyOf = (id: string, key: string) => `${id} ${key}`;
  const busy = new Set<string>();
  const settings = new Map<string, unknown>();
  return {
    settings: {
      get: async (key) => settings.get(key),
      set: async (key, value) => void settings.set(key, value),
    },
    find: async (id) => memory.requests.get(id),
    findAccount: async (id) => memory.accounts.get(id),
    audit: {
      append: async () => undefined,
      list: async ({ afterSeq = 0 }) => memory.entries.filter(({ seq }) => seq > afterSeq),
      verify: async () => undefined,
    },
    messages: {
      find: async (id, key) => memory.messages.get(keyOf(id, key)),
      list: async (id) => [...memory.messages.values()].filter((one) => one.requestId === id),
      save: async (message) =>
        void memory.messages.set(keyOf(message.requestId, message.key), message),
      stale: async () => [],
      rendered: async () => undefined,
    },
    findSubmitted: async (key) => memory.submitted.get(key),
    workflowSteps: inMemoryWorkflowSteps(memory),
    reserveSlot: async (_bucket, _every, _burst, now) => now,
    async exclusively(id, work) {
      if (busy.has(id)) return undefined;
      busy.add(id);
      try {
        return await work(new AbortController().signal);
      } finally {
        busy.delete(id);
      }
    },
  };
}

function inMemoryWorkflowSteps({ workflows, submitted }: Memory): SlackRecords['workflowSteps'] {
  const change = (id: string, to: Partial<WorkflowStep>) => {
    const step = workflows.get(id);
    if (step !== undefined) workflows.set(id, { ...step, ...to });
  };
  return {
    open: async (step) => {
      if (!workflows.has(step.executionId)) workflows.set(step.executionId, step);
    },
    find: async (id) => workflows.get(id),
    ofRequest: async (id) =>
      [...workflows.values()].find(
        ({ executionId }) => submitted.get(workflowKey(executionId))?.id === id,
      ),
    offered: async (id) => change(id, { offered: true }),
    ended: async (id, outcome) => change(id, { outcome }),
    neglected: async (now) =>
      [...workflows.values()].filter(
        ({ executionId, outcome, offered, expiresAt }) =>
          outcome === null &&
          (!offered || expiresAt <= now) &&
          !submitted.has(workflowKey(executionId)),
      ),
  };
}

function inMemoryRequests(
  memory: Memory,
  faults: Room['faults'],
  submissions: Submitted[],
): Requests {
  function attempt(
    id: string,
    by: Member,
    refusal: (request: Request) => Refusal | undefined,
    next: (request: Request) => Request,
  ): Answer<Request> {
    const request = memory.requests.get(id);
    if (request === undefined) throw new Error('no such request');
    const refused = refuseMember(by, 'T00000001') ?? refusal(request);
    if (refused !== undefined) {
      memory.refused.push({ id, by: by.id, refusal: refused });
      return { kind: 'refused', refusal: refused, request };
    }
    return { kind: 'done', value: memory.put(next(request)) };
  }

  const move = (name: Move) => async (id: string, by: Member) =>
    attempt(
      id,
      by,
      (request) => (request.policy.approvers.users.includes(by.id) ? undefined : 'not-an-approver'),
      (request) => transition(request, name),
    );

  return {
    groups: ['S0APPROVERS'],
    refuseRequester: (member) => (member.id === 'U0OTHER' ? 'not-a-requester' : undefined),
    async submit(submission) {
      const by = await submission.by;
      submissions.push({ ...submission, by });
      const { submit } = faults;
      if (submit instanceof Error) throw submit;
      if (typeof submit === 'string') return { kind: 'refused', refusal: submit };
      if (submit !== undefined) return { kind: 'invalid', errors: submit };
      const created = memory.put(aRequest({ requester: by.id }));
      memory.submitted.set(submission.dedupeKey, created);
      return { kind: 'created', request: created };
    },
    similar: async (localPart) =>
      [...memory.requests.values()].filter(({ order }) => order.localPart === localPart),
    adopt: async () => ({ kind: 'invalid', errors: {} }),
    lookAtAdoption: async () => ({ adopted: { kind: 'invalid', errors: {} }, obstacles: [] }),
    async decide(id, by, verdict, reason) {
      if (faults.decide !== undefined) throw faults.decide;
      const now = new Date().toISOString();
      const decision: Decision = { by: by.id, verdict, reason, at: now };
      return attempt(
        id,
        by,
        (request) => refuseDecision({ ...request, expiresAt: '2099-01-01' }, by, now),
        (request) => {
          const decided = { ...request, decisions: [...request.decisions, decision] };
          return decided.decisions.length < request.policy.needed
            ? decided
            : transition(decided, verdict);
        },
      );
    },
    approveAlone: async (id, by, reason) =>
      attempt(
        id,
        by,
        (request) => refuseBreakGlass({ ...request, expiresAt: '2099-01-01' }, by, ''),
        (request) => {
          const alone = { by: by.id, verdict: 'approve' as const, reason, at: '', skipped: 1 };
          return transition({ ...request, decisions: [alone] }, 'approve');
        },
      ),
    cancel: async (id, by) =>
      attempt(
        id,
        by,
        (request) => (request.requester === by.id ? undefined : 'not-the-requester'),
        (request) => transition(request, 'cancel'),
      ),
    async completeTask(id, step, by, answers) {
      const answer = attempt(
        id,
        by,
        (request) =>
          request.steps.find((one) => one.id === step)?.task?.assignee === by.id
            ? undefined
            : 'not-the-assignee',
        (request) => request,
      );
      if (answer.kind === 'done') memory.answers.push(answers);
      return answer;
    },
    retry: move('retry'),
    undo: move('undo'),
    operate: () => Promise.reject(new Error('not part of this room')),
    personLeft: async () => undefined,
    find: async (id) => memory.requests.get(id),
    list: async (person) =>
      [...memory.requests.values()].filter(
        ({ requester, order }) => person === null || [requester, order.owner].includes(person),
      ),
    async openDeposit(id, step, by) {
      const request = memory.requests.get(id);
      const task = request?.steps.find((one) => one.id === step)?.task;
      if (task?.assignee !== by.id) {
        return { kind: 'refused', refusal: 'not-the-assignee', request: request ?? null };
      }
      return {
        kind: 'done',
        value: { url: 'https://flow.example/deposit/t0ken', code: '314-159' },
      };
    },
    async noteRefusal(id, by, _wanted, refusal) {
      memory.refused.push({ id, by: by.id, refusal });
    },
  };
}
