import { newCare } from '../../src/domain/account.ts';
import type { Account } from '../../src/domain/account.ts';
import { CREATE } from '../../src/domain/operation.ts';
import { blankJournal } from '../../src/domain/plan.ts';
import type {
  AutomationOrder,
  FlowUserOrder,
  IntegrationOrder,
  OpenTask,
  Request,
  StepRecord,
} from '../../src/domain/request.ts';
import type { Catalogue } from '../../src/slack/catalogue.ts';

export const NOW = '2026-11-23T10:00:00.000Z';
export const HOSTILE = `<!channel> <@U0EVIL> & </b> *bold* _x_ \`code\` | \u202Eevil\u0007 ${'é'.repeat(20)}\n> fake\n<https://evil.example|click>`;

/** Text at the length that our own forms and the vendors can produce, full of what must be escaped. */
export function longText(length: number): string {
  return HOSTILE.repeat(Math.ceil(length / HOSTILE.length)).slice(0, length);
}

export function anIntegration(change: Partial<IntegrationOrder> = {}): IntegrationOrder {
  return {
    kind: 'integration',
    localPart: 'flow-integrations',
    address: 'flow-integrations@acme.example',
    purpose: 'Connect Flow to the platform group',
    owner: 'U0OWNER',
    secondOwner: null,
    rotationDays: 90,
    connection: 'gitlab-acme',
    access: 'contributor',
    scope: [{ id: '42', name: 'acme/platform', kind: 'group' }],
    services: ['repositories', 'pull-requests'],
    ...change,
  };
}

export function anAutomation(change: Partial<AutomationOrder> = {}): AutomationOrder {
  return {
    ...anIntegration(),
    kind: 'automation',
    localPart: 'automation',
    address: 'automation@acme.example',
    process: 'Nightly release',
    automation: 'gitlab-ci',
    target: 'project 42',
    secretName: 'FLOW_SERVICE_TOKEN',
    hideFromReports: true,
    ...change,
  };
}

export function aFlowUser(change: Partial<FlowUserOrder> = {}): FlowUserOrder {
  return {
    kind: 'flow-user',
    localPart: 'flow-api',
    address: 'flow-api@acme.example',
    purpose: 'Read teams for the people directory',
    owner: 'U0OWNER',
    secondOwner: 'U0SECOND',
    rotationDays: 90,
    role: 'permissions',
    permissions: ['users', 'team_membership'],
    ...change,
  };
}

export function aRequest(change: Partial<Request> = {}): Request {
  const order = change.order ?? anIntegration();
  return {
    id: 'SA-7K3F9Q',
    version: 1,
    state: 'pending',
    requester: 'U0ASKER',
    operation: CREATE,
    inherited: {},
    order,
    policy: {
      rule: 'platform',
      needed: 1,
      approvers: { users: ['U0APPROVER'], groups: ['S0APPROVERS'] },
      selfApproval: false,
      breakGlass: false,
      autoApproved: false,
      remindEveryMs: 3_600_000,
      escalateAfterMs: null,
      escalateTo: { users: [], groups: [] },
    },
    decisions: [],
    steps: blankJournal(order.kind),
    failure: null,
    createdAt: NOW,
    updatedAt: NOW,
    expiresAt: '2026-11-30T10:00:00.000Z',
    resumeAt: null,
    remindAt: null,
    escalated: false,
    ...change,
  };
}

export function aTask(change: Partial<OpenTask> = {}): OpenTask {
  return {
    id: 'register',
    title: 'Register the GitHub user',
    role: 'vendor-admin',
    instructions: ['Open the sign-up page.', 'Use the address flow-integrations@acme.example.'],
    links: [{ label: 'Open GitHub', url: 'https://github.example/signup' }],
    warnings: [],
    fields: [],
    deposit: null,
    finding: null,
    pollMs: 300_000,
    assignee: 'U0ADMIN',
    openedAt: NOW,
    checkedAt: NOW,
    answers: {},
    ...change,
  };
}

/** A request that waits for a person at one step. */
export function aWaitingRequest(task: OpenTask, change: Partial<Request> = {}): Request {
  return aRequest({
    state: 'waiting',
    ...change,
    steps: withStep('vendor-user', { state: 'human', task }),
  });
}

export function withStep(id: string, change: Partial<StepRecord>): StepRecord[] {
  return blankJournal('integration').map((step) =>
    step.id === id ? { ...step, ...change } : step,
  );
}

export function anAccount(change: Partial<Account> = {}): Account {
  return {
    id: 'SA-7K3F9Q',
    version: 1,
    state: 'active',
    kind: 'integration',
    connection: 'gitlab-acme',
    address: 'flow-integrations@acme.example',
    login: 'flow-integrations-7k3f9q',
    vendorUserId: '4711',
    purpose: 'Connect Flow to the platform group',
    owner: 'U0OWNER',
    secondOwner: null,
    access: 'contributor',
    secret: {
      store: 'vault',
      name: 'flow-sa-7k3f9q-token',
      version: '1',
      url: 'https://vault.example/ui/flow-sa-7k3f9q-token',
    },
    page: { id: '9', url: 'https://wiki.example/pages/9' },
    verification: {
      identity: 'flow-integrations-7k3f9q',
      role: 'Reporter in acme/platform',
      scopes: ['read_api', 'read_user', 'read_repository'],
      sees: { count: 12, noun: 'repositories', sample: ['acme/platform/web'] },
      expiresAt: '2027-02-21T10:00:00.000Z',
      isNot: ['is not an administrator'],
      at: NOW,
    },
    generation: 1,
    facts: {},
    care: newCare(NOW),
    rotationDays: 90,
    rotateAt: '2027-02-14T10:00:00.000Z',
    createdAt: NOW,
    ...change,
  };
}

export function aCatalogue(change: Partial<Catalogue> = {}): Catalogue {
  return {
    connections: [aConnection('gitlab-acme', 'GitLab acme'), aConnection('jira', 'Jira', false)],
    automations: [{ id: 'gitlab-ci', name: 'GitLab CI', targetHint: 'A project or a group' }],
    searchScopes: async () => [{ id: '42', name: 'acme/platform', kind: 'group' }],
    searchTargets: async () => [{ id: 'project 42', name: 'acme/web' }],
    address: (localPart) => `${localPart}@acme.example`,
    profile: () => ({
      role: 'Reporter in the chosen groups',
      tokenScopes: ['read_api', 'read_user', 'read_repository'],
      means: ['Flow reads repositories and merge requests.', 'Flow cannot add webhooks.'],
      notes: [],
    }),
    stepTitle: (_request, step) => `Step ${step}`,
    storeName: 'Vault',
    storeWarning: null,
    knowledgeName: 'Confluence',
    flowObjects: ['users', 'teams', 'team_membership', 'repos', 'integrations'],
    rotationDays: [90, 30, 180],
    ...change,
  };
}

function aConnection(id: string, name: string, git = true) {
  return {
    id,
    name,
    vendorName: git ? 'GitLab' : 'Jira Cloud',
    accessWords: {
      owner: { label: 'Maintainer', hint: 'Needed for webhooks.' },
      contributor: { label: 'Reporter', hint: 'Enough to read repositories.' },
    },
    scopeWord: git ? 'group or project' : 'project',
    services: git
      ? (['repositories', 'pull-requests', 'webhooks'] as const)
      : (['tickets'] as const),
    git,
  };
}
