import type { Clock } from '../../lib/clock.ts';
import type { Json } from './json.ts';
import { createTriggers } from './triggers.ts';
import type { Triggers } from './triggers.ts';

export interface Person {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  readonly tz: string;
  readonly deleted: boolean;
  readonly isBot: boolean;
  readonly isAdmin: boolean;
  /** A guest in several channels. */
  readonly isRestricted: boolean;
  /** A guest in one channel. */
  readonly isUltraRestricted: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
  readonly disabled: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly members: Set<string>;
  readonly archived: boolean;
  /** Shared with another organisation over Slack Connect. */
  readonly extShared: boolean;
}

export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly botId: string | null;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly threadTs: string | null;
  readonly metadata: Json | null;
  readonly edited: boolean;
  /** Only this person sees it, until a reload. */
  readonly ephemeralFor: string | null;
  readonly args: Json;
}

export interface StoredView {
  readonly id: string;
  readonly rootViewId: string;
  readonly previousViewId: string | null;
  readonly userId: string;
  readonly hash: string;
  /** As the app sent it, with ids filled in. */
  readonly view: Json;
  readonly blocks: readonly Json[];
  /** block_id → action_id → value, as payloads carry it. */
  readonly values: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What the person reads under the inputs. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface Execution {
  readonly id: string;
  readonly functionId: string;
  readonly outcome: 'running' | 'success' | 'error';
  readonly result: Json;
}

export interface ResponseUrl {
  readonly userId: string;
  readonly channel: string;
  /** The message it belongs to, if an interaction made it. */
  readonly message: Message | null;
  readonly at: number;
  uses: number;
}

export interface WorldOptions {
  readonly clock: Clock;
  readonly teamId: string;
  readonly teamDomain: string;
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly botScopes: readonly string[];
  readonly appScopes: readonly string[];
  readonly paidPlan: boolean;
  readonly homeTab: boolean;
}

/** Everything the workspace remembers; the Web API and the people act on it. */
export interface World extends WorldOptions {
  /** Where the Web API listens; known once it does. */
  url: string;
  readonly people: Map<string, Person>;
  readonly groups: Map<string, UserGroup>;
  readonly channels: Map<string, Channel>;
  readonly messages: Message[];
  readonly modals: Map<string, readonly StoredView[]>;
  readonly homes: Map<string, StoredView>;
  readonly triggers: Triggers;
  readonly responseUrls: Map<string, ResponseUrl>;
  readonly executions: Map<string, Execution>;
  readonly lockedMessages: Set<string>;
  /** Accepted by Slack, yet bad for people; tests demand that this is empty. */
  readonly advice: string[];
  /** Things Slack would not have shown or understood; tests demand that this is empty. */
  readonly unexpected: string[];
  /** Issued for Socket Mode, each good for one connection. */
  readonly tickets: Set<string>;
  socketUrl: string;
  nextTs(): string;
  nextId(prefix: string): string;
  onChange(listener: () => void): () => void;
  changed(): void;
}

export function createWorld(options: WorldOptions): World {
  let count = 0;
  const listeners = new Set<() => void>();
  const world: World = {
    ...options,
    url: '',
    socketUrl: '',
    people: new Map(),
    groups: new Map(),
    channels: new Map(),
    messages: [],
    modals: new Map(),
    homes: new Map(),
    triggers: createTriggers(options.clock),
    responseUrls: new Map(),
    executions: new Map(),
    lockedMessages: new Set(),
    advice: [],
    unexpected: [],
    tickets: new Set(),
    nextTs() {
      count += 1;
      const seconds = Math.floor(options.clock.now().getTime() / 1000);
      return `${seconds}.${String(count).padStart(6, '0')}`;
    },
    nextId(prefix) {
      count += 1;
      return `${prefix}${String(count).padStart(8, '0')}`;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed() {
      for (const listener of listeners) listener();
    },
  };
  return world;
}
