import { z } from 'zod';

import { approvals } from '../domain/approval.ts';
import { counted } from '../domain/counted.ts';
import { marker } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { AccountPage, PageRow } from '../domain/page.ts';
import { connectionWords, factsOf } from '../domain/request.ts';
import type { Order, Request } from '../domain/request.ts';
import { accountSpec, connectionOf, knownVendorUser } from './account-spec.ts';
import { breakGlassRows } from './break-glass.ts';
import { storedCredential, verificationOf } from './known-facts.ts';
import { pageSections } from './page-sections.ts';
import type { Ports } from './ports.ts';

const KIND_WORDS = {
  integration: 'connects Flow to a vendor',
  automation: 'serves an automated process',
  'flow-user': "is a Flow user for Flow's API",
} as const;

/** Everything a colleague must know about the account, from what the request's journal knows now. */
export async function accountPage(
  request: Request,
  ports: Ports,
  status: AccountPage['status'],
  now: Date,
): Promise<AccountPage> {
  const { order } = request;
  return {
    marker: marker(accountIdOf(request)),
    title: `Flow service account ${order.address} (${accountIdOf(request)})`,
    status,
    summary: `${order.address} ${KIND_WORDS[order.kind]}. ${order.purpose}`,
    rows: [
      ...(await peopleRows(request, ports)),
      ...(await breakGlassRows(request, (id) => ports.personName(id))),
      ...orderRows(request, ports),
      ...credentialRows(request, ports),
    ],
    sections: pageSections(request, ports),
    secret: storedCredential(request) ?? null,
    updatedAt: now.toISOString(),
  };
}

async function peopleRows(request: Request, ports: Ports): Promise<PageRow[]> {
  const { order } = request;
  const origin = originOf(request);
  const names = await Promise.all(origin.approvers.map((by) => ports.personName(by)));
  const rows: PageRow[] = [
    { label: 'Account', value: accountIdOf(request) },
    { label: 'Purpose', value: order.purpose },
    { label: 'Owner', value: await ports.personName(order.owner) },
    {
      label: 'Second owner',
      value: order.secondOwner === null ? 'none' : await ports.personName(order.secondOwner),
    },
    { label: 'Requested by', value: await ports.personName(origin.requester) },
    {
      label: 'Approved by',
      value: names.length > 0 ? names.join(', ') : `rule "${origin.rule}" (no approval needed)`,
    },
  ];
  return rows;
}

function orderRows(request: Request, ports: Ports): PageRow[] {
  const { order } = request;
  if (order.kind === 'flow-user') {
    const role =
      order.role === 'admin' ? 'Admin' : `Custom role reading ${order.permissions.join(', ')}`;
    return [
      { label: 'Address', value: order.address },
      { label: 'Role in Flow', value: role },
      { label: 'Flow', value: ports.flow.baseUrl, url: ports.flow.baseUrl },
    ];
  }
  const connection = connectionOf(request, ports);
  const user = knownVendorUser(request);
  const profile = connection.vendor.profile(accountSpec(request, ports));
  return [
    { label: 'Address', value: order.address },
    { label: 'Connection', value: `${connection.name} (${connection.definition.name})` },
    {
      label: 'Login',
      value: user?.login ?? 'not yet',
      ...(user?.url == null ? {} : { url: user.url }),
    },
    { label: 'Role', value: profile.role },
    { label: 'Scope', value: order.scope.map((item) => `${item.kind} ${item.name}`).join(', ') },
    { label: 'Token scopes', value: profile.tokenScopes.join(', ') },
    ...connectedRows(request, ports, order),
    ...stateRows(request),
  ];
}

function connectedRows(request: Request, ports: Ports, order: Order): PageRow[] {
  if (order.kind === 'automation') {
    const automation = ports.automations.get(order.automation);
    const where = `${order.secretName} in ${order.target} (${automation?.name ?? order.automation})`;
    return [
      { label: 'Automated process', value: order.process },
      { label: 'Credential is used as', value: where },
    ];
  }
  const name = factsOf(request, 'flow-integration')?.['name'];
  return [
    { label: 'Flow integration', value: typeof name === 'string' ? name : 'not yet connected' },
  ];
}

function stateRows(request: Request): PageRow[] {
  const value = connectionWords(request);
  return value === undefined ? [] : [{ label: 'State of the connection', value }];
}

function credentialRows(request: Request, ports: Ports): PageRow[] {
  const secret = storedCredential(request);
  const verification = verificationOf(request);
  const row: PageRow = {
    label: 'Credential',
    value:
      secret === undefined
        ? 'not yet stored'
        : `${secret.name} in ${ports.storeName}, version ${secret.version}`,
    ...(secret === undefined || secret.url === '' ? {} : { url: secret.url }),
  };
  if (verification === undefined) return [row];
  const { sees, at, expiresAt } = verification;
  return [
    row,
    { label: 'Verified', value: `${at}, sees ${counted(sees.count, sees.noun)}` },
    { label: 'Expires', value: expiresAt ?? 'never by itself' },
    { label: 'Next rotation', value: rotateAt(request, new Date(at)) },
  ];
}

/** Who asked for the account and let it be made, also when a later request draws its page. */
export interface Origin {
  readonly requester: string;
  readonly approvers: readonly string[];
  readonly rule: string;
}

const originFacts = z.object({
  requester: z.string(),
  approvers: z.array(z.string()),
  rule: z.string(),
});

function originOf(request: Request): Origin {
  const kept = originFacts.safeParse(request.inherited['origin']).data;
  return (
    kept ?? {
      requester: request.requester,
      approvers: approvals(request.decisions).map(({ by }) => by),
      rule: request.policy.rule,
    }
  );
}

const DAY_MS = 86_400_000;
const BEFORE_EXPIRY_DAYS = 7;

/** The rotation period's end, or a week before the credential dies, whichever is first. */
export function rotateAt(request: Request, from: Date): string {
  const planned = from.getTime() + request.order.rotationDays * DAY_MS;
  const expiresAt = verificationOf(request)?.expiresAt;
  const latest = expiresAt == null ? planned : Date.parse(expiresAt) - BEFORE_EXPIRY_DAYS * DAY_MS;
  return new Date(Math.min(planned, latest)).toISOString();
}
