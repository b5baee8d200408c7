import type { AdapterDeps } from '../../lib/adapter.ts';
import { createConfluence } from '../../lib/confluence-client.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { knowledgeOn } from '../shelf.ts';
import { storageFormat } from '../storage-format.ts';
import { shelfOn } from '../wiki-shelf.ts';
import { checkConfluence } from './check.ts';
import { openToReaders } from './readers.ts';
import { confluenceConfig } from './schema.ts';
import type { ConfluenceConfig } from './schema.ts';

export const confluence = defineKnowledge<ConfluenceConfig>({
  id: 'confluence',
  name: 'Confluence Cloud',
  schema: confluenceConfig,
  example: [
    'site: https://acme.atlassian.net',
    'email: flow-bot@acme.example',
    'api_token: env:CONFLUENCE_API_TOKEN',
    'space: IT',
  ].join('\n'),
  open: openConfluence,
});

function openConfluence(config: ConfluenceConfig, { clock }: AdapterDeps): KnowledgeBase {
  const client = createConfluence(config, clock);
  const wiki = {
    ...client,
    ownId: async () => (await client.me()).accountId,
    titled: (title: string) => client.titled(title, 'current'),
    create: client.createPrivate,
    release: (pageId: string) => openToReaders(client, pageId, config.readers),
  };
  const shelf = shelfOn(wiki, () => checkConfluence(client, config));
  return knowledgeOn(shelf, storageFormat);
}
