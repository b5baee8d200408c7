import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

export interface SandboxRule {
  readonly id: string;
  name: string;
  enabled: boolean;
  matchers: readonly { type: string; field?: string; value?: string }[];
  actions: readonly { type: string; value: readonly string[] }[];
}

export type Permission = 'rules:read' | 'rules:edit' | 'addresses:read' | 'dns:read' | 'zone:read';

/** A zone with Email Routing, and the account that it is in. */
export interface Zone {
  readonly name: string;
  readonly zoneId: string;
  readonly accountId: string;
  readonly token: string;
  readonly permissions: Set<Permission>;
  readonly rules: SandboxRule[];
  /** Destination addresses; true once somebody has confirmed the mail. */
  readonly destinations: Map<string, boolean>;
  enabled: boolean;
  /** Rules that the plan allows. */
  mostRules: number;
}

export function cloudflareRoutes(zone: Zone): Routes {
  const as =
    (handler: Handler, ...any: Permission[]): Handler =>
    (request) => {
      if (request.headers['authorization'] !== `Bearer ${zone.token}`) return refuse(401, 1000);
      const { zone: zoneId = zone.zoneId, account = zone.accountId } = request.params;
      const isHere = zoneId === zone.zoneId && account === zone.accountId;
      const may = isHere && any.some((each) => zone.permissions.has(each));
      return may ? handler(request) : refuse(403, 10_000);
    };
  const rules = '/client/v4/zones/:zone/email/routing/rules';
  const { list, add, change, remove } = ruleHandlers(zone);
  return {
    [`GET ${rules}`]: as(list, 'rules:read', 'rules:edit'),
    [`POST ${rules}`]: as(add, 'rules:edit'),
    [`PUT ${rules}/:rule`]: as(change, 'rules:edit'),
    [`DELETE ${rules}/:rule`]: as(remove, 'rules:edit'),
    'GET /client/v4/accounts/:account/email/routing/addresses': as(
      (request) =>
        paged(
          request,
          [...zone.destinations].map(([email, verified]) => ({
            email,
            verified: verified ? '2026-11-01T00:00:00Z' : null,
          })),
        ),
      'addresses:read',
    ),
    'GET /client/v4/zones/:zone/email/routing': as(
      () => found({ enabled: zone.enabled, name: zone.name, status: statusOf(zone) }),
      'zone:read',
    ),
    'GET /client/v4/zones/:zone/dns_records': as(() => found([]), 'dns:read'),
    'GET /client/v4/accounts/:account/members': as(() => refuse(403, 10_000)),
    'GET /client/v4/accounts/:account/workers/scripts': as(() => refuse(403, 10_000)),
  };
}

function statusOf({ enabled }: Zone): string {
  return enabled ? 'ready' : 'unconfigured';
}

function ruleHandlers(zone: Zone) {
  let made = 0;
  const find = ({ params }: SandboxRequest) => zone.rules.find(({ id }) => id === params['rule']);
  const isValid = ({ body }: SandboxRequest): boolean => {
    const { matchers, actions } = body as Partial<SandboxRule>;
    const isLiteral = matchers?.length === 1 && matchers[0]?.type === 'literal';
    const isInZone = matchers?.[0]?.value?.endsWith(zone.name) === true;
    return isLiteral && isInZone && actions?.length === 1 && actions[0]?.value.length === 1;
  };
  // Where nobody confirmed the destination, a rule is kept and does nothing.
  const fill = (rule: SandboxRule, { body }: SandboxRequest): SandboxRule => {
    const wanted = body as SandboxRule;
    const isVerified = zone.destinations.get(wanted.actions[0]?.value[0] ?? '') === true;
    return Object.assign(rule, wanted, { enabled: wanted.enabled && isVerified });
  };
  return {
    list: (request) => paged(request, zone.rules),
    add(request) {
      if (!isValid(request) || zone.rules.length >= zone.mostRules) return refuse(400, 2008);
      made += 1;
      const id = made.toString(16).padStart(32, '0');
      const rule = fill({ id, name: '', enabled: true, matchers: [], actions: [] }, request);
      zone.rules.push(rule);
      return found(rule);
    },
    change(request) {
      const rule = find(request);
      if (rule === undefined) return refuse(404, 2007);
      return isValid(request) ? found(fill(rule, request)) : refuse(400, 2008);
    },
    remove(request) {
      const rule = find(request);
      if (rule === undefined) return refuse(404, 2007);
      zone.rules.splice(zone.rules.indexOf(rule), 1);
      return found(rule);
    },
  } satisfies Record<string, Handler>;
}

function paged({ query }: SandboxRequest, all: readonly unknown[]): SandboxAnswer {
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('per_page') ?? 20);
  const result = all.slice((page - 1) * size, page * size);
  const info = { page, per_page: size, total_count: all.length };
  const pages = { total_pages: Math.ceil(all.length / size) };
  return {
    status: 200,
    body: { success: true, errors: [], result, result_info: { ...info, ...pages } },
  };
}

function found(result: unknown): SandboxAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

function refuse(status: number, code: number): SandboxAnswer {
  const errors = [{ code, message: `Sandbox: ${code}` }];
  return { status, body: { success: false, errors, messages: [], result: null } };
}
