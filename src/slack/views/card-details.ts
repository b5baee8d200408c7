import type { KnownBlock } from '@slack/types';

import type { Account } from '../../domain/account.ts';
import { counted } from '../../domain/counted.ts';
import type { AutomationOrder, IntegrationOrder, Order, Request } from '../../domain/request.ts';
import { fields, section } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { KINDS, SERVICES } from '../sentences.ts';
import { bold, day, join, joinUpTo, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';

/** "Service account to connect Flow to GitLab acme". */
export function titleOf(
  { order, operation }: Pick<Request, 'order' | 'operation'>,
  catalogue: Catalogue,
): string {
  const account = accountTitle(order, catalogue);
  switch (operation.kind) {
    case 'create':
      return account;
    case 'rotate':
      return `New credential: ${account}`;
    case 'close':
      return `Close: ${account}`;
    case 'adopt':
      return `Adopt: ${account}`;
  }
}

function accountTitle(order: Order, catalogue: Catalogue): string {
  if (order.kind === 'flow-user') return "Service account for Flow's API";
  const name = connectionName(order, catalogue);
  return order.kind === 'integration'
    ? `Service account to connect Flow to ${name}`
    : `Service account for an automated process at ${name}`;
}

function connectionName(order: IntegrationOrder | AutomationOrder, catalogue: Catalogue): string {
  return catalogue.connections.find(({ id }) => id === order.connection)?.name ?? order.connection;
}

/** Who asked for what: the facts that every reader looks for first. */
export function factFields(request: Request, catalogue: Catalogue): KnownBlock {
  const { order } = request;
  const owners =
    order.secondOwner === null
      ? person(order.owner)
      : say`${person(order.owner)}, then ${person(order.secondOwner)}`;
  return fields([
    fact('Requested by', person(request.requester)),
    fact('Address', words(order.address, 200)),
    fact('For', words(KINDS[order.kind].label)),
    fact('Owner', owners),
    ...placeFields(order, catalogue),
    fact('Renew the credential', say`every ${order.rotationDays} days`),
    fact('Credential kept in', words(catalogue.storeName)),
  ]);
}

function placeFields(order: Order, catalogue: Catalogue): Markup[] {
  if (order.kind === 'flow-user') {
    return [fact('Role in Flow', words(order.role === 'admin' ? 'Admin' : 'Named permissions'))];
  }
  const connection = fact('Connection', words(connectionName(order, catalogue)));
  if (order.kind === 'integration') return [connection];
  const automation = catalogue.automations.find(({ id }) => id === order.automation);
  const place = `${automation?.name ?? order.automation}, ${order.target}, as ${order.secretName}`;
  return [
    connection,
    fact('Process', words(order.process, 150)),
    fact('Goes to', words(place, 300)),
    fact("Flow's reports", words(order.hideFromReports ? 'Hidden' : 'Shown')),
  ];
}

function fact(label: string, value: Markup): Markup {
  return say`${bold(label)}\n${value}`;
}

/** What the account will be allowed, where, and what Flow sees through it. */
export function blastRadius(order: Order, catalogue: Catalogue): KnownBlock {
  const lines = order.kind === 'flow-user' ? flowUserRadius(order) : vendorRadius(order, catalogue);
  return section(say`${bold('What the account will be allowed')}\n${joinUpTo(lines, 1600)}`, 1800);
}

function flowUserRadius(order: Extract<Order, { kind: 'flow-user' }>): Markup[] {
  return order.role === 'admin'
    ? [
        say`• Role: Admin of Flow`,
        say`• :warning: It sees and can change everything in Flow: the data of every team and member, users, roles, integrations and API keys.`,
      ]
    : [
        say`• Role: its own, with named permissions only`,
        say`• It reads through the API: ${words(order.permissions.map((name) => name.replaceAll('_', ' ')).join(', '), 400)}`,
      ];
}

function vendorRadius(order: IntegrationOrder | AutomationOrder, catalogue: Catalogue): Markup[] {
  const profile = catalogue.profile(order);
  const scope = order.scope.map(({ name, kind }) => `${name} (${kind})`);
  return [
    say`• Where: ${list(scope, 500)}`,
    ...(profile === undefined
      ? [say`• :warning: The connection ${order.connection} is no longer configured.`]
      : [
          say`• Role: ${words(profile.role, 200)}`,
          say`• Token scopes: ${list(profile.tokenScopes, 300)}`,
        ]),
    ...flowReads(order),
    ...(profile?.means ?? []).map((sentence) => say`• ${words(sentence, 250)}`),
  ];
}

/** Flow reads nothing through an automation's account. */
function flowReads(order: IntegrationOrder | AutomationOrder): Markup[] {
  if (order.kind === 'automation') return [];
  return [say`• Flow reads: ${words(order.services.map((id) => SERVICES[id]).join(', '), 200)}`];
}

/** Names in a row, as many as fit. */
function list(names: readonly string[], limit: number): Markup {
  if (names.length === 0) return words('none');
  return joinUpTo(
    names.map((name) => words(name, 100)),
    limit,
    ', ',
  );
}

/** The lines of a finished account, for the confirmation. */
export function accountLines(account: Account, storeName: string): Markup[] {
  const { verification } = account;
  const { count, noun, sample } = verification.sees;
  const examples = sample.length === 0 ? say`` : say` (${list(sample, 200)})`;
  return [
    say`• Account: ${words(account.login, 100)}, ${words(account.address, 200)}`,
    say`• Role: ${words(verification.role, 200)}`,
    say`• Token scopes: ${list(verification.scopes, 300)}`,
    ...(verification.isNot.length === 0
      ? []
      : [say`• Also checked: it ${list(verification.isNot, 300)}`]),
    say`• Sees ${counted(count, noun)}${examples}`,
    say`• Credential kept in ${storeName}; next renewal ${day(account.rotateAt)}`,
    ...(verification.expiresAt === null
      ? []
      : [say`• Credential expires ${day(verification.expiresAt)}`]),
  ];
}

export function duplicates(similar: readonly Request[]): Markup {
  const lines = similar.map(
    ({ id, order }) => say`• ${id}: ${words(order.address, 120)}, owner ${person(order.owner)}`,
  );
  return join([
    say`:warning: *An account with the same purpose or address exists.*`,
    joinUpTo(lines, 900),
  ]);
}
