import { ProductError } from '../domain/errors.ts';
import { marker, nextName, proposedLogin, secretName, tokenName } from '../domain/naming.ts';
import { accountIdOf, generationOf } from '../domain/operation.ts';
import { factsOf } from '../domain/request.ts';
import type { AutomationOrder, IntegrationOrder, Request } from '../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendors/vendor.ts';
import { isAdopted, storedPassword } from './known-facts.ts';
import type { Connection, OpenAutomation, Ports } from './ports.ts';

/** Vendors cap lifetimes at about a year; the margin lets a rotation be late without an outage. */
const LONGEST_DAYS = 365;
const MARGIN_DAYS = 14;

export function credentialDays(request: Request): number {
  return Math.min(LONGEST_DAYS, request.order.rotationDays + MARGIN_DAYS);
}

/** The name under which the account's credential is kept. */
export function credentialName(request: Request): string {
  return secretName(accountIdOf(request), request.order.kind === 'flow-user' ? 'api-key' : 'token');
}

/** Where a request keeps the credential that it makes, and what the vendor's token is called. */
export interface CredentialSlot {
  readonly name: string;
  readonly tokenName: string;
}

/** A rotation keeps the new one beside the old one until it has been proven and is in use. */
export function credentialSlot(request: Request): CredentialSlot {
  const name = credentialName(request);
  return {
    name: request.operation.kind === 'rotate' ? nextName(name) : name,
    tokenName: tokenName(accountIdOf(request), generationOf(request)),
  };
}

/** `passwordUrl` is known once the password is stored; the steps before that say null. */
export function accountSpec(
  request: Request,
  ports: Ports,
  passwordUrl: string | null = storedPassword(request)?.url ?? null,
): AccountSpec {
  const order = vendorOrder(request);
  return {
    marker: marker(accountIdOf(request)),
    address: order.address,
    login: adoptedLogin(request) ?? proposedLogin(order.localPart, accountIdOf(request)),
    displayName: `Flow service account ${accountIdOf(request)}`,
    purpose: order.purpose,
    kind: order.kind,
    access: order.access,
    scope: order.scope,
    services: order.services,
    passwordUrl,
    password: () => ports.store.read(secretName(accountIdOf(request), 'password')),
  };
}

/** An account that was not made by the app keeps the login it had. */
function adoptedLogin(request: Request): string | undefined {
  if (request.operation.kind === 'adopt') return request.operation.login;
  return isAdopted(request) ? knownVendorUser(request)?.login : undefined;
}

function vendorOrder(request: Request): IntegrationOrder | AutomationOrder {
  if (request.order.kind !== 'flow-user') return request.order;
  throw new ProductError('internal', {
    subject: request.id,
    message: 'A Flow user has no vendor connection.',
  });
}

export function connectionOf(request: Request, ports: Ports): Connection {
  const { connection: id } = vendorOrder(request);
  const connection = ports.connections.get(id);
  if (connection !== undefined) return connection;
  throw new ProductError('invalid-config', {
    subject: id,
    message: `The connection "${id}" is no longer configured. Put it back into the configuration, or cancel and undo the request.`,
  });
}

export function automationOf(order: AutomationOrder, ports: Ports): OpenAutomation {
  const automation = ports.automations.get(order.automation);
  if (automation !== undefined) return automation;
  throw new ProductError('invalid-config', {
    subject: order.automation,
    message: `The automation "${order.automation}" is no longer configured. Put it back into the configuration, or cancel and undo the request.`,
  });
}

/** The user that the `vendor-user` step left; throws when that step has not been through. */
export function vendorUserOf(request: Request): VendorUser {
  const user = knownVendorUser(request);
  if (user !== undefined) return user;
  throw new ProductError('internal', {
    subject: request.id,
    message: 'The vendor user is not known yet.',
  });
}

export function knownVendorUser(request: Request): VendorUser | undefined {
  const facts = factsOf(request, 'vendor-user');
  if (facts === null || typeof facts['id'] !== 'string') return undefined;
  const url = facts['url'];
  return {
    id: facts['id'],
    login: String(facts['login']),
    url: typeof url === 'string' ? url : null,
  };
}
