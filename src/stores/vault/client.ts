import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { path } from '../../lib/http.ts';
import type { SecretMeta } from '../store.ts';
import * as schema from './schema.ts';
import type { VaultConfig } from './schema.ts';
import { createSession } from './session.ts';
import type { VaultSession } from './session.ts';
import { mountPath } from './tokens.ts';

interface Metadata {
  readonly currentVersion: number;
  readonly labels: SecretMeta | null;
  /** The current version was deleted or destroyed by hand. */
  readonly deleted: boolean;
}

export type VaultClient = ReturnType<typeof createVaultClient>;

/** The calls of Vault's HTTP API that the store needs. */
export function createVaultClient(config: VaultConfig, clock: Clock) {
  const session = createSession(config, clock);
  const mount = mountPath(config.mount);
  return {
    ...dataCalls(session, mount),
    ...metadataCalls(session, mount),
    ...systemCalls(session, mount),
  };
}

function dataCalls(session: VaultSession, mount: string) {
  const at = (name: string): string => `/${mount}/data${path`/${name}`}`;
  return {
    /** @returns the new version. */
    async write(name: string, cas: number, secret: Secret): Promise<number> {
      const body = { options: { cas }, data: { value: secret.reveal() } };
      const answer = await session.send({
        method: 'POST',
        path: at(name),
        body,
        schema: schema.written,
      });
      return answer.data.version;
    },

    /** A read whose answer Vault itself hands over, once, to whoever brings the token. */
    async wrap(name: string, seconds: number): Promise<Wrapped> {
      const { wrap_info: info } = await session.send({
        method: 'GET',
        path: at(name),
        headers: { 'x-vault-wrap-ttl': String(seconds) },
        schema: schema.wrapped,
      });
      return { token: info.token, seconds: info.ttl, creationPath: info.creation_path };
    },

    async read(name: string): Promise<{ secret: Secret; version: number }> {
      const answer = await session.send({ method: 'GET', path: at(name), schema: schema.value });
      const { data, metadata } = answer.data;
      if (data.value !== undefined) return { secret: data.value, version: metadata.version };
      throw new ProductError('invalid-input', {
        subject: name,
        message: `${name} in Vault has no text field called "value". Store the credential in a field with that name.`,
      });
    },
  };
}

/** Vault keeps the answer and gives a token for it, good for one look; see `wrap`. */
export interface Wrapped {
  readonly token: Secret;
  readonly seconds: number;
  readonly creationPath: string;
}

function metadataCalls(session: VaultSession, mount: string) {
  const at = (name: string): string => `/${mount}/metadata${path`/${name}`}`;
  return {
    async metadata(name: string): Promise<Metadata> {
      const { data } = await session.send({
        method: 'GET',
        path: at(name),
        schema: schema.metadata,
      });
      const current = data.versions[String(data.current_version)];
      return {
        currentVersion: data.current_version,
        labels: data.custom_metadata,
        deleted: current !== undefined && (current.destroyed || current.deletion_time !== ''),
      };
    },

    async label(name: string, labels: SecretMeta): Promise<void> {
      const body = { custom_metadata: labels };
      await session.send({ method: 'POST', path: at(name), body, schema: z.unknown() });
    },

    /** All versions and the metadata; Vault answers the same when there was nothing. */
    async destroy(name: string): Promise<void> {
      await session.send({ method: 'DELETE', path: at(name), schema: z.unknown() });
    },
  };
}

function systemCalls(session: VaultSession, mount: string) {
  return {
    /**
     * Every status here says how Vault stands: https://openbao.org/api-docs/system/health/.
     * It exists in the root namespace only.
     */
    health: () =>
      session.open.exchange({
        method: 'GET',
        path: '/sys/health',
        query: { standbyok: true, perfstandbyok: true },
        ok: [200, 429, 472, 473, 501, 503],
        schema: schema.health,
      }),

    async mount() {
      const at = `/sys/internal/ui/mounts/${mount}`;
      return (await session.send({ method: 'GET', path: at, schema: schema.mountInfo })).data;
    },

    async mountConfig() {
      return (
        await session.send({ method: 'GET', path: `/${mount}/config`, schema: schema.mountConfig })
      ).data;
    },

    async capabilities(paths: readonly string[]) {
      const at = '/sys/capabilities-self';
      const request = { method: 'POST', path: at, body: { paths } } as const;
      return (await session.send({ ...request, schema: schema.capabilities })).data;
    },

    async token() {
      const at = '/auth/token/lookup-self';
      return (await session.send({ method: 'GET', path: at, schema: schema.tokenInfo })).data;
    },
  };
}
