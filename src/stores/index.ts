import { confluenceRestricted } from './confluence-restricted/index.ts';
import { local } from './local/index.ts';
import type { StoreDefinition } from './store.ts';
import { vault } from './vault/index.ts';

export const stores: readonly StoreDefinition[] = [vault, local, confluenceRestricted];
