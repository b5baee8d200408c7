import type {
  Access,
  AutomationOrder,
  FlowService,
  IntegrationOrder,
  Request,
  ScopeItem,
} from '../domain/request.ts';

/** A vendor connection as far as forms and cards need to know it. */
export interface ConnectionWords {
  readonly id: string;
  /** "GitLab acme". */
  readonly name: string;
  /** "GitLab". */
  readonly vendorName: string;
  readonly accessWords: Readonly<Record<Access, { readonly label: string; readonly hint: string }>>;
  /** "group or project". */
  readonly scopeWord: string;
  readonly services: readonly FlowService[];
  /** Only Git vendors can be used by automations. */
  readonly git: boolean;
}

interface AutomationWords {
  readonly id: string;
  readonly name: string;
  readonly targetHint: string;
}

/** What an account will be allowed, in the vendor's own words. */
interface AccessWords {
  readonly role: string;
  readonly tokenScopes: readonly string[];
  readonly means: readonly string[];
  readonly notes: readonly string[];
}

/**
 * All that Slack's views know of vendors, stores and the rest: plain words and two searches.
 * The composition root fills it, so this room never sees an adapter.
 */
export interface Catalogue {
  readonly connections: readonly ConnectionWords[];
  readonly automations: readonly AutomationWords[];
  searchScopes(connectionId: string, text: string): Promise<readonly ScopeItem[]>;
  searchTargets(
    automationId: string,
    text: string,
  ): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** The service address for a local part. */
  address(localPart: string): string;
  /** Undefined when the connection is no longer configured. */
  profile(order: IntegrationOrder | AutomationOrder): AccessWords | undefined;
  stepTitle(request: Request, stepId: string): string;
  readonly storeName: string;
  readonly storeWarning: string | null;
  readonly knowledgeName: string;
  /** API objects that a Flow role can grant. */
  readonly flowObjects: readonly string[];
  /** Rotation periods on offer, in days; the first is proposed. */
  readonly rotationDays: readonly number[];
}
