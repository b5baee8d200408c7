import { applicationBehind } from './sandbox-entra.ts';
import { administrators, groupsOf } from './sandbox-state.ts';
import type { AzureState, SandboxMember, SandboxToken } from './sandbox-state.ts';

export interface World {
  readonly state: AzureState;
  readonly now: () => Date;
}

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Routes = Readonly<Record<string, (call: Call) => Answer>>;

export interface Asker {
  readonly member: SandboxMember;
  /** Null for an application. */
  readonly token: SandboxToken | null;
}

/** A refusal as Azure DevOps words it. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, typeKey = 'VssServiceException') {
    super(message);
    this.status = status;
    this.body = { $id: '1', innerException: null, message, typeKey, errorCode: 0, eventId: 3000 };
  }
}

const INCLUDED: Readonly<Record<string, readonly string[]>> = {
  'vso.code_write': ['vso.code'],
  'vso.code_manage': ['vso.code', 'vso.code_write'],
  'vso.build_execute': ['vso.build'],
  'vso.graph_manage': ['vso.graph'],
  'vso.memberentitlementmanagement_write': ['vso.memberentitlementmanagement'],
};

interface Rule {
  readonly scope: string | null;
  /** Only a Project Collection Administrator may. */
  readonly admin?: boolean;
  /** `api-version` must begin so; previews must be named as such. */
  readonly version: RegExp;
}

/** Checks token, version, scope and right, in the order Azure DevOps does. */
export function guarded(
  { state, now }: World,
  rule: Rule,
  handle: (call: Call, asker: Asker) => Answer,
): (call: Call) => Answer {
  return (call) => {
    const asker = authenticate(state, now(), call.headers['authorization'] ?? '');
    if (asker === undefined) return notSignedIn(state, call);
    try {
      if (!rule.version.test(call.query.get('api-version') ?? '')) {
        throw new Refusal(400, 'The requested REST API version is not supported here.');
      }
      if (!isInScope(rule, asker)) return { status: 401 };
      const groups = groupsOf(state, asker.member.descriptor);
      if (rule.admin === true && !groups.has(administrators(state).descriptor)) {
        throw new Refusal(403, 'Access Denied: the caller needs more permissions.');
      }
      return handle(call, asker);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  };
}

/** An application has no scopes; what it may is up to its groups alone. */
function isInScope({ scope }: Rule, { token }: Asker): boolean {
  if (scope === null || token === null) return true;
  const has = token.scope.split(' ');
  const all = new Set([...has, ...has.flatMap((one) => INCLUDED[one] ?? [])]);
  return all.has(scope) || all.has('app_token');
}

function authenticate(state: AzureState, now: Date, header: string): Asker | undefined {
  if (header.startsWith('Bearer ')) {
    const application = applicationBehind(state, now, header);
    return application === undefined ? undefined : { member: application, token: null };
  }
  const [, value] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  const token = state.tokens.find((one) => one.value === value);
  if (token === undefined || token.revoked || token.validTo <= now.toISOString()) return undefined;
  const member = state.members.find((one) => one.id === token.memberId);
  return member === undefined || member.status === 'disabled' ? undefined : { member, token };
}

const SIGN_IN = '<html><title>Azure DevOps Services | Sign In</title></html>';

function notSignedIn(state: AzureState, call: Call): Answer {
  if (state.signInPage) return { status: 203, body: SIGN_IN };
  return call.headers['x-tfs-fedauthredirect'] === 'Suppress'
    ? { status: 401 }
    : { status: 302, headers: { location: 'https://spsprodneu1.vssps.visualstudio.com/_signin' } };
}

const PAGE = 50;

/** One page of a list, and the token for the next one. */
export function pageOf<T>(call: Call, all: readonly T[]): { part: T[]; next: string | null } {
  const start = Number(call.query.get('continuationToken') ?? 0);
  const end = start + PAGE;
  return { part: all.slice(start, end), next: end < all.length ? String(end) : null };
}
