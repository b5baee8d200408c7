import sodium, { base64_variants, from_base64, to_string } from 'libsodium-wrappers';

import type { SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import type { Handler, Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

export interface Place {
  readonly secrets: Map<string, { value: string; updatedAt: string }>;
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
      const { updatedAt } = secret;
      return {
        status: 200,
        body: { name: name(request), created_at: updatedAt, updated_at: updatedAt },
      };
    }),
    [`PUT ${base}/secrets/:name`]: at((place, request) => {
      const body = strings(request.body, [
        'encrypted_value',
        'key_id',
        ...(isOrg ? ['visibility'] : []),
      ]);
      if (body === undefined || body['key_id'] !== key.key_id || !isName(name(request)))
        return INVALID;
      const value = open(body['encrypted_value'] ?? '', box);
      if (value === undefined) return INVALID;
      const status = place.secrets.has(name(request)) ? 204 : 201;
      place.secrets.set(name(request), { value, updatedAt: clock.now().toISOString() });
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
      const body = strings(request.body, ['name', 'value', ...(isOrg ? ['visibility'] : [])]);
      const wanted = (body?.['name'] ?? '').toUpperCase();
      if (body === undefined || !isName(wanted)) return INVALID;
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

/** Exactly these keys, all of them strings. */
function strings(body: unknown, keys: readonly string[]): Record<string, string> | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const entries = Object.entries(body);
  const fits =
    entries.length === keys.length &&
    entries.every(([key, value]) => keys.includes(key) && typeof value === 'string');
  return fits ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
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
