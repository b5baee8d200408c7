import { defineKnowledge } from '../knowledge-base.ts';
import { knowledgeOn } from '../shelf.ts';
import { storageFormat } from '../storage-format.ts';
import { shelfOn } from '../wiki-shelf.ts';
import { checkDataCenter } from './check.ts';
import { openClient } from './client.ts';
import { confluenceDataCenterConfig } from './schema.ts';
import type { ConfluenceDataCenterConfig } from './schema.ts';

export const confluenceDataCenter = defineKnowledge<ConfluenceDataCenterConfig>({
  id: 'confluence-data-center',
  name: 'Confluence Data Center',
  schema: confluenceDataCenterConfig,
  example: [
    'base_url: https://confluence.example.com',
    'token: env:CONFLUENCE_TOKEN',
    'space: IT',
  ].join('\n'),
  open(config, { clock }) {
    const client = openClient(config, clock);
    return knowledgeOn(
      shelfOn(client, () => checkDataCenter(client, config)),
      storageFormat,
    );
  },
});
