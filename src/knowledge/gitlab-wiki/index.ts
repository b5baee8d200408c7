import type { AdapterDeps } from '../../lib/adapter.ts';
import { ensureText } from '../ensure-text.ts';
import type { TextPlace } from '../ensure-text.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import { fileName } from '../markdown-file.ts';
import { markdown } from '../markdown.ts';
import { knowledgeOn } from '../shelf.ts';
import type { Shelf, ShelfDocument } from '../shelf.ts';
import { checkWiki } from './check.ts';
import { openClient } from './client.ts';
import type { WikiClient, WikiText } from './client.ts';
import { gitlabWikiConfig } from './schema.ts';
import type { GitLabWikiConfig } from './schema.ts';

export const gitlabWiki = defineKnowledge<GitLabWikiConfig>({
  id: 'gitlab-wiki',
  name: 'GitLab wiki',
  schema: gitlabWikiConfig,
  example: [
    'base_url: https://gitlab.example.com',
    'token: env:GITLAB_WIKI_TOKEN',
    'project: acme/docs',
  ].join('\n'),
  open: (config, deps) => knowledgeOn(openWiki(config, deps), markdown),
});

function openWiki(config: GitLabWikiConfig, { clock }: AdapterDeps): Shelf {
  const client = openClient(config, clock);
  let webUrl: string | undefined;

  async function linkTo(slug: string) {
    webUrl ??= (await client.project()).web_url;
    return { id: slug, url: `${webUrl}/-/wikis/${slug}` };
  }

  return {
    check: () => checkWiki(client, config),
    async put(document) {
      const slug = slugOf(config, document);
      // Asked first, because GitLab says "not found" of a missing page and a missing wiki alike.
      const link = await linkTo(slug);
      const { first } = await ensureText(placeOf(client, slug, document), document, slug);
      return { link, made: first === undefined };
    },
    async revise(document) {
      const slug = slugOf(config, document);
      await linkTo(slug);
      if ((await client.findPage(slug)) === undefined) return;
      await ensureText(placeOf(client, slug, document), document, slug);
    },
  };
}

function slugOf({ folder }: GitLabWikiConfig, { marker }: ShelfDocument): string {
  return `${folder}/${fileName(marker).replace(/\.md$/, '')}`;
}

/**
 * GitLab may answer "created" for a page that somebody else made a moment before, and then keeps
 * theirs: what it answers to a change is not believed, the page is looked at.
 */
function placeOf(client: WikiClient, slug: string, { body }: ShelfDocument): TextPlace<WikiText> {
  return {
    find: () => client.findPage(slug),
    async write(present) {
      if (present === undefined) await client.create(slug, body);
      else await client.update(slug, body);
      return undefined;
    },
  };
}
