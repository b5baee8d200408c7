import { ProductError } from '../domain/errors.ts';
import { marker, proposedLogin, secretName, tokenName } from '../domain/naming.ts';
import { factsOf } from '../domain/request.ts';
import type { AutomationOrder, IntegrationOrder, Request } from '../domain/request.ts';
import type { AccountSpec, VendorUser } from '../vendors/vendor.ts';
import { storedPassword } from './known-facts.ts';
import type { Connection, OpenAutomation, Ports } from './ports.ts';

/** The first credential of an account; rotation counts on from here. */
const FIRST_GENERATION = 1;

/** Vendors cap lifetimes at about a year; the margin lets a rotation be late without an outage. */
const LONGEST_DAYS = 365;
const MARGIN_DAYS = 14;

export function credentialDays(request: Request): number {
  return Math.min(LONGEST_DAYS, request.order.rotationDays + MARGIN_DAYS);
}

export function firstTokenName(request: Request): string {
  return tokenName(request.id, FIRST_GENERATION);
}

/** `passwordUrl` is known once the password is stored; the steps before that say null. */
export function accountSpec(
  request: Request,
  ports: Ports,
  passwordUrl: string | null = storedPassword(request)?.url ?? null,
): AccountSpec {
  const order = vendorOrder(request);
  return {
    marker: marker(request.id),
    address: order.address,
    login: proposedLogin(order.localPart, request.id),
    displayName: `Flow service account ${request.id}`,
    purpose: order.purpose,
    kind: order.kind,
    access: order.access,
    scope: order.scope,
    services: order.services,
    passwordUrl,
    password: () => ports.store.read(secretName(request.id, 'password')),
  };
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
