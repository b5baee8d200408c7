import type { SecretLink } from '../../domain/account.ts';
import { createConfluence } from '../../lib/confluence-client.ts';
import { path } from '../../lib/http.ts';
import { defineStore } from '../store.ts';
import type { SecretStore, StoreDeps } from '../store.ts';
import { checkRestricted } from './check.ts';
import { absent, createEntry, findEntry, labelEntry, removeEntry, rotateEntry } from './entries.ts';
import type { Entry } from './entries.ts';
import { restrictedConfig } from './schema.ts';
import type { RestrictedConfig } from './schema.ts';

export const confluenceRestricted = defineStore<RestrictedConfig>({
  id: 'confluence-restricted',
  name: 'Confluence Cloud, restricted pages',
  warning:
    'The credential will be kept on a restricted Confluence page: its group and the site’s administrators can read it, and old values stay in the page history.',
  schema: restrictedConfig,
  example: [
    'site: https://acme.atlassian.net',
    'email: flow-bot@acme.example',
    'api_token: env:CONFLUENCE_API_TOKEN',
    'space: SECRETS',
    'group: flow-credential-readers',
    'i_accept_that_credentials_are_kept_in_confluence: true',
  ].join('\n'),
  open: openRestricted,
});

function openRestricted(config: RestrictedConfig, { clock }: StoreDeps): SecretStore {
  const client = createConfluence(config, clock);
  const { group, space, site } = config;
  const template = config.link ?? `${site.replace(/\/$/, '')}/wiki/display/{space}/{name}`;

  function url(name: string): string {
    return template.replaceAll('{space}', path`${space}`).replaceAll('{name}', path`${name}`);
  }

  function link(name: string, { version }: Entry): SecretLink {
    return { store: 'confluence-restricted', name, version: String(version), url: url(name) };
  }

  return {
    check: () => checkRestricted(client, config),
    async find(name) {
      const entry = await findEntry(client, name);
      return entry?.value === undefined ? undefined : link(name, entry);
    },
    async create(name, secret, meta) {
      const { entry, created } = await createEntry(client, group, name, secret, meta);
      return { link: link(name, entry), created };
    },
    async read(name) {
      const entry = await findEntry(client, name);
      if (entry?.value === undefined) throw absent(name);
      return entry.value;
    },
    rotate: async (name, expected, secret) =>
      link(name, await rotateEntry(client, group, name, expected, secret)),
    setMeta: async (name, meta) => link(name, await labelEntry(client, name, meta)),
    remove: (name) => removeEntry(client, name),
    url,
  };
}
