import { done } from '../src/domain/outcome.ts';
import type { ScopeItem } from '../src/domain/request.ts';
import { Secret } from '../src/domain/secret.ts';
import type { Flow, FlowTasks } from '../src/flow/flow.ts';
import type { KnowledgeBase } from '../src/knowledge/knowledge-base.ts';
import { systemClock } from '../src/lib/clock.ts';
import type { Mailboxes } from '../src/mailboxes/mailboxes.ts';
import type { Connection, Ports } from '../src/steps/ports.ts';
import type { SecretStore } from '../src/stores/store.ts';
import type { Vendor } from '../src/vendors/vendor.ts';

export const CONNECTION = 'instant';
export const SCOPE: ScopeItem = { id: '1', name: 'acme', kind: 'group' };

const ACCESS = { label: 'Reads', hint: 'Reads what was chosen.' };

/** Everything outside answers at once from memory, so that only our own work is measured. */
export function instantPorts(): Ports {
  return {
    clock: systemClock,
    connections: new Map([[CONNECTION, instantConnection()]]),
    automations: new Map(),
    mailboxes: instantMailboxes(),
    store: instantStore(),
    storeName: 'the store',
    storeWarning: null,
    knowledge: instantKnowledge(),
    knowledgeName: 'the knowledge base',
    flow: instantFlow(),
    depositPage: false,
    graceMs: 0,
    keepMailboxes: false,
    byHand: { mailboxes: false, knowledge: false },
    personName: async (id) => id,
  };
}

function instantConnection(): Connection {
  return {
    id: CONNECTION,
    name: 'Instant Git',
    vendor: instantVendor(),
    definition: {
      id: 'instant',
      name: 'Instant',
      abilities: {
        user: 'automatic',
        access: 'automatic',
        credential: 'automatic',
        revoke: 'automatic',
        remove: 'automatic',
      },
      accessWords: { owner: ACCESS, contributor: ACCESS },
      scopeWord: 'group',
      flowTile: 'Instant',
      flowVendorType: 'instant',
      services: ['repositories', 'pull-requests'],
      git: true,
    },
  };
}

function instantVendor(): Vendor {
  return {
    check: async () => [],
    searchScopes: async () => [SCOPE],
    profile: () => ({
      role: 'Reader',
      tokenScopes: ['read'],
      means: ['Flow can read the repositories.'],
      flowFields: [],
      notes: [],
    }),
    ensureUser: async ({ marker, login }) => done({ id: marker, login, url: null }),
    ensureAccess: async () => done(undefined),
    credential: {
      how: 'minted',
      mint: async (_spec, user, name) => ({
        id: name,
        secret: new Secret(`instant-${user.id}-${name}-credential`),
        expiresAt: null,
      }),
      revokeNamed: async () => undefined,
    },
    verify: async (spec, user) => ({
      identity: user.login,
      role: 'Reader',
      scopes: ['read'],
      sees: { count: 1, noun: 'repositories', sample: ['acme/web'] },
      expiresAt: null,
      isNot: ['is not an administrator'],
      at: new Date().toISOString(),
    }),
    revoke: async () => undefined,
    removeAccess: async () => done(undefined),
    removeUser: async () => done(undefined),
    findUser: async () => undefined,
  };
}

function instantMailboxes(): Mailboxes {
  return {
    check: async () => [],
    address: (localPart) => `${localPart}@svc.example.com`,
    ensure: async () => done(undefined),
    prove: async () => done({ how: 'It arrived', at: new Date().toISOString() }),
    remove: async () => done(undefined),
  };
}

function instantStore(): SecretStore {
  // The plain text: a living `Secret` per request would slow down every later check for leaks.
  const values = new Map<string, string>();
  const link = (name: string) => ({ store: 'instant', name, version: '1', url: '' });
  return {
    check: async () => [],
    find: async (name) => (values.has(name) ? link(name) : undefined),
    async create(name, secret) {
      const created = !values.has(name);
      if (created) values.set(name, secret.reveal());
      return { link: link(name), created };
    },
    read: async (name) => new Secret(values.get(name) ?? 'nothing-was-stored'),
    async rotate(name, _version, secret) {
      values.set(name, secret.reveal());
      return link(name);
    },
    setMeta: async (name) => link(name),
    async remove(name) {
      values.delete(name);
    },
    url: () => '',
  };
}

function instantKnowledge(): KnowledgeBase {
  return {
    check: async () => [],
    publish: async ({ marker }) => {
      const link = { id: marker, url: `https://kb.example.com/${marker}` };
      return { kind: 'done', value: { link, wasDeleted: false } };
    },
    publishIndex: async () => null,
    archive: async () => ({ kind: 'done', value: undefined }),
  };
}

function instantFlow(): Flow {
  return {
    check: async () => [],
    baseUrl: 'https://flow.example.com',
    findUser: async () => undefined,
    findIntegration: async (vendorType, [username = '']) => ({
      id: username,
      name: `Instant ${username}`,
      vendorType,
      username,
      sourceTypes: [],
    }),
    health: async () => ({ status: 'healthy', words: 'Healthy', failingRepositories: [] }),
    probeKey: async (_key, objects) => ({ objects, refused: [] }),
    invite: async () => done(undefined),
    // Nothing waits for a person here.
    tasks: new Proxy({} as FlowTasks, {
      get: (_target, name) => () => {
        throw new Error(`A task nobody does: ${String(name)}`);
      },
    }),
  };
}
