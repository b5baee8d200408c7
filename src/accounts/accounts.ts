import type { Account } from '../domain/account.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { Discovered } from './discover.ts';
import type { PersonId } from '../domain/request.ts';

export type AccountAnswer =
  | { readonly kind: 'done'; readonly value: Account }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly account: Account };

/** The life of an account after it is made. Each one is audited; all throw `not-found`. */
export interface Accounts {
  find(id: string): Promise<Account | undefined>;
  /** Looks at it now; `accept` takes what is found as right from now on. For owners and approvers. */
  check(id: string, by: Member, accept: boolean): Promise<AccountAnswer>;
  /** No reminders until then; at the latest three days before the renewal is due. */
  snooze(id: string, by: Member, days: number, reason: string): Promise<AccountAnswer>;
  /** The owner's word in a review that was asked for. */
  keep(id: string, by: Member): Promise<AccountAnswer>;
  /** Asks somebody to become the owner. */
  handOver(id: string, by: Member, to: Member): Promise<AccountAnswer>;
  answerHandOver(id: string, by: Member, accepts: boolean): Promise<AccountAnswer>;
  /** Groups that an account's approvers are made of; what a `Member` must be looked up with. */
  groupsOf(account: Account): readonly string[];
  /** Whoever may approve what concerns it, as its rule names them today. */
  approversOf(account: Account): {
    readonly users: readonly PersonId[];
    readonly groups: readonly string[];
  };
  /** Accounts at a connection that are not under care; see `discover`. Only for admins. */
  discover(connection: string): Promise<Discovered>;
  /** Somebody has left or come back: their accounts are looked at soon. */
  personChanged(id: PersonId): Promise<void>;
}
