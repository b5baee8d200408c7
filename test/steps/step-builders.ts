import type { SecretLink } from '../../src/domain/account.ts';
import { ProductError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { FlowUserOrder, Facts, Request } from '../../src/domain/request.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Ports } from '../../src/steps/ports.ts';
import type { SecretMeta } from '../../src/stores/store.ts';
import type { StepContext } from '../../src/steps/step.ts';
import type { MintedCredential, Vendor } from '../../src/vendors/vendor.ts';
import { gitlab } from '../../src/vendors/gitlab/index.ts';
import { aRequest } from '../support/builders.ts';

export const NOW = new Date('2026-11-23T10:00:00.000Z');
export const USER = { id: '7', login: 'flow-integrations-7k3f9q', url: 'https://gitlab.example/u' };

export function failure(code: ErrorCode): ProductError {
  return new ProductError(code, { subject: 'test', message: `It was ${code}.` });
}

/** A store in memory; `breaks` says what the next creation does to the caller. */
export function memoryStore() {
  const values = new Map<string, { secret: Secret; version: number }>();
  const faults: { create?: { code: ErrorCode; afterEffect: boolean }; find?: ErrorCode } = {};
  const labels = new Map<string, SecretMeta>();
  const linkOf = (name: string): SecretLink => {
    const version = String(values.get(name)?.version ?? 0);
    return { store: 'memory', name, version, url: `https://store.example/${name}` };
  };
  const store: Ports['store'] = {
    check: async () => [],
    async find(name) {
      if (faults.find !== undefined) throw failure(faults.find);
      return values.has(name) ? linkOf(name) : undefined;
    },
    async create(name, secret) {
      const { create } = faults;
      delete faults.create;
      if (create !== undefined && !create.afterEffect) throw failure(create.code);
      const created = !values.has(name);
      if (created) values.set(name, { secret, version: 1 });
      if (create !== undefined) throw failure(create.code);
      return { link: linkOf(name), created };
    },
    async read(name) {
      const found = values.get(name);
      if (found === undefined) throw failure('not-found');
      return found.secret;
    },
    async rotate(name, expectedVersion, secret) {
      const version = values.get(name)?.version ?? 0;
      if (String(version) !== expectedVersion) throw failure('conflict');
      values.set(name, { secret, version: version + 1 });
      return linkOf(name);
    },
    async setMeta(name, meta) {
      if (!values.has(name)) throw failure('not-found');
      labels.set(name, meta);
      return linkOf(name);
    },
    async remove(name) {
      values.delete(name);
    },
    url: (name) => `https://store.example/${name}`,
  };
  const put = (name: string, value: string): void => {
    values.set(name, { secret: new Secret(value), version: (values.get(name)?.version ?? 0) + 1 });
  };
  return { store, values, labels, faults, put };
}

/** Tokens of a vendor that mints them, the living ones. */
export function memoryMint() {
  const living: { name: string; secret: Secret }[] = [];
  let made = 0;
  const minted: MintedCredential = {
    how: 'minted',
    async mint(_spec, _user, name) {
      made += 1;
      const secret = new Secret(`made-token-number-${made}`);
      living.push({ name, secret });
      return { id: String(made), secret, expiresAt: '2027-03-01T00:00:00.000Z' };
    },
    async revokeNamed(_user, name) {
      for (const each of living.filter((token) => token.name === name)) {
        living.splice(living.indexOf(each), 1);
      }
    },
  };
  return { minted, living };
}

export function portsWith(change: Partial<Ports>, vendor: Partial<Vendor> = {}): Ports {
  const connection = { id: 'gitlab', name: 'GitLab acme', vendor, definition: gitlab };
  return {
    clock: { now: () => NOW },
    connections: new Map([['gitlab', connection]]),
    automations: new Map(),
    store: memoryStore().store,
    storeName: 'Vault',
    storeWarning: null,
    knowledgeName: 'Confluence',
    depositPage: true,
    personName: async (id: string) => `Name of ${id}`,
    ...change,
  } as unknown as Ports;
}

export function contextOf(request: Request, ports: Ports): StepContext {
  return {
    request,
    ports,
    answers: {},
    kept: null,
    keep: async () => undefined,
    now: NOW,
  };
}

/** The request with what its earlier steps have left. */
export function withFacts(request: Request, facts: Readonly<Record<string, Facts>>): Request {
  const steps = request.steps.map((record) => ({
    ...record,
    facts: facts[record.id] ?? record.facts,
  }));
  return { ...request, steps };
}

export function aFlowUserOrder(change: Partial<FlowUserOrder> = {}): FlowUserOrder {
  return {
    kind: 'flow-user',
    localPart: 'flow-api',
    address: 'flow-api@svc.example.com',
    purpose: 'Keeps the teams in step.',
    owner: 'UOWNER',
    secondOwner: null,
    rotationDays: 90,
    role: 'permissions',
    permissions: ['users', 'repos'],
    ...change,
  };
}

export function requestWithUser(): Request {
  return withFacts(aRequest({ state: 'provisioning' }), { 'vendor-user': USER });
}
