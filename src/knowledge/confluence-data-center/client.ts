import { z } from 'zod';

import { hasCode, ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import type { Wiki, WikiPage } from '../wiki-shelf.ts';
import {
  contentSchema,
  contentsSchema,
  hitsSchema,
  propertySchema,
  spaceSchema,
  userSchema,
} from './schema.ts';
import type { ConfluenceDataCenterConfig } from './schema.ts';

export type DataCenterClient = ReturnType<typeof openClient>;

const EXPAND = 'body.storage,version,history';

/** The calls of Confluence Data Center's API, which Cloud has replaced by others. */
export function openClient(config: ConfluenceDataCenterConfig, clock: Clock) {
  const http = createHttp({
    name: 'Confluence',
    baseUrl: config.base_url,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ authorization: `Bearer ${config.token.reveal()}` }),
    explain,
  });
  const calls = lookups(http, config);
  return {
    ...calls,
    ...properties(http),
    ...changes(http, config, calls),
    ...directory(http, config),
  };
}

function directory(http: Http, config: ConfluenceDataCenterConfig) {
  return {
    async space() {
      try {
        const at = path`/rest/api/space/${config.space}`;
        return await http.send({
          method: 'GET',
          path: at,
          query: { expand: 'homepage' },
          schema: spaceSchema,
        });
      } catch (error) {
        if (!hasCode(error, 'not-found')) throw error;
        const message = `Confluence shows us no space ${config.space}. Check the key and that the bot may see the space.`;
        throw fail('invalid-config', message);
      }
    },
  };
}

function lookups(http: Http, config: ConfluenceDataCenterConfig) {
  const root = config.base_url.replace(/\/$/, '');
  const toPage = ({
    history,
    version,
    body,
    ...rest
  }: z.output<typeof contentSchema>): WikiPage => ({
    ...rest,
    authorId: history.createdBy.userKey ?? '',
    version: { number: version.number, message: version.message ?? '' },
    body: body.storage.value,
    // By its id, so that it stays true when the page is renamed.
    url: `${root}/pages/viewpage.action?pageId=${rest.id}`,
  });
  async function withTitle(title: string, status: string): Promise<WikiPage[]> {
    const query = { type: 'page', spaceKey: config.space, title, status, expand: EXPAND };
    const request = { method: 'GET', path: '/rest/api/content', query } as const;
    const found = await http.send({ ...request, schema: contentsSchema });
    return found.results.map(toPage);
  }
  async function me() {
    const request = { method: 'GET', path: '/rest/api/user/current' } as const;
    const { userKey, displayName } = await http.send({ ...request, schema: userSchema });
    if (userKey !== undefined) return { userKey, displayName };
    throw fail('unauthenticated', 'Confluence did not accept our token. Check token.');
  }
  return {
    toPage,
    /** Does a page keep this title from others? Those in the trash do not. */
    async isTitleTaken(title: string): Promise<boolean> {
      const found = await withTitle(title, 'any');
      return found.some(({ status }) => status !== 'trashed');
    },
    me,
    ownId: async () => (await me()).userKey,
    titled: (title: string) => withTitle(title, 'current'),
    async page(id: string): Promise<WikiPage> {
      const at = path`/rest/api/content/${id}`;
      const query = { expand: EXPAND };
      return toPage(await http.send({ method: 'GET', path: at, query, schema: contentSchema }));
    },
    async mentioning(word: string): Promise<string[]> {
      const cql = `space = "${config.space}" and type = page and text ~ "\\"${word}\\""`;
      const request = { method: 'GET', path: '/rest/api/content/search', query: { cql } } as const;
      return (await http.send({ ...request, schema: hitsSchema })).results.map(({ id }) => id);
    },
  };
}

function properties(http: Http) {
  return {
    async property(pageId: string, key: string): Promise<unknown> {
      const at = path`/rest/api/content/${pageId}/property/${key}`;
      try {
        return (await http.send({ method: 'GET', path: at, schema: propertySchema })).value;
      } catch (error) {
        if (hasCode(error, 'not-found')) return undefined;
        throw error;
      }
    },
    async addProperty(pageId: string, key: string, value: unknown): Promise<void> {
      const at = path`/rest/api/content/${pageId}/property`;
      await http.send({ method: 'POST', path: at, body: { key, value }, schema: z.unknown() });
    },
  };
}

function changes(
  http: Http,
  config: ConfluenceDataCenterConfig,
  { toPage, isTitleTaken }: ReturnType<typeof lookups>,
): Pick<Wiki, 'create' | 'update' | 'release'> {
  const content = (title: string, body: string) => ({
    type: 'page',
    title,
    space: { key: config.space },
    body: { storage: { value: body, representation: 'storage' } },
  });
  /** A title that is taken is refused with a 400 like any other fault, so it is looked up. */
  async function explained<T>(title: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, 'refused') || !(await isTitleTaken(title))) throw error;
      const message = 'Confluence already has a page with this title in the space.';
      throw fail('name-taken', message);
    }
  }
  const query = { expand: EXPAND };
  return {
    create: ({ title, body }) =>
      explained(title, async () => {
        const parent = config.parent_page_id;
        const ancestors = parent === undefined ? {} : { ancestors: [{ id: parent }] };
        const wish = { ...content(title, body), ...ancestors };
        const request = { method: 'POST', path: '/rest/api/content', query, body: wish } as const;
        return toPage(await http.send({ ...request, schema: contentSchema }));
      }),
    update: (present, { title, body, message }) => {
      const save = async (): Promise<WikiPage> => {
        const version = { number: present.version.number + 1, message };
        const wish = { id: present.id, ...content(title, body), version };
        const at = path`/rest/api/content/${present.id}`;
        const request = { method: 'PUT', path: at, query, body: wish } as const;
        return toPage(await http.send({ ...request, schema: contentSchema }));
      };
      return title === present.title ? save() : explained(title, save);
    },
    // Who sees the space, or the page above, sees the page from the start.
    release: () => Promise.resolve(),
  };
}

function explain({ status }: HttpAnswer): ProductError | undefined {
  switch (status) {
    case 401:
      return fail('unauthenticated', 'Confluence did not accept our token. Check token.');
    case 403:
      return fail(
        'missing-permission',
        'Confluence does not let the bot write in this space. Give it the permission to add pages, and check parent_page_id.',
      );
    case 409:
      return fail('conflict', 'Somebody changed this in Confluence meanwhile.');
    default:
      return undefined;
  }
}

function fail(code: ErrorCode, message: string): ProductError {
  return new ProductError(code, { subject: 'Confluence', message });
}
