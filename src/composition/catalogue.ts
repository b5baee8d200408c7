import { FLOW_OBJECTS } from '../flow/flow.ts';
import type { Catalogue } from '../slack/catalogue.ts';
import { stepOf } from '../steps/index.ts';
import type { Ports } from '../steps/ports.ts';
import type { StepNames } from '../steps/step.ts';
import type { Request } from '../domain/request.ts';

const ROTATION_DAYS = [90, 30, 60, 180, 351];

/** What Slack's forms and cards need to know of the adapters, as plain words. */
export function catalogueOf(ports: Ports): Catalogue {
  return {
    connections: [...ports.connections.values()].map(({ id, name, definition }) => ({
      id,
      name,
      vendorName: definition.name,
      accessWords: definition.accessWords,
      scopeWord: definition.scopeWord,
      services: definition.services,
      git: definition.git,
    })),
    automations: [...ports.automations.values()].map(({ id, name, definition }) => ({
      id,
      name,
      targetHint: definition.targetHint,
    })),
    searchScopes: async (id, text) =>
      (await ports.connections.get(id)?.vendor.searchScopes(text)) ?? [],
    searchTargets: async (id, text) =>
      (await ports.automations.get(id)?.automation.searchTargets(text)) ?? [],
    address: (localPart) => ports.mailboxes.address(localPart),
    profile: (order) => ports.connections.get(order.connection)?.vendor.profile(order),
    stepTitle: (request, stepId) =>
      stepOf(request, stepId)?.title(request, namesFor(request, ports)) ?? stepId,
    storeName: ports.storeName,
    storeWarning: ports.storeWarning,
    knowledgeName: ports.knowledgeName,
    flowObjects: FLOW_OBJECTS,
    rotationDays: ROTATION_DAYS,
  };
}

function namesFor({ order }: Request, ports: Ports): StepNames {
  const connection =
    order.kind === 'flow-user' ? undefined : ports.connections.get(order.connection);
  const automation =
    order.kind === 'automation' ? ports.automations.get(order.automation) : undefined;
  return {
    connection: connection?.name ?? 'the connection',
    vendor: connection?.definition.name ?? 'vendor',
    store: ports.storeName,
    knowledge: ports.knowledgeName,
    automation: automation?.name ?? 'the automation',
  };
}
