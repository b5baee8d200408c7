import type { Clock } from '../../lib/clock.ts';
import { MAIL_DOMAIN } from '../sandbox-mail-server.ts';

export interface SandboxUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly employeeId: string | null;
  readonly accountEnabled: boolean;
  readonly usageLocation: string | null;
  readonly madeAt: number;
  readonly isShared: boolean;
  licensedAt: number | null;
}

export const SKU = { id: '4b9405b0-7788-4568-add1-99614e613b69', part: 'EXCHANGESTANDARD' };
export const TENANT = '11111111-2222-4333-8444-555555555555';
export const CLIENT = '66666666-7777-4888-9999-000000000000';
export const CLIENT_SECRET = 'client-secret-of-the-sandbox';

/** A tenant of Microsoft 365: its users, mailboxes and licences. */
export class Tenant {
  readonly users = new Map<string, SandboxUser>();
  /** Application permissions in Graph that an administrator consented to. */
  readonly consented = new Set<string>();
  /** What Exchange lets the app read, besides Graph's own permissions. */
  exchangeLetsRead = true;
  seats = 10;
  /** Addresses of groups and contacts, which a look for users does not show. */
  readonly others = new Set<string>();
  readonly delays = { visible: 0, mailbox: 60_000, mail: 0 };
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now().getTime();
  }

  add(user: Omit<SandboxUser, 'id' | 'madeAt' | 'licensedAt'>): SandboxUser {
    const number = String(this.users.size + 1).padStart(12, '0');
    const id = `00000000-0000-4000-8000-${number}`;
    const whole = { ...user, id, madeAt: this.now(), licensedAt: null };
    this.users.set(id, whole);
    return whole;
  }

  addShared(address: string, displayName: string): SandboxUser {
    return this.add({
      userPrincipalName: address,
      displayName,
      employeeId: null,
      accountEnabled: false,
      usageLocation: null,
      isShared: true,
    });
  }

  find(key: string): SandboxUser | undefined {
    return [...this.users.values()].find(
      ({ id, userPrincipalName }) => id === key || userPrincipalName === key.toLowerCase(),
    );
  }

  visible(key: string): SandboxUser | undefined {
    const user = this.find(key);
    return user && this.now() - user.madeAt >= this.delays.visible ? user : undefined;
  }

  used(): number {
    return [...this.users.values()].filter(({ licensedAt }) => licensedAt !== null).length;
  }

  hasMailbox(user: SandboxUser, more = 0): boolean {
    const since = user.isShared ? user.madeAt : user.licensedAt;
    return since !== null && this.now() - since >= this.delays.mailbox + more;
  }

  accepts(address: string): boolean {
    const user = this.find(address);
    return user !== undefined && this.hasMailbox(user, this.delays.mail);
  }

  isInDomain(address: string): boolean {
    return address.endsWith(`@${MAIL_DOMAIN}`);
  }
}
