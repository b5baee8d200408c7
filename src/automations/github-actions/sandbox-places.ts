import sodium, { base64_variants, from_base64, to_string } from 'libsodium-wrappers';
import { z } from 'zod';

import type { SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

interface KeptSecret {
  readonly value: string;
  readonly updatedAt: string;
  readonly reach?: Reach | undefined;
}

/** Which repositories may use something of the organisation. */
interface Reach {
  readonly visibility: string;
  readonly repositoryIds: readonly number[];
}

export interface Place {
  readonly secrets: Map<string, KeptSecret>;
  readonly variables: Map<string, string>;
}

export const NOT_FOUND: SandboxAnswer = {
  status: 404,
  body: { message: 'Not Found', status: '404' },
};
const INVALID: SandboxAnswer = { status: 422, body: { message: 'Validation Failed', errors: [] } };

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** The secrets of one kind of place, as `/repos/:owner/:repo/actions`. */
export function secretRoutes(
  base: string,
  places: ReadonlyMap<string, Place>,
  key: { key_id: string; key: string },
  box: KeyPair,
  { clock }: SandboxDeps,
): Routes {
  const { at, name, isOrg } = routing(base, places);
  return {
    [`GET ${base}/secrets/public-key`]: at(() => ({ status: 200, body: key })),
    [`GET ${base}/secrets/:name`]: at((place, request) => {
      const secret = place.secrets.get(name(request));
      if (secret === undefined) return NOT_FOUND;
      const { updatedAt, reach } = secret;
      const dates = { created_at: updatedAt, updated_at: updatedAt };
      const { visibility } = reach ?? {};
      return {
        status: 200,
        body: {
          name: name(request),
          ...dates,
          ...(visibility === undefined ? {} : { visibility }),
        },
      };
    }),
    [`PUT ${base}/secrets/:name`]: at((place, request) => {
      const reach = readReach(request.body, isOrg);
      const body = strings(request.body, ['encrypted_value', 'key_id']);
      const fits = reach !== null && body?.['key_id'] === key.key_id;
      if (body === undefined || !fits || !isName(name(request))) return INVALID;
      const value = open(body['encrypted_value'] ?? '', box);
      if (value === undefined) return INVALID;
      const status = place.secrets.has(name(request)) ? 204 : 201;
      place.secrets.set(name(request), { value, updatedAt: clock.now().toISOString(), reach });
      return status === 204 ? { status } : { status, body: {} };
    }),
    [`DELETE ${base}/secrets/:name`]: at((place, request) =>
      place.secrets.delete(name(request)) ? { status: 204 } : NOT_FOUND,
    ),
  };
}

/** Variables live beside the secrets. */
export function variableRoutes(base: string, places: ReadonlyMap<string, Place>): Routes {
  const { at, name, isOrg } = routing(base, places);
  return {
    [`GET ${base}/variables/:name`]: at((place, request) => {
      const value = place.variables.get(name(request));
      return value === undefined
        ? NOT_FOUND
        : { status: 200, body: { name: name(request), value } };
    }),
    [`POST ${base}/variables`]: at((place, request) => {
      const body = strings(request.body, ['name', 'value']);
      const wanted = (body?.['name'] ?? '').toUpperCase();
      const isReached = readReach(request.body, isOrg) !== null;
      if (body === undefined || !isReached || !isName(wanted)) return INVALID;
      if (place.variables.has(wanted)) {
        return { status: 409, body: { message: 'Already exists - Variable already exists' } };
      }
      place.variables.set(wanted, body['value'] ?? '');
      return { status: 201, body: {} };
    }),
    [`DELETE ${base}/variables/:name`]: at((place, request) =>
      place.variables.delete(name(request)) ? { status: 204 } : NOT_FOUND,
    ),
  };
}

function routing(base: string, places: ReadonlyMap<string, Place>) {
  const at =
    (handle: (place: Place, request: SandboxRequest) => SandboxAnswer): Handler =>
    (request) => {
      const filled = base.replaceAll(/:(\w+)/g, (_all, name: string) => request.params[name] ?? '');
      const place = places.get(filled);
      return place === undefined ? NOT_FOUND : handle(place, request);
    };
  return {
    at,
    isOrg: base.startsWith('/orgs/'),
    name: (request: SandboxRequest) => (request.params['name'] ?? '').toUpperCase(),
  };
}

/** These keys as strings, and none but them and those that say who may use it. */
function strings(body: unknown, keys: readonly string[]): Record<string, string> | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const entries = Object.entries(body).filter(([key]) => !REACH.includes(key));
  const fits =
    entries.length === keys.length &&
    entries.every(([key, value]) => keys.includes(key) && typeof value === 'string');
  return fits ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
}

const REACH = ['visibility', 'selected_repository_ids'];

const reachSchema = z.object({
  visibility: z.enum(['all', 'private', 'selected']),
  selected_repository_ids: z.array(z.number().int()).optional(),
});

/** Null when it is wrong: only things of the organisation say who may use them, and they must. */
function readReach(body: unknown, isOrg: boolean): Reach | undefined | null {
  if (!isOrg) {
    const isSaid = typeof body === 'object' && REACH.some((key) => key in (body ?? {}));
    return isSaid ? null : undefined;
  }
  const parsed = reachSchema.safeParse(body);
  if (!parsed.success) return null;
  const { visibility, selected_repository_ids: ids } = parsed.data;
  const fits = (visibility === 'selected') === (ids !== undefined);
  return fits ? { visibility, repositoryIds: ids ?? [] } : null;
}

function isName(name: string): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(name) && !name.startsWith('GITHUB_');
}

function open(sealed: string, box: KeyPair): string | undefined {
  try {
    const bytes = from_base64(sealed, base64_variants.ORIGINAL);
    return to_string(sodium.crypto_box_seal_open(bytes, box.publicKey, box.privateKey));
  } catch {
    return undefined;
  }
}
