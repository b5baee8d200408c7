import type { Clock } from '../../lib/clock.ts';
import { MAIL_DOMAIN } from '../sandbox-mail-server.ts';
import { SCOPE } from './scopes.ts';

export interface SandboxUser {
  readonly id: string;
  readonly primaryEmail: string;
  readonly aliases: Set<string>;
  readonly externalIds: readonly unknown[];
  readonly madeAt: number;
}

export interface SandboxGroup {
  readonly id: string;
  readonly email: string;
  readonly description: string;
  readonly members: Set<string>;
  readonly settings: Record<string, string>;
  readonly madeAt: number;
}

export const ADMIN = `flow-admin@${MAIL_DOMAIN}`;
export const BOT = `flow-bot@${MAIL_DOMAIN}`;
export const MOST_ALIASES = 30;

/** What a new group is like at Google: the whole company writes and reads. */
const NEW_GROUP = {
  whoCanPostMessage: 'ALL_IN_DOMAIN_CAN_POST',
  whoCanViewGroup: 'ALL_IN_DOMAIN_CAN_VIEW',
  whoCanJoin: 'CAN_REQUEST_TO_JOIN',
  isArchived: 'true',
  messageModerationLevel: 'MODERATE_NONE',
};

/** A Workspace: who is there, what was delegated, and how long Google takes to notice. */
export class Workspace {
  readonly users = new Map<string, SandboxUser>();
  readonly groups = new Map<string, SandboxGroup>();
  readonly deleted = new Set<string>();
  /** Scopes that a super administrator delegated to our key. */
  readonly delegated = new Set<string>(Object.values(SCOPE));
  seats = 10;
  /** Until a new user can be looked up, until it has a mailbox, and until a group takes members. */
  readonly delays = { visible: 0, mailbox: 30_000, group: 60_000, mail: 0 };
  readonly #clock: Clock;
  #ids = 100;

  constructor(clock: Clock) {
    this.#clock = clock;
    for (const email of [ADMIN, BOT]) this.addUser(email, [], 0);
  }

  now(): number {
    return this.#clock.now().getTime();
  }

  isOlder(thing: { readonly madeAt: number }, ms: number): boolean {
    return this.now() - thing.madeAt >= ms;
  }

  addUser(email: string, externalIds: readonly unknown[], madeAt = this.now()): SandboxUser {
    const user = {
      id: this.#nextId(),
      primaryEmail: email,
      aliases: new Set<string>(),
      externalIds,
      madeAt,
    };
    this.users.set(email, user);
    return user;
  }

  addGroup(email: string, description: string): SandboxGroup {
    const group = {
      id: this.#nextId(),
      email,
      description,
      members: new Set<string>(),
      settings: { ...NEW_GROUP },
      madeAt: this.now(),
    };
    this.groups.set(email, group);
    return group;
  }

  /** By id, primary address or alias. */
  findUser(key: string): SandboxUser | undefined {
    return [...this.users.values()].find(
      ({ id, primaryEmail, aliases }) => id === key || primaryEmail === key || aliases.has(key),
    );
  }

  findGroup(key: string): SandboxGroup | undefined {
    return [...this.groups.values()].find(({ id, email }) => id === key || email === key);
  }

  isTaken(address: string): boolean {
    const isThere = this.findUser(address) !== undefined || this.findGroup(address) !== undefined;
    return isThere || this.deleted.has(address);
  }

  /** Whose mailboxes get mail to this address; nobody's when it is refused. */
  mailboxesOf(address: string, from: 'inside' | 'outside'): string[] {
    const user = this.findUser(address);
    if (user !== undefined) {
      const isReady = this.isOlder(user, this.delays.mailbox + this.delays.mail);
      return isReady ? [user.primaryEmail] : [];
    }
    const group = this.findGroup(address);
    if (group === undefined) return [];
    const isOpen = group.settings['whoCanPostMessage'] === 'ANYONE_CAN_POST';
    return from === 'inside' || isOpen ? [...group.members] : [];
  }

  #nextId(): string {
    this.#ids += 1;
    return String(this.#ids);
  }
}
