import { path } from '../../lib/http.ts';
import { shelfStore } from '../shelf.ts';
import { defineStore } from '../store.ts';
import { inTurn } from '../turns.ts';
import { checkConnect } from './check.ts';
import { createConnectClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { asFields } from './labels.ts';
import { connectConfig } from './schema.ts';
import type { ConnectConfig } from './schema.ts';
import { connectShelf } from './shelf.ts';

export const onepasswordConnect = defineStore<ConnectConfig>({
  id: 'onepassword-connect',
  name: '1Password Connect',
  warning: null,
  schema: connectConfig,
  example: [
    'connect_url: http://connect-api:8080',
    'token: env:OP_CONNECT_TOKEN',
    'vault: hfnjvi6aymbsnfc2xeeoheizda',
  ].join('\n'),
  open(config, { clock, local }) {
    const client = createConnectClient(config, clock);
    const template = config.link?.replaceAll('{vault}', config.vault) ?? '';
    return shelfStore({
      id: 'onepassword-connect',
      system: SYSTEM,
      shelf: connectShelf(client),
      labels: asFields,
      check: () => checkConnect(client, config),
      url: (name) => template.replaceAll('{name}', path`${name}`),
      // Every create makes an item, so a second writer must wait instead of being refused.
      turn: (name, work) => inTurn(local, clock, name, config.timeout_ms * CALLS, work),
    });
  },
});

/** The most calls that one create, rotation or removal makes. */
const CALLS = 12;
