import { z } from 'zod';

import { hasCode, ProductError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { projectSchema, wikiPageSchema } from './schema.ts';
import type { GitLabWikiConfig } from './schema.ts';

/** What a page holds. */
export interface WikiText {
  readonly text: string;
}

export type WikiClient = ReturnType<typeof openClient>;

const NAME = 'GitLab wiki';

export function openClient(config: GitLabWikiConfig, clock: Clock) {
  const http = createHttp({
    name: NAME,
    baseUrl: `${config.base_url.replace(/\/$/, '')}/api/v4`,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ 'private-token': config.token.reveal() }),
    explain,
  });
  const project = path`/projects/${config.project}`;
  const at = (slug: string): string => project + path`/wikis/${slug}`;
  return {
    project: () => http.send({ method: 'GET', path: project, schema: projectSchema }),
    async findPage(slug: string): Promise<WikiText | undefined> {
      try {
        const page = await http.send({ method: 'GET', path: at(slug), schema: wikiPageSchema });
        return { text: page.content };
      } catch (error) {
        if (hasCode(error, 'not-found')) return undefined;
        throw error;
      }
    },
    /** Its title with folders becomes its slug. */
    async create(slug: string, content: string): Promise<void> {
      const body = { title: slug, content, format: 'markdown' };
      await http.send({ method: 'POST', path: `${project}/wikis`, body, schema: z.unknown() });
    },
    async update(slug: string, content: string): Promise<void> {
      const body = { content, format: 'markdown' };
      await http.send({ method: 'PUT', path: at(slug), body, schema: z.unknown() });
    },
  };
}

function explain({ status }: HttpAnswer): ProductError | undefined {
  if (status === 401) {
    const message = 'GitLab did not accept our token. Make a new one with the scope "api".';
    return new ProductError('unauthenticated', { subject: NAME, message });
  }
  if (status !== 403) return undefined;
  const message =
    'Our token may not write this wiki; it needs the scope "api" and the role Developer in the project.';
  return new ProductError('missing-permission', { subject: NAME, message });
}
