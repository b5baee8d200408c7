import type { Access, FlowService, ScopeItem } from '../domain/request.ts';

/** What decides the rights of an account in an organisation, at every kind of GitHub. */
export interface RightsOrder {
  readonly kind: 'integration' | 'automation';
  readonly access: Access;
  readonly scope: readonly ScopeItem[];
  readonly services: readonly FlowService[];
}

export interface GitHubOrder extends RightsOrder {
  readonly marker: string;
  readonly passwordUrl: string | null;
}

export interface GitHubAccount {
  readonly id: string;
  readonly login: string;
}
