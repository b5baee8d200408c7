import { createHash } from 'node:crypto';

import type { PageLink } from '../../domain/account.ts';
import { hasCode, isAmbiguous } from '../../domain/errors.ts';
import type { AccountPage } from '../../domain/page.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { createConfluence } from '../../lib/confluence-client.ts';
import type { ConfluenceClient, ConfluencePage } from '../../lib/confluence-client.ts';
import { refuseExposure } from '../guard.ts';
import { defineKnowledge } from '../knowledge-base.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { checkConfluence } from './check.ts';
import { locate, locateTitle, mark, titles } from './locate.ts';
import { openToReaders } from './readers.ts';
import { confluenceConfig } from './schema.ts';
import type { ConfluenceConfig } from './schema.ts';
import { renderPage } from './storage-format.ts';

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

const ROUNDS = 3;

function openConfluence(config: ConfluenceConfig, { clock }: AdapterDeps): KnowledgeBase {
  const client = createConfluence(config, clock);

  async function publishOnce(page: AccountPage, body: string): Promise<PageLink> {
    const found = await locate(client, page);
    const present =
      found === undefined
        ? await create(client, page, body)
        : await bringUpToDate(client, found, page, body);
    await mark(client, present.id, page.marker);
    await openToReaders(client, present.id, config.readers);
    return { id: present.id, url: present.url };
  }

  return {
    check: () => checkConfluence(client, config),
    async publish(page) {
      const body = guarded(page);
      return await retried(() => publishOnce(page, body));
    },
    async archive(page) {
      const history = {
        ...page,
        status: page.status === 'undone' ? page.status : 'closed',
      } as const;
      const body = guarded(history);
      await retried(async () => {
        const found = await locate(client, history);
        if (found !== undefined) await bringUpToDate(client, found, history, body);
      });
    },
  };
}

function guarded(page: AccountPage): string {
  const body = renderPage(page);
  refuseExposure(page, body);
  return body;
}

/** Somebody else may edit or delete the page between two of our calls: look again and go on. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!hasCode(error, 'conflict', 'not-found') || round === ROUNDS) throw error;
    }
  }
}

/** Created for our eyes only; `openToReaders` comes last, so nobody sees it half made. */
async function create(
  client: ConfluenceClient,
  page: AccountPage,
  body: string,
): Promise<ConfluencePage> {
  let taken: unknown;
  for (const title of titles(page)) {
    try {
      return await client.createPrivate({ title, body });
    } catch (error) {
      if (!hasCode(error, 'name-taken') && !isAmbiguous(error)) throw error;
      const ours = await locateTitle(client, page.marker, title);
      if (ours !== undefined) return ours;
      if (isAmbiguous(error)) throw error;
      taken = error;
    }
  }
  throw taken;
}

async function bringUpToDate(
  client: ConfluenceClient,
  present: ConfluencePage,
  page: AccountPage,
  body: string,
): Promise<ConfluencePage> {
  const [wanted = page.marker, ...others] = titles(page);
  const hasTitle = [wanted, ...others].includes(present.title);
  // Confluence rewrites what it stores, so the version's message tells whose text it is.
  const message = `Flow service accounts ${digest(wanted, body)}`;
  const isCurrent = present.body === body || present.version.message === message;
  if (hasTitle && isCurrent) return present;
  for (const title of hasTitle ? [present.title] : [wanted, ...others, present.title]) {
    try {
      return await client.update(present, { title, body, message });
    } catch (error) {
      if (hasCode(error, 'name-taken')) continue;
      if (!isAmbiguous(error)) throw error;
      const now = await client.page(present.id);
      if (now.version.message === message) return now;
      throw error;
    }
  }
  return present;
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
