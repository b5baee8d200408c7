import type { Finding } from '../domain/finding.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Secret } from '../domain/secret.ts';
import type { HumanTask } from '../domain/task.ts';

export interface FlowUser {
  readonly id: string;
  readonly email: string;
  readonly hasLogin: boolean;
  readonly pendingInvitation: boolean;
  readonly hiddenFromReports: boolean;
}

export interface FlowIntegration {
  readonly id: string;
  readonly name: string;
  readonly vendorType: string;
  /** The account it authenticates with. */
  readonly username: string;
  /** The services Flow reads through it, in Flow's words. */
  readonly sourceTypes: readonly string[];
}

export interface IntegrationHealth {
  readonly status: 'processing' | 'healthy' | 'failed' | 'rate-limited' | 'unknown';
  /** Flow's own words, for people. */
  readonly words: string;
  readonly failingRepositories: readonly string[];
}

/** Which of Flow's API objects a key can read, found by asking for one of each. */
export interface KeyReach {
  readonly objects: readonly string[];
  readonly refused: readonly string[];
}

/** API objects that a role can grant in Flow, as the modal offers them. */
export const FLOW_OBJECTS = ['users', 'teams', 'team_membership', 'repos', 'integrations'] as const;

/** The Flow organisation: what its API can tell us, and exact tasks for what it cannot do. */
export interface Flow {
  check(): Promise<Finding[]>;
  /** Base URL of the workspace, for people. */
  readonly baseUrl: string;
  findUser(address: string): Promise<FlowUser | undefined>;
  /** The integration that authenticates as one of these names (logins or addresses, any case). */
  findIntegration(
    vendorType: string,
    names: readonly string[],
  ): Promise<FlowIntegration | undefined>;
  health(integrationId: string): Promise<IntegrationHealth>;
  /** Tries the key on each object. @throws ProductError `unauthenticated` when it is no key at all */
  probeKey(key: Secret, objects: readonly string[]): Promise<KeyReach>;
  /** Invites where the operator opted in to the undocumented call; else the guided task. */
  invite(address: string, role: FlowRole): Promise<Outcome<void>>;
  readonly tasks: FlowTasks;
}

export interface FlowRole {
  readonly kind: 'admin' | 'permissions';
  readonly permissions: readonly string[];
}

/** Guided steps with exact UI paths. `finding` is what the last check saw. */
export interface FlowTasks {
  /** With a finding the integration is there and ails: then the task is to edit it, never to add. */
  createIntegration(details: IntegrationDetails, finding: string | null): HumanTask;
  /** Puts a new credential into the integration that is there, as after a rotation. */
  replaceCredential(details: IntegrationDetails, finding: string | null): HumanTask;
  signUp(address: string, passwordUrl: string, finding: string | null): HumanTask;
  giveRole(address: string, role: FlowRole, finding: string | null): HumanTask;
  createKey(address: string, passwordUrl: string, secretName: string): HumanTask;
  hideFromReports(address: string, finding: string | null): HumanTask;
  deleteUser(address: string): HumanTask;
  deleteKey(address: string): HumanTask;
  disconnect(integrationName: string): HumanTask;
}

export interface IntegrationDetails {
  readonly tile: string;
  /** Proposed name of the integration in Flow. */
  readonly name: string;
  readonly credentialUrl: string;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  readonly services: readonly string[];
  readonly notes: readonly string[];
}
