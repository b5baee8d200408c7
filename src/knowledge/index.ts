import { confluenceDataCenter } from './confluence-data-center/index.ts';
import { confluence } from './confluence/index.ts';
import { folder } from './folder/index.ts';
import { githubDocs } from './github-docs/index.ts';
import { gitlabWiki } from './gitlab-wiki/index.ts';
import { human } from './human/index.ts';
import type { KnowledgeDefinition } from './knowledge-base.ts';
import { notion } from './notion/index.ts';

export const knowledgeBases: readonly KnowledgeDefinition[] = [
  confluence,
  confluenceDataCenter,
  notion,
  githubDocs,
  gitlabWiki,
  folder,
  human,
];
