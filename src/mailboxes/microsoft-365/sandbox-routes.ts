import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';
import { parseHeaders } from '../mail-headers.ts';
import type { MailDrop } from '../sandbox-post.ts';
import { CLIENT, CLIENT_SECRET, SKU, TENANT } from './sandbox-state.ts';
import type { SandboxUser, Tenant } from './sandbox-state.ts';

const READS_USERS = ['User.Read.All', 'User.ReadWrite.All'];

/** The parts of Graph and of the token endpoint that addresses need. */
export function microsoftRoutes(tenant: Tenant, drop: MailDrop): Routes {
  const tokens = new Map<string, { roles: Set<string>; until: number }>();
  const as =
    (handler: Handler, ...permissions: string[]): Handler =>
    (request) => {
      const token = request.headers['authorization']?.replace('Bearer ', '') ?? '';
      const issued = tokens.get(token);
      if (issued === undefined || issued.until < tenant.now()) {
        return refuse(401, 'InvalidAuthenticationToken');
      }
      const may = permissions.some((each) => issued.roles.has(each));
      return may ? handler(request) : refuse(403, 'Authorization_RequestDenied');
    };
  const asReader =
    (handler: (user: SandboxUser, request: SandboxRequest) => SandboxAnswer): Handler =>
    (request) => {
      const user = tenant.visible(request.params['user'] ?? '');
      const mayRead = tenant.exchangeLetsRead || tenant.consented.has('Mail.ReadBasic.All');
      if (!mayRead) return refuse(403, 'ErrorAccessDenied');
      if (user === undefined) return refuse(404, 'ErrorInvalidUser');
      return tenant.hasMailbox(user)
        ? handler(user, request)
        : refuse(404, 'MailboxNotEnabledForRESTAPI');
    };
  const users = userHandlers(tenant);
  return {
    'POST /:tenant/oauth2/v2.0/token': (request) => issue(tenant, tokens, request),
    'GET /v1.0/users': as(users.list, ...READS_USERS),
    'POST /v1.0/users': as(users.add, 'User.ReadWrite.All'),
    'GET /v1.0/users/:user': as(users.get, ...READS_USERS),
    'DELETE /v1.0/users/:user': as(users.remove, 'User.ReadWrite.All'),
    'POST /v1.0/users/:user/assignLicense': as(users.license, 'LicenseAssignment.ReadWrite.All'),
    'GET /v1.0/subscribedSkus': as(() => skus(tenant), 'LicenseAssignment.Read.All'),
    'GET /v1.0/users/:user/mailFolders/inbox': asReader(() => found({ id: 'inbox' })),
    'GET /v1.0/users/:user/messages': asReader((user, request) => messages(drop, user, request)),
  };
}

function issue(
  tenant: Tenant,
  tokens: Map<string, { roles: Set<string>; until: number }>,
  { params, body }: SandboxRequest,
): SandboxAnswer {
  const form = (body ?? {}) as Record<string, string>;
  const isKnown =
    params['tenant'] === TENANT &&
    form['client_id'] === CLIENT &&
    form['client_secret'] === CLIENT_SECRET;
  if (!isKnown) return { status: 401, body: { error: 'invalid_client' } };
  const isWhole =
    form['grant_type'] === 'client_credentials' && form['scope']?.endsWith('/.default') === true;
  if (!isWhole) return { status: 400, body: { error: 'invalid_request' } };
  const roles = new Set(tenant.consented);
  // Without any permission the claim is missing.
  const claims = {
    aud: 'https://graph.microsoft.com',
    ...(roles.size > 0 ? { roles: [...roles] } : {}),
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256' })}.${part(claims)}.signature-${tokens.size + 1}`;
  tokens.set(token, { roles, until: tenant.now() + 3_599_000 });
  return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
}

function userHandlers(tenant: Tenant) {
  return {
    list({ query }) {
      const address = /^mail eq '(.+)'$/.exec(query.get('$filter') ?? '')?.[1];
      if (address === undefined) return refuse(400, 'Request_UnsupportedQuery');
      const user = tenant.visible(address);
      const isFound = user !== undefined && tenant.hasMailbox(user);
      return found({ value: isFound ? [show(tenant, user, query)] : [] });
    },
    get({ params, query }) {
      const user = tenant.visible(params['user'] ?? '');
      return user === undefined ? missing() : found(show(tenant, user, query));
    },
    add({ body }) {
      const user = body as Record<string, unknown>;
      const text = (name: string): string | null => {
        const value = user[name];
        return typeof value === 'string' ? value : null;
      };
      const upn = (text('userPrincipalName') ?? '').toLowerCase();
      const wanted = ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile'];
      const isWhole = wanted.every((name) => user[name] !== undefined);
      const isShort = (text('employeeId') ?? '').length <= 16;
      if (!isWhole || !isShort || !tenant.isInDomain(upn)) return refuse(400, 'Request_BadRequest');
      if (tenant.find(upn) !== undefined || tenant.others.has(upn)) return conflict();
      const made = tenant.add({
        userPrincipalName: upn,
        displayName: text('displayName') ?? '',
        employeeId: text('employeeId'),
        accountEnabled: user['accountEnabled'] === true,
        usageLocation: text('usageLocation'),
        isShared: false,
      });
      return { status: 201, body: { id: made.id, userPrincipalName: upn } };
    },
    remove({ params }) {
      const user = tenant.visible(params['user'] ?? '');
      if (user === undefined) return missing();
      tenant.users.delete(user.id);
      return { status: 204 };
    },
    license({ params, body }) {
      const user = tenant.visible(params['user'] ?? '');
      if (user === undefined) return missing();
      const { addLicenses = [] } = body as { addLicenses?: { skuId: string }[] };
      const isKnown = addLicenses.length === 1 && addLicenses[0]?.skuId === SKU.id;
      const isFree = user.licensedAt !== null || tenant.used() < tenant.seats;
      if (!isKnown || user.usageLocation === null || !isFree) {
        return refuse(400, 'Request_BadRequest');
      }
      user.licensedAt ??= tenant.now();
      return found({ id: user.id });
    },
  } satisfies Record<string, Handler>;
}

/** Only what was selected; some fields never come by themselves. */
function show(tenant: Tenant, user: SandboxUser, query: URLSearchParams): Record<string, unknown> {
  const isReady = tenant.hasMailbox(user);
  const plan = { service: 'exchange', capabilityStatus: 'Enabled', provisioningStatus: 'Success' };
  const all: Record<string, unknown> = {
    ...user,
    mail: isReady ? user.userPrincipalName : null,
    assignedLicenses: user.licensedAt === null ? [] : [{ skuId: SKU.id, disabledPlans: [] }],
    provisionedPlans: isReady ? [plan] : [{ ...plan, provisioningStatus: 'PendingProvisioning' }],
  };
  const names = query.get('$select')?.split(',') ?? ['id', 'displayName', 'userPrincipalName'];
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

function skus(tenant: Tenant): SandboxAnswer {
  const units = { consumedUnits: tenant.used(), prepaidUnits: { enabled: tenant.seats } };
  return found({ value: [{ skuId: SKU.id, skuPartNumber: SKU.part, ...units }] });
}

function messages(drop: MailDrop, user: SandboxUser, { query }: SandboxRequest): SandboxAnswer {
  const since = /^receivedDateTime ge (\S+)$/.exec(query.get('$filter') ?? '')?.[1];
  const isWhole =
    query.get('$select') === 'receivedDateTime,internetMessageHeaders' &&
    query.get('$orderby') === 'receivedDateTime desc';
  if (since === undefined || !isWhole) return refuse(400, 'ErrorInvalidUrlQuery');
  const value = drop
    .sentTo(user.userPrincipalName)
    .filter(({ receivedAt }) => receivedAt.getTime() >= Date.parse(since))
    .toReversed()
    .slice(0, Number(query.get('$top') ?? 10))
    .map(({ uid, raw, receivedAt }) => ({
      id: String(uid),
      receivedDateTime: `${receivedAt.toISOString().slice(0, 19)}Z`,
      internetMessageHeaders: parseHeaders(raw).map(([name, text]) => ({ name, value: text })),
    }));
  return found({ value });
}

function found(body: unknown): SandboxAnswer {
  return { status: 200, body };
}

function refuse(status: number, code: string): SandboxAnswer {
  return { status, body: { error: { code, message: `Sandbox: ${code}` } } };
}

function missing(): SandboxAnswer {
  return refuse(404, 'Request_ResourceNotFound');
}

function conflict(): SandboxAnswer {
  const details = [{ code: 'ObjectConflict', target: 'userPrincipalName', message: 'taken' }];
  return {
    status: 400,
    body: { error: { code: 'Request_BadRequest', message: 'Sandbox: conflict', details } },
  };
}
