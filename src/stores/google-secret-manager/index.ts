import { path } from '../../lib/http.ts';
import { shelfStore } from '../shelf.ts';
import { defineStore } from '../store.ts';
import { inTurn } from '../turns.ts';
import { checkGoogle } from './check.ts';
import { createGoogleClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { asAnnotations } from './labels.ts';
import { googleConfig } from './schema.ts';
import type { GoogleConfig } from './schema.ts';
import { googleShelf } from './shelf.ts';
import { memberOf } from './tokens.ts';

export const googleSecretManager = defineStore<GoogleConfig>({
  id: 'google-secret-manager',
  name: SYSTEM,
  warning: null,
  schema: googleConfig,
  example: [
    'project: acme-platform',
    'auth:',
    '  method: key',
    '  service_account_key: file:/run/secrets/google-key.json',
    '# or, on Google Cloud: auth: { method: metadata }',
    'locations: [europe-west3]',
  ].join('\n'),
  open(config, { clock, local }) {
    const client = createGoogleClient(config, clock);
    const template = config.link.replaceAll('{project}', path`${config.project}`);
    return shelfStore({
      id: 'google-secret-manager',
      system: SYSTEM,
      shelf: googleShelf(client),
      labels: asAnnotations,
      check: () => checkGoogle(client, config, memberOf(config.auth)),
      url: (name) => template.replaceAll('{name}', path`${name}`),
      // Every added version counts, so a second writer must wait instead of being refused.
      turn: (name, work) => inTurn(local, clock, name, config.timeout_ms * CALLS, work),
    });
  },
});

/** The most calls that one create, rotation or removal makes. */
const CALLS = 12;
