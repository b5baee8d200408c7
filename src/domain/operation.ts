import type { Facts, Kind, Request } from './request.ts';

export const OPERATIONS = ['create', 'rotate', 'close', 'adopt'] as const;
/** What a request is for: a new account, or something to be done with one that is there. */
export type OperationKind = (typeof OPERATIONS)[number];

export interface CreateOperation {
  readonly kind: 'create';
}

export interface RotateOperation {
  readonly kind: 'rotate';
  /** Id of the account. */
  readonly account: string;
  /** Number of the new credential; the account's first one is 1. */
  readonly generation: number;
  readonly reason: string;
}

export interface CloseOperation {
  readonly kind: 'close';
  readonly account: string;
  readonly reason: string;
}

/** Takes an account that is there already under care; from then on it is like one that was made. */
export interface AdoptOperation {
  readonly kind: 'adopt';
  /** Its login at the vendor; for a user of Flow, its address. */
  readonly login: string;
  /** Where its credential is in the store; null when a person hands it in. */
  readonly storedAs: string | null;
}

export type Operation = CreateOperation | RotateOperation | CloseOperation | AdoptOperation;

/** Operations on an account that is under care already. */
export type LaterOperation = RotateOperation | CloseOperation;

export function isLater(operation: Operation): operation is LaterOperation {
  return operation.kind === 'rotate' || operation.kind === 'close';
}

export const CREATE: CreateOperation = { kind: 'create' };

/** The account that a request is about; it has the id of the request that made or adopted it. */
export function accountIdOf({ id, operation }: Pick<Request, 'id' | 'operation'>): string {
  return isLater(operation) ? operation.account : id;
}

/** Number of the credential that a request makes. */
export function generationOf(request: Pick<Request, 'operation'>): number {
  return request.operation.kind === 'rotate' ? request.operation.generation : 1;
}

/**
 * Nothing of what a closing takes away can be given back, and a rotation has no way back once the
 * old credential may be revoked: these can only be gone on with.
 */
export function mayBeUndone(request: Pick<Request, 'operation' | 'steps'>): boolean {
  switch (request.operation.kind) {
    case 'create':
    case 'adopt':
      return true;
    case 'rotate':
      return !request.steps.some(({ facts }) => facts?.['revoking'] === true);
    case 'close':
      return false;
  }
}

/** An account that is in use stays so: a rotation that stops half-way is taken back at once. */
export function rollsBackByItself(request: Pick<Request, 'operation' | 'steps'>): boolean {
  return request.operation.kind === 'rotate' && mayBeUndone(request);
}

/** The step whose facts say where the account's credential is. */
export function credentialStep(kind: Kind): 'credential' | 'flow-key' {
  return kind === 'flow-user' ? 'flow-key' : 'credential';
}

/** Facts by step, as an account's earlier requests left them. */
export type InheritedFacts = Readonly<Record<string, Facts>>;
