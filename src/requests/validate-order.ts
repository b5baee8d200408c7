import { isLocalPart, PROPOSED_LOCAL_PART } from '../domain/naming.ts';
import { FLOW_SERVICES, KINDS } from '../domain/request.ts';
import type { Access, FlowService, Kind, Order, ScopeItem } from '../domain/request.ts';
import { FLOW_OBJECTS } from '../flow/flow.ts';
import type { Connection, Ports } from '../steps/ports.ts';
import type { DraftOrder, FieldErrors } from './requests.ts';
import { fieldsWithSecrets, TYPED_SECRET } from './typed-secret.ts';

export type Validated =
  | { readonly kind: 'valid'; readonly order: Order }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors };

/** Turns what a form delivered into an order, or says field by field what is wrong. */
export function validateOrder(draft: DraftOrder, ports: Ports): Validated {
  const errors: FieldErrors = {};
  const kind = KINDS.find((known) => known === draft.kind);
  if (kind === undefined) return invalid({ kind: 'Choose what the account is for.' });
  const common = validateCommon(draft, kind, ports, errors);
  const order =
    kind === 'flow-user'
      ? { ...common, kind, ...validateFlowUser(draft, errors) }
      : validateVendorOrder(draft, kind, common, ports, errors);
  refuseSecrets(draft, errors);
  return Object.keys(errors).length > 0 ? invalid(errors) : { kind: 'valid', order };
}

function invalid(errors: FieldErrors): Validated {
  return { kind: 'invalid', errors };
}

const FREE_TEXTS = ['localPart', 'purpose', 'process', 'secretName'] as const;

/** Forms are read by many and kept for long: a credential typed there is refused, not stored. */
function refuseSecrets(draft: DraftOrder, errors: FieldErrors): void {
  for (const field of FREE_TEXTS) {
    if (fieldsWithSecrets({ [field]: draft[field] ?? '' }).length > 0) errors[field] = TYPED_SECRET;
  }
}

const SHORTEST_PURPOSE = 10;
const LONGEST_PURPOSE = 1000;
// Tokens live at most a year at nearly every vendor, and a rotation may be two weeks late.
const LONGEST_ROTATION_DAYS = 351;
const USER_ID = /^[UW][A-Z0-9]{2,}$/;

function validateCommon(draft: DraftOrder, kind: Kind, ports: Ports, errors: FieldErrors) {
  const localPart = draft.localPart.trim().toLowerCase();
  if (!isLocalPart(localPart)) {
    errors.localPart = `Use 1 to 40 of a-z, 0-9, dot, dash and underscore, for example ${PROPOSED_LOCAL_PART[kind]}.`;
  }
  const address = errors.localPart === undefined ? ports.mailboxes.address(localPart) : '';
  const purpose = validatePurpose(draft, errors);
  return {
    localPart,
    address,
    purpose,
    ...validateOwners(draft, errors),
    ...validateRotation(draft, errors),
  };
}

function validatePurpose(draft: DraftOrder, errors: FieldErrors): string {
  const purpose = draft.purpose.trim();
  if (purpose.length < SHORTEST_PURPOSE) {
    errors.purpose =
      'Say in a sentence what it is for, for example: Flow reads the repositories of the web team.';
  } else if (purpose.length > LONGEST_PURPOSE) {
    errors.purpose = `Keep it under ${LONGEST_PURPOSE} characters; details belong on the page.`;
  }
  return purpose;
}

function validateOwners(draft: DraftOrder, errors: FieldErrors) {
  const { owner } = draft;
  if (!USER_ID.test(owner)) errors.owner = 'Choose the person who answers for this account.';
  const secondOwner =
    draft.secondOwner === undefined || draft.secondOwner === '' ? null : draft.secondOwner;
  if (secondOwner === owner) {
    errors.secondOwner =
      'Choose somebody else than the owner: they stand in when the owner leaves.';
  }
  return { owner, secondOwner };
}

function validateRotation(draft: DraftOrder, errors: FieldErrors) {
  const rotationDays = Number(draft.rotationDays);
  if (!Number.isInteger(rotationDays) || rotationDays < 1 || rotationDays > LONGEST_ROTATION_DAYS) {
    errors.rotationDays = `Choose a whole number of days from 1 to ${LONGEST_ROTATION_DAYS}, for example 90.`;
  }
  return { rotationDays };
}

type Common = ReturnType<typeof validateCommon>;

function validateVendorOrder(
  draft: DraftOrder,
  kind: 'integration' | 'automation',
  common: Common,
  ports: Ports,
  errors: FieldErrors,
): Order {
  const connection = validateConnection(draft, kind, ports, errors);
  const access = validateAccess(draft, errors);
  const scope = (draft.scope ?? []).map(parseScope).filter((item) => item !== undefined);
  if (scope.length === 0)
    errors.scope = `Choose at least one ${connection?.definition.scopeWord ?? 'place'}.`;
  const services = kind === 'automation' ? [] : validateServices(draft, access, connection, errors);
  const order = { ...common, connection: draft.connection ?? '', access, scope, services } as const;
  return kind === 'integration'
    ? { ...order, kind }
    : { ...order, kind, ...validateAutomation(draft, ports, errors) };
}

function validateConnection(
  draft: DraftOrder,
  kind: 'integration' | 'automation',
  ports: Ports,
  errors: FieldErrors,
) {
  const connection = ports.connections.get(draft.connection ?? '');
  if (connection === undefined) errors.connection = 'Choose one of the configured connections.';
  else if (kind === 'automation' && !connection.definition.git) {
    errors.connection = `${connection.name} is a ticket system; choose a Git connection for an automated process.`;
  }
  return connection;
}

function validateAccess(draft: DraftOrder, errors: FieldErrors): Access {
  if (draft.access === 'owner' || draft.access === 'contributor') return draft.access;
  errors.access = 'Choose how much access it gets.';
  return 'contributor';
}

/** What Flow is to read. Flow reads nothing through an automation's account. */
function validateServices(
  draft: DraftOrder,
  access: Access,
  connection: Connection | undefined,
  errors: FieldErrors,
): FlowService[] {
  const services = FLOW_SERVICES.filter((service) => draft.services?.includes(service) === true);
  const offered = connection?.definition.services;
  if (services.length === 0)
    errors.services = 'Choose what Flow is to read, for example repositories.';
  const missing = services.filter((service) => offered !== undefined && !offered.includes(service));
  if (missing.length > 0) errors.services = `This connection does not offer ${missing.join(', ')}.`;
  if (services.includes('webhooks') && access !== 'owner') {
    errors.services = 'Webhooks need owner access; choose owner, or leave webhooks out.';
  }
  return services;
}

function validateAutomation(draft: DraftOrder, ports: Ports, errors: FieldErrors) {
  const found = ports.automations.get(draft.automation ?? '');
  const target = draft.target ?? '';
  const secretName = (draft.secretName ?? '').trim();
  const process = (draft.process ?? '').trim();
  if (process.length < 3)
    errors.process = 'Name the automated process, for example: nightly release.';
  if (process.length > 100) errors.process = 'Keep the name under 100 characters.';
  if (found === undefined) errors.automation = 'Choose where its credential goes.';
  else {
    const badTarget =
      target === ''
        ? 'Choose the place that gets the credential.'
        : found.automation.refuseTarget(target);
    if (badTarget !== undefined) errors.target = badTarget;
    const badName = found.automation.refuseName(secretName);
    if (badName !== undefined) errors.secretName = badName;
  }
  const hideFromReports = draft.hideFromReports === true;
  return { automation: draft.automation ?? '', target, secretName, process, hideFromReports };
}

function validateFlowUser(draft: DraftOrder, errors: FieldErrors) {
  const role: 'admin' | 'permissions' = draft.role === 'admin' ? 'admin' : 'permissions';
  if (draft.role !== 'admin' && draft.role !== 'permissions')
    errors.role = 'Choose Admin or named permissions.';
  const permissions =
    role === 'admin'
      ? []
      : FLOW_OBJECTS.filter((object) => draft.permissions?.includes(object) === true);
  if (role === 'permissions' && permissions.length === 0) {
    errors.permissions = 'Choose at least one object it may read, for example users.';
  }
  return { role, permissions };
}

/** `kind|id|name`, as the scope select delivers it; ids and names may hold further bars. */
function parseScope(value: string): ScopeItem | undefined {
  const [kind, id, ...name] = value.split('|');
  if (kind === undefined || id === undefined || name.length === 0) return undefined;
  return { kind, id, name: name.join('|') };
}
