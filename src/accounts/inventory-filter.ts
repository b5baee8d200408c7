import { HEALTH_STATES } from '../domain/account.ts';
import type { Account, HealthState } from '../domain/account.ts';
import { parseRequestId } from '../domain/naming.ts';
import { KINDS } from '../domain/request.ts';
import type { Kind, PersonId } from '../domain/request.ts';

/** Which accounts somebody wants to see. */
export interface InventoryFilter {
  /** Null: their own, unless they are an admin and name something to search for. */
  readonly scope: 'mine' | 'all' | null;
  readonly state: Account['state'];
  readonly kind?: Kind;
  readonly health?: HealthState;
  /** Id of a connection. */
  readonly connection?: string;
  readonly owner?: PersonId;
  /** Keyset paging: the last account of the page before. */
  readonly before?: string;
}

export type ReadFilter =
  | { readonly kind: 'filter'; readonly filter: InventoryFilter }
  /** The word that means nothing here. */
  | { readonly kind: 'unknown'; readonly word: string };

/** Filters as people type them: `all broken connection:gitlab owner:@somebody`. */
export function readFilter(text: string): ReadFilter {
  let filter: InventoryFilter = { scope: null, state: 'active' };
  for (const word of text.split(/\s+/u).filter((part) => part !== '')) {
    const change = readWord(word);
    if (change === undefined) return { kind: 'unknown', word };
    filter = { ...filter, ...change };
  }
  return { kind: 'filter', filter };
}

/** The same filter as words that `readFilter` understands. */
export function filterWords(filter: InventoryFilter): string {
  const { scope, state, kind, health, connection, owner, before } = filter;
  return [
    ...(scope === null ? [] : [scope]),
    ...(state === 'closed' ? ['closed'] : []),
    ...(health === undefined ? [] : [health]),
    ...(kind === undefined ? [] : [`kind:${kind}`]),
    ...(connection === undefined ? [] : [`connection:${connection}`]),
    ...(owner === undefined ? [] : [`owner:${owner}`]),
    ...(before === undefined ? [] : [`before:${before}`]),
  ].join(' ');
}

function readWord(word: string): Partial<InventoryFilter> | undefined {
  const at = word.indexOf(':');
  return at === -1
    ? readBareWord(word.toLowerCase())
    : readPair(word.slice(0, at).toLowerCase(), word.slice(at + 1));
}

function readBareWord(word: string): Partial<InventoryFilter> | undefined {
  if (word === 'mine' || word === 'all') return { scope: word };
  if (word === 'active' || word === 'closed') return { state: word };
  const health = HEALTH_STATES.find((state) => state === word);
  if (health !== undefined) return { health };
  const kind = KINDS.find((id) => id === word);
  return kind === undefined ? undefined : { kind };
}

// An id of a connection, as the configuration allows it.
const CONNECTION = /^[a-z0-9][a-z0-9-]{0,39}$/u;
/** A mention as Slack sends it, or the bare member id. */
const OWNER = /^(?:<@)?([UW][A-Z0-9]{2,})(?:\|[^>]*)?>?$/u;

function readPair(key: string, value: string): Partial<InventoryFilter> | undefined {
  switch (key) {
    case 'kind':
    case 'health':
    case 'state':
      return value === '' ? undefined : onlyOf(key, readBareWord(value.toLowerCase()));
    case 'connection': {
      const connection = value.toLowerCase();
      return CONNECTION.test(connection) ? { connection } : undefined;
    }
    case 'owner': {
      const [, owner] = OWNER.exec(value) ?? [];
      return owner === undefined ? undefined : { owner };
    }
    case 'before': {
      const before = parseRequestId(value);
      return before === undefined ? undefined : { before };
    }
    default:
      return undefined;
  }
}

function onlyOf(
  key: 'kind' | 'health' | 'state',
  found: Partial<InventoryFilter> | undefined,
): Partial<InventoryFilter> | undefined {
  return found?.[key] === undefined ? undefined : found;
}
