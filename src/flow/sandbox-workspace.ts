import { randomBytes } from 'node:crypto';

export interface SandboxUser {
  readonly id: number;
  readonly email: string;
  hasLogin: boolean;
  pendingInvitation: boolean;
  hiddenFromReports: boolean;
  roles: string[];
}

export interface SandboxRole {
  readonly name: string;
  /** API objects its holders' keys may read. */
  readonly api: readonly string[];
  readonly rights: readonly string[];
}

export interface SandboxIntegration {
  readonly id: number;
  readonly name: string;
  readonly vendorType: string;
  readonly username: string;
  readonly sourceTypes: readonly string[];
  readonly marker: string;
  /** The UI's data status. */
  status: string;
  /** How often the status was asked for while it was Processing. */
  asked: number;
}

export interface SandboxRepo {
  readonly id: number;
  readonly name: string;
  readonly integrationId: number;
  blocked: boolean;
  failingSince: string | null;
}

export const MANAGE_KEYS = 'Manage API Keys';
export const MANAGE_INVITES = 'Manage User Invites';
const DEFAULT_ROLE = 'Team member';
const API_OBJECTS = ['users', 'teams', 'team_membership', 'repos', 'integrations'];

/** What Flow keeps about one organisation, with the rules its UI enforces on people. */
export class Workspace {
  readonly users: SandboxUser[] = [];
  readonly roles = new Map<string, SandboxRole>([
    ['Admin', { name: 'Admin', api: API_OBJECTS, rights: [MANAGE_KEYS, MANAGE_INVITES] }],
    [DEFAULT_ROLE, { name: DEFAULT_ROLE, api: [], rights: [] }],
  ]);
  /** Living keys and whose they are; one per user. */
  readonly keys = new Map<string, number>();
  readonly integrations: SandboxIntegration[] = [];
  readonly repos: SandboxRepo[] = [];
  #lastId = 100;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  user(email: string): SandboxUser | undefined {
    return this.users.find((user) => user.email.toLowerCase() === email.toLowerCase());
  }

  addUser(email: string): SandboxUser {
    const user: SandboxUser = {
      id: this.nextId(),
      email,
      hasLogin: false,
      pendingInvitation: false,
      hiddenFromReports: false,
      roles: [],
    };
    this.users.push(user);
    return user;
  }

  invite(email: string, roles: readonly string[]): void {
    const present = this.user(email);
    if (present?.hasLogin === true || present?.pendingInvitation === true) {
      refuse(`${email} is invited already.`);
    }
    const invited = present ?? this.addUser(email);
    // Default roles come with every invitation, on top of the chosen ones.
    this.setRoles(email, [...new Set([...roles, DEFAULT_ROLE])]);
    invited.pendingInvitation = true;
  }

  signUp(email: string): void {
    const invited = this.#known(email);
    if (!invited.pendingInvitation) refuse(`${email} has no open invitation.`);
    invited.pendingInvitation = false;
    invited.hasLogin = true;
  }

  setRoles(email: string, names: readonly string[]): void {
    for (const name of names) if (!this.roles.has(name)) refuse(`Flow has no role "${name}".`);
    this.#known(email).roles = [...names];
  }

  rightsOf(user: SandboxUser): { readonly api: Set<string>; readonly rights: Set<string> } {
    const held = user.roles.flatMap((name) => this.roles.get(name) ?? []);
    return {
      api: new Set(held.flatMap((role) => role.api)),
      rights: new Set(held.flatMap((role) => role.rights)),
    };
  }

  createKey(email: string): string {
    const owner = this.#known(email);
    if (!owner.hasLogin) refuse(`${email} can not sign in yet.`);
    if (!this.rightsOf(owner).rights.has(MANAGE_KEYS)) refuse(`${email} may not manage keys.`);
    if ([...this.keys.values()].includes(owner.id)) refuse(`${email} has a key already.`);
    const key = randomBytes(24).toString('base64url');
    this.keys.set(key, owner.id);
    return key;
  }

  deleteKey(email: string): void {
    const { id } = this.#known(email);
    for (const [key, owner] of this.keys) if (owner === id) this.keys.delete(key);
  }

  deleteUser(email: string): void {
    this.deleteKey(email);
    this.users.splice(this.users.indexOf(this.#known(email)), 1);
  }

  #known(email: string): SandboxUser {
    return this.user(email) ?? refuse(`Flow knows no user ${email}.`);
  }
}

/** What a person would read in red in Flow's UI. */
export function refuse(why: string): never {
  throw new Error(`Flow's UI refuses: ${why}`);
}
