import { expect } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { Secret, carriesSecret } from '../../src/domain/secret.ts';
import { describeError } from '../../src/lib/log.ts';
import type { AdapterSandbox } from '../../src/sandbox/kit/adapter-sandbox.ts';
import type {
  AccountSpec,
  MintedCredential,
  Vendor,
  VendorDefinition,
  VendorUser,
} from '../../src/vendors/vendor.ts';

export interface TestClock {
  now(): Date;
  advance(ms: number): void;
}

/** One opened vendor on a fresh sandbox. */
export interface VendorWorld<Sandbox extends AdapterSandbox> {
  /** With the time-out that people have: a busy machine must not look like a silent vendor. */
  readonly vendor: Vendor;
  /** The same vendor with `IMPATIENT`, for calls that are sure to get no answer. */
  readonly impatient: Vendor;
  readonly definition: Pick<VendorDefinition, 'abilities' | 'git' | 'services' | 'accessWords'>;
  readonly sandbox: Sandbox;
  readonly clock: TestClock;
  /** An order the sandbox can fulfil; build it with `aSpec`. Its scope must exist in the sandbox. */
  spec(overrides?: Partial<AccountSpec>): AccountSpec;
}

interface Call {
  readonly method: string;
  /** Part of the path, as the kit's fault rules match it. */
  readonly path: string;
}

type About<Sandbox, Result> = (
  sandbox: Sandbox,
  spec: AccountSpec,
  user: VendorUser,
) => Result | Promise<Result>;

/** What the suite must know about one vendor. A `null` says that the vendor has no such thing. */
export interface VendorCase<Sandbox extends AdapterSandbox> {
  readonly name: string;
  readonly credential: Vendor['credential']['how'];
  /** The vendor has one minted token for each account, without name or end; else many, with both. */
  readonly oneToken?: boolean;
  open(): Promise<VendorWorld<Sandbox>>;
  /** Accounts the sandbox has for this order, counted inside it. */
  users(sandbox: Sandbox, spec: AccountSpec): number;
  /** Memberships, roles or invitations of this user in the order's scope, counted inside it. */
  memberships: About<Sandbox, number>;
  /** The requests that make the user and that give access; the connection is dropped after them. */
  readonly createsUser: Call | null;
  readonly grantsAccess: Call | null;
  /** Gives the order's name or address to somebody else. */
  readonly takeName: ((sandbox: Sandbox, spec: AccountSpec) => void) | null;
  /** Takes a right from our own credential and says what it is called at the vendor. */
  readonly weaken: ((sandbox: Sandbox) => string) | null;
  /** Gives our own credential a right too many and says what it is called at the vendor. */
  readonly strengthen: ((sandbox: Sandbox) => string) | null;
  /**
   * How the vendor says "slow down" without Retry-After: its status, and its own headers for a wait
   * until that moment. Null where it always sends Retry-After, or tells no time at all.
   */
  readonly slowsDown:
    | ((until: Date) => { readonly status: number; readonly headers: Record<string, string> })
    | null;
  /** Makes at least this many more things to choose as scope, all visible to us. */
  seedScopes(sandbox: Sandbox, count: number): void;
  /** Credentials that `verify` must refuse, by what is wrong with them ("belongs to a colleague"). */
  readonly wrongCredentials: Readonly<Record<string, About<Sandbox, string>>>;
  /** States in which `verify` must refuse a right credential ("has been made an owner"). */
  readonly wrongStates: Readonly<Record<string, About<Sandbox, void>>>;
  /** Kills a credential as a person would, where our `revoke` can not. */
  readonly killByHand: ((sandbox: Sandbox, credential: string) => void) | null;
}

/** The setting of `VendorWorld.impatient`. */
export const IMPATIENT = { timeout_ms: 100 } as const;

export const MARKER = 'flow-sa-7k3f9q';
export const TOKEN = `${MARKER}-1`;
export const DAYS = 104;

export function testClock(start = '2026-11-23T10:00:00.000Z'): TestClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(ms) {
      now += ms;
    },
  };
}

export function aSpec(overrides: Partial<AccountSpec> = {}): AccountSpec {
  return {
    marker: MARKER,
    address: 'flow-integrations@acme.example',
    login: 'flow-integrations-7k3f9q',
    displayName: 'Flow service account SA-7K3F9Q',
    purpose: 'Connects Flow to our repositories',
    kind: 'integration',
    access: 'contributor',
    scope: [],
    services: ['repositories', 'pull-requests'],
    passwordUrl: 'https://vault.acme.example/ui/flow-sa-7k3f9q-password',
    ...overrides,
  };
}

/** Repeats a call the way the runner does, doing each human task, until it is done. */
export async function driveUntilDone<T>(
  world: VendorWorld<AdapterSandbox>,
  spec: AccountSpec,
  call: (answers: Readonly<Record<string, string>>) => Promise<Outcome<T>>,
): Promise<{ value: T; answers: Readonly<Record<string, string>>; tasks: number }> {
  let answers: Readonly<Record<string, string>> = {};
  let tasks = 0;
  for (let round = 0; round < 8; round += 1) {
    const outcome = await call(answers);
    if (outcome.kind === 'done') return { value: outcome.value, answers, tasks };
    if (outcome.kind === 'later') world.clock.advance(outcome.afterMs);
    else {
      tasks += 1;
      const performed = await world.sandbox.perform(outcome.task, spec);
      answers = { ...answers, ...performed.answers };
    }
  }
  throw new Error('The vendor is not done after eight rounds.');
}

export async function makeUser(
  world: VendorWorld<AdapterSandbox>,
  spec: AccountSpec,
): Promise<VendorUser> {
  const driven = await driveUntilDone(world, spec, (answers) =>
    world.vendor.ensureUser(spec, answers),
  );
  return driven.value;
}

/** The user with its access, as it is before the credential step. */
export async function makeMember(
  world: VendorWorld<AdapterSandbox>,
  spec: AccountSpec,
): Promise<VendorUser> {
  const user = await makeUser(world, spec);
  await driveUntilDone(world, spec, () => world.vendor.ensureAccess(spec, user));
  return user;
}

/** Mints, or has the person of the sandbox make and hand over, one credential. */
export async function makeCredential(
  world: VendorWorld<AdapterSandbox>,
  spec: AccountSpec,
  user: VendorUser,
  name = TOKEN,
): Promise<Secret> {
  const { credential } = world.vendor;
  if (credential.how === 'minted') {
    const issued = await credential.mint(spec, user, name, DAYS);
    return issued.secret;
  }
  const task = credential.task(spec, user, name, DAYS);
  const performed = await world.sandbox.perform(task, spec);
  expect(task.deposit).not.toBeNull();
  return new Secret(performed.deposit ?? '');
}

/** Ends a test: nothing was called that the sandbox does not know, and no URL carries a secret. */
export async function closeWorld(world: VendorWorld<AdapterSandbox>): Promise<void> {
  await world.sandbox.close();
  for (const server of world.sandbox.servers) {
    expect(server.unexpected).toEqual([]);
    const urls = server.exchanges.map(
      ({ request }) => `${request.path}?${request.query.toString()}`,
    );
    expect(urls.filter(carriesSecret)).toEqual([]);
  }
}

export function minted(vendor: Vendor): MintedCredential {
  if (vendor.credential.how === 'minted') return vendor.credential;
  throw new Error('This vendor does not mint credentials.');
}

/** The error a call ends in; fails when it does not, or when the error gives a secret away. */
export async function failureOf(call: Promise<unknown>): Promise<ProductError> {
  const error = await thrownBy(call);
  if (!(error instanceof ProductError)) throw new Error('No ProductError came.', { cause: error });
  expect(carriesSecret(JSON.stringify(describeError(error)))).toBe(false);
  return error;
}

/** The code a call fails with, or `none`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await thrownBy(call);
  if (error === undefined) return 'none';
  return error instanceof ProductError ? error.code : 'not a ProductError';
}

export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}
