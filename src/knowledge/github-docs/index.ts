import { ProductError } from '../../domain/errors.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import { fileName } from '../markdown-file.ts';
import { markdown } from '../markdown.ts';
import { knowledgeOn } from '../shelf.ts';
import type { Placed, Shelf, ShelfDocument } from '../shelf.ts';
import { checkDocs } from './check.ts';
import { NAME, openClient } from './client.ts';
import { placeFile } from './place.ts';
import { isProposed, propose } from './pull-request.ts';
import { githubDocsConfig } from './schema.ts';
import type { GitHubDocsConfig } from './schema.ts';
import { createTurns } from './turns.ts';

export const githubDocs = defineKnowledge<GitHubDocsConfig>({
  id: 'github-docs',
  name: 'Markdown in a GitHub repository',
  schema: githubDocsConfig,
  example: [
    'repository: acme/docs',
    'branch: main',
    'path: docs/flow-service-accounts',
    'auth:',
    '  app_id: 123456',
    '  private_key: file:/run/secrets/github-app.pem',
    '  installation_id: 7890123',
  ].join('\n'),
  open: (config, deps) => knowledgeOn(openDocs(config, deps), markdown),
});

// Rules of a branch under which a commit is not taken directly.
const BLOCKING = new Set(['pull_request', 'update', 'required_status_checks', 'merge_queue']);

function openDocs(config: GitHubDocsConfig, { clock }: AdapterDeps): Shelf {
  const client = openClient(config, clock);
  const inTurn = createTurns();

  async function needsPull(): Promise<boolean> {
    const branch = await client.findBranch(config.branch);
    if (branch === undefined) {
      const message = `${NAME} shows us no branch ${config.branch} in ${config.repository}. Check repository, branch and what our credential may see.`;
      throw new ProductError('invalid-config', { subject: config.repository, message });
    }
    if (branch.protected) return true;
    return (await client.rules(config.branch)).some(({ type }) => BLOCKING.has(type));
  }

  async function place(document: ShelfDocument): Promise<Placed> {
    const file = `${config.path}/${fileName(document.marker)}`;
    if (await needsPull()) return propose(client, config.branch, file, document);
    const { first, present } = await placeFile(client, config.branch, file, document);
    return { link: { id: file, url: present.url }, made: first === undefined };
  }

  return {
    check: () => checkDocs(client, config, needsPull),
    put: (document) => inTurn(() => place(document)),
    revise: (document) =>
      inTurn(async () => {
        const file = `${config.path}/${fileName(document.marker)}`;
        if (await isProposed(client, config.branch, file, document.marker)) await place(document);
      }),
  };
}
