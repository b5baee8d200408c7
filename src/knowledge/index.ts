import { confluence } from './confluence/index.ts';
import { folder } from './folder/index.ts';
import type { KnowledgeDefinition } from './knowledge-base.ts';

export const knowledgeBases: readonly KnowledgeDefinition[] = [confluence, folder];
