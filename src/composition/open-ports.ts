import { automations } from '../automations/index.ts';
import type { AutomationDefinition } from '../automations/automation.ts';
import type { ValidConfig } from '../config/validate.ts';
import { createFlow } from '../flow/index.ts';
import type { FlowConfig } from '../flow/schema.ts';
import { knowledgeBases } from '../knowledge/index.ts';
import type { AdapterDeps } from '../lib/adapter.ts';
import { mailboxKinds } from '../mailboxes/index.ts';
import type { Connection, OpenAutomation, Ports } from '../steps/ports.ts';
import { stores } from '../stores/index.ts';
import type { LocalVault } from '../stores/store.ts';
import { vendors } from '../vendors/index.ts';
import { handsOf } from '../vendors/vendor.ts';
import type { VendorDefinition } from '../vendors/vendor.ts';

export interface PortDeps extends AdapterDeps {
  readonly local: LocalVault;
  readonly personName: (id: string) => Promise<string>;
}

/** Opens every configured adapter. Nothing is called yet: `doctor` and the steps do that. */
export function openPorts(config: ValidConfig, deps: PortDeps): Ports {
  const { clock, log } = deps;
  const store = chosen(stores, config.store.type);
  const knowledge = chosen(knowledgeBases, config.knowledge.type);
  const mailboxes = chosen(mailboxKinds, config.mailboxes.type);
  return {
    clock,
    connections: new Map(
      config.connections.map((entry, index) => [entry.id, openConnection(config, index, deps)]),
    ),
    automations: new Map(
      config.automations.map((entry, index) => [entry.id, openAutomation(config, index, deps)]),
    ),
    mailboxes: mailboxes.open(slice(config, 'mailboxes'), { clock, log }),
    store: store.open(slice(config, 'store'), { clock, log, local: deps.local }),
    storeName: store.name,
    storeWarning: store.warning,
    knowledge: knowledge.open(slice(config, 'knowledge'), { clock, log }),
    knowledgeName: knowledge.name,
    byHand: {
      mailboxes: mailboxes.byHand === true,
      knowledge: knowledge.byHand === true,
    },
    flow: createFlow(slice(config, 'flow') as FlowConfig, { clock, log }),
    depositPage: config.public_url !== undefined,
    graceMs: config.accounts.rotation_grace,
    keepMailboxes: config.accounts.keep_mailboxes,
    personName: deps.personName,
  };
}

function openConnection(config: ValidConfig, index: number, { clock, log }: PortDeps): Connection {
  const entry = config.connections[index];
  if (entry === undefined) throw new Error(`No connection ${index}`);
  const definition: VendorDefinition = chosen(vendors, entry.vendor);
  const settings = slice(config, `connections[${index}]`);
  const vendor = definition.open(settings, { clock, log, connectionName: entry.name });
  const hands = handsOf(definition, settings);
  return { id: entry.id, name: entry.name, vendor, definition: { ...definition, ...hands } };
}

function openAutomation(
  config: ValidConfig,
  index: number,
  { clock, log }: PortDeps,
): OpenAutomation {
  const entry = config.automations[index];
  if (entry === undefined) throw new Error(`No automation ${index}`);
  const definition: AutomationDefinition = chosen(automations, entry.type);
  const automation = definition.open(slice(config, `automations[${index}]`), { clock, log });
  return { id: entry.id, name: entry.name, automation, definition };
}

function chosen<T extends { readonly id: string }>(registry: readonly T[], id: string): T {
  const found = registry.find((definition) => definition.id === id);
  if (found === undefined)
    throw new Error(`The configuration was not validated: no adapter "${id}"`);
  return found;
}

/** The slice as its own schema delivered it; which adapter it belongs to was checked with it. */
function slice(config: ValidConfig, key: string): unknown {
  return config.slices.get(key);
}
