import type { SecretLink } from '../../domain/account.ts';
import { path } from '../../lib/http.ts';
import { defineStore } from '../store.ts';
import type { SecretStore, StoreDeps } from '../store.ts';
import { checkVault } from './check.ts';
import { createVaultClient } from './client.ts';
import { asCustomMetadata } from './labels.ts';
import { vaultConfig } from './schema.ts';
import type { VaultConfig } from './schema.ts';
import { mountPath } from './tokens.ts';
import { createVersion, findVersion, labelVersion, readValue, rotateVersion } from './versions.ts';

export const vault = defineStore<VaultConfig>({
  id: 'vault',
  name: 'HashiCorp Vault / OpenBao',
  warning: null,
  schema: vaultConfig,
  example: [
    'address: https://vault.example.com:8200',
    'mount: flow',
    'auth:',
    '  method: approle',
    '  role_id: 2f1b6a1e-6d0c-4c0e-9a53-1d2b7c1f0a11',
    '  secret_id: env:VAULT_SECRET_ID',
  ].join('\n'),
  open: openVault,
});

function openVault(config: VaultConfig, { clock }: StoreDeps): SecretStore {
  const client = createVaultClient(config, clock);
  const template = (config.ui_link ?? defaultLink(config)).replaceAll(
    '{mount}',
    mountPath(config.mount),
  );

  function url(name: string): string {
    return template.replaceAll('{name}', path`${name}`);
  }

  function link(name: string, version: number): SecretLink {
    return { store: 'vault', name, version: String(version), url: url(name) };
  }

  return {
    check: () => checkVault(client, config, clock),
    async find(name) {
      const version = await findVersion(client, name);
      return version === undefined ? undefined : link(name, version);
    },
    async create(name, secret, meta) {
      const labels = asCustomMetadata(meta);
      const { version, created } = await createVersion(client, name, secret, labels);
      return { link: link(name, version), created };
    },
    read: (name) => readValue(client, name),
    rotate: async (name, expected, secret) =>
      link(name, await rotateVersion(client, name, expected, secret)),
    setMeta: async (name, meta) =>
      link(name, await labelVersion(client, name, asCustomMetadata(meta))),
    remove: (name) => client.destroy(name),
    url,
  };
}

function defaultLink({ address, namespace }: VaultConfig): string {
  const query = namespace === undefined ? '' : `?namespace=${encodeURIComponent(namespace)}`;
  return `${address.replace(/\/$/, '')}/ui/vault/secrets/{mount}/kv/{name}${query}`;
}
