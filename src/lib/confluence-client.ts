import { z } from 'zod';

import { hasCode } from '../domain/errors.ts';
import type { Clock } from './clock.ts';
import { confluenceError, connectConfluence } from './confluence-access.ts';
import type { ConfluenceAccess } from './confluence-access.ts';
import { propertyCalls } from './confluence-properties.ts';
import { path } from './http.ts';
import type { Http } from './http.ts';

export interface ConfluencePage {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly authorId: string;
  readonly version: { readonly number: number; readonly message: string };
  /** Storage format; empty when the answer did not carry it. */
  readonly body: string;
  readonly url: string;
}

export type PageStatus = 'current' | 'archived' | 'trashed';

export interface Allowed {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export interface Restrictions {
  readonly read: Allowed;
  readonly update: Allowed;
}

interface ConfluenceGroup {
  readonly id: string;
  readonly name: string;
}

export type ConfluenceClient = ReturnType<typeof createConfluence>;

/**
 * The calls of Confluence Cloud's API, v2 for pages and v1 for what v2 lacks, by plain fetch: the
 * client on npm (confluence.js 3.2) has neither time-outs nor types for a page's body, and follows
 * redirects.
 */
export function createConfluence(config: ConfluenceAccess, clock: Clock) {
  const http = connectConfluence(config, clock);
  const directory = directoryCalls(http, config);
  return {
    ...directory,
    ...pageLookups(http, config, directory.space),
    ...pageChanges(http, config, directory.space),
    ...detailCalls(http),
  };
}

const operations = z.object({
  operations: z.array(z.object({ operation: z.string(), targetType: z.string() })),
});
const user = z.object({ accountId: z.string(), displayName: z.string().nullish() });
const spaces = z.object({
  results: z.array(z.object({ id: z.string(), key: z.string(), name: z.string() })),
});
const groups = z.object({ results: z.array(z.object({ id: z.string(), name: z.string() })) });

function directoryCalls(http: Http, config: ConfluenceAccess) {
  const space = once(async () => {
    const query = { keys: config.space };
    const found = await http.send({ method: 'GET', path: '/api/v2/spaces', query, schema: spaces });
    const hit = found.results.find(({ key }) => key === config.space);
    if (hit !== undefined) return hit;
    const message = `Confluence shows us no space ${config.space}. Check the key and that the bot may see the space.`;
    throw confluenceError('invalid-config', message);
  });
  return {
    space,
    /** Ourselves. */
    me: once(() => http.send({ method: 'GET', path: '/rest/api/user/current', schema: user })),

    /** What we may do in the space: `create page`, `administer space`. */
    async operations(): Promise<string[]> {
      const at = path`/api/v2/spaces/${(await space()).id}/operations`;
      const found = await http.send({ method: 'GET', path: at, schema: operations });
      return found.operations.map(({ operation, targetType }) => `${operation} ${targetType}`);
    },

    async group(name: string): Promise<ConfluenceGroup> {
      const at = '/rest/api/group/picker';
      const found = await http.send({
        method: 'GET',
        path: at,
        query: { query: name, limit: 200 },
        schema: groups,
      });
      const hit = found.results.find((group) => group.name === name);
      if (hit !== undefined) return hit;
      throw confluenceError(
        'invalid-config',
        `Confluence knows no group ${name}. Check its exact name.`,
      );
    },
  };
}

const page = z.object({
  id: z.string(),
  title: z.string(),
  status: z.string(),
  authorId: z.string(),
  version: z.object({ number: z.number(), message: z.string().nullish() }),
  body: z.object({ storage: z.object({ value: z.string() }).optional() }).nullish(),
  _links: z.object({ webui: z.string() }),
});
const pages = z.object({ results: z.array(page) });
const hits = z.object({ results: z.array(z.object({ id: z.string() })) });

interface PageDraft {
  readonly title: string;
  /** Storage format. */
  readonly body: string;
  readonly message: string;
}

function reader(config: ConfluenceAccess) {
  const root = `${config.site.replace(/\/$/, '')}/wiki`;
  return ({ version, body, _links, ...rest }: z.output<typeof page>): ConfluencePage => ({
    ...rest,
    version: { number: version.number, message: version.message ?? '' },
    body: body?.storage?.value ?? '',
    url: `${root}${_links.webui}`,
  });
}

function pageLookups(http: Http, config: ConfluenceAccess, space: () => Promise<{ id: string }>) {
  const toPage = reader(config);
  return {
    /** Pages of the space with exactly this title. */
    async titled(title: string, status: PageStatus): Promise<ConfluencePage[]> {
      const query = {
        'space-id': (await space()).id,
        title,
        status,
        'body-format': 'storage',
      };
      const found = await http.send({ method: 'GET', path: '/api/v2/pages', query, schema: pages });
      return found.results.map(toPage);
    },

    async page(id: string): Promise<ConfluencePage> {
      const at = path`/api/v2/pages/${id}`;
      const query = { 'body-format': 'storage' };
      return toPage(await http.send({ method: 'GET', path: at, query, schema: page }));
    },

    /** Ids of pages whose text has the word; from the search index, so minutes behind. */
    async mentioning(word: string): Promise<string[]> {
      const cql = `space = "${config.space}" and type = page and text ~ "\\"${word}\\""`;
      const at = '/rest/api/content/search';
      const found = await http.send({ method: 'GET', path: at, query: { cql }, schema: hits });
      return found.results.map(({ id }) => id);
    },
  };
}

function pageChanges(http: Http, config: ConfluenceAccess, space: () => Promise<{ id: string }>) {
  const toPage = reader(config);
  return {
    /** A new page that only we can see. @throws ProductError `name-taken` */
    async createPrivate(draft: Omit<PageDraft, 'message'>): Promise<ConfluencePage> {
      const body = {
        spaceId: (await space()).id,
        status: 'current',
        title: draft.title,
        body: { representation: 'storage', value: draft.body },
        ...(config.parent_page_id === undefined ? {} : { parentId: config.parent_page_id }),
      };
      const query = { private: true };
      const request = { method: 'POST', path: '/api/v2/pages', query, body } as const;
      try {
        return toPage(await http.send({ ...request, schema: page }));
      } catch (thrown) {
        if (!hasCode(thrown, 'not-found')) throw thrown;
        const message = `Confluence does not let us add pages in the space ${config.space}. Give the bot the permission to add pages, and check parent_page_id.`;
        throw confluenceError('missing-permission', message);
      }
    },

    /** The next version. @throws ProductError `conflict` when `present` is no longer the present one. */
    async update(present: ConfluencePage, draft: PageDraft): Promise<ConfluencePage> {
      const body = {
        id: present.id,
        status: 'current',
        title: draft.title,
        body: { representation: 'storage', value: draft.body },
        version: { number: present.version.number + 1, message: draft.message },
      };
      const at = path`/api/v2/pages/${present.id}`;
      return toPage(await http.send({ method: 'PUT', path: at, body, schema: page }));
    },

    async trash(id: string): Promise<void> {
      await http.send({ method: 'DELETE', path: path`/api/v2/pages/${id}`, schema: z.unknown() });
    },

    /** Removes a page from the trash with all its versions; takes space administration. */
    async purge(id: string): Promise<void> {
      const request = { method: 'DELETE', path: path`/api/v2/pages/${id}` } as const;
      await http.send({ ...request, query: { purge: true }, schema: z.unknown() });
    },
  };
}

const named = z.object({ results: z.array(z.object({ name: z.string() })) });
const people = z.object({ results: z.array(z.object({ accountId: z.string() })) });
const restrictions = z.object({
  results: z.array(
    z.object({
      operation: z.string(),
      restrictions: z.object({ user: people.optional(), group: named.optional() }),
    }),
  ),
});

function detailCalls(http: Http) {
  return {
    ...propertyCalls(http),

    async restrictions(pageId: string): Promise<Restrictions> {
      const at = path`/rest/api/content/${pageId}/restriction`;
      const { results } = await http.send({ method: 'GET', path: at, schema: restrictions });
      const allowed = (operation: string): Allowed => {
        const hit = results.find((each) => each.operation === operation)?.restrictions;
        return {
          users: hit?.user?.results.map(({ accountId }) => accountId) ?? [],
          groups: hit?.group?.results.map(({ name }) => name) ?? [],
        };
      };
      return { read: allowed('read'), update: allowed('update') };
    },

    /** Replaces all restrictions. */
    async restrict(
      pageId: string,
      rules: Readonly<
        Record<'read' | 'update', { users: readonly string[]; groups: readonly ConfluenceGroup[] }>
      >,
    ): Promise<void> {
      const results = (['read', 'update'] as const).map((operation) => {
        const { users, groups } = rules[operation];
        const user = users.map((accountId) => ({ type: 'known', accountId }));
        // Older sites want a group's name, newer ones its id; an empty list is refused.
        const group = groups.map(({ id, name }) => ({ type: 'group', id, name }));
        return { operation, restrictions: { user, ...(group.length === 0 ? {} : { group }) } };
      });
      const at = path`/rest/api/content/${pageId}/restriction`;
      await http.send({ method: 'PUT', path: at, body: { results }, schema: z.unknown() });
    },

    /** From now on the space's own permissions apply. */
    async unrestrict(pageId: string): Promise<void> {
      const at = path`/rest/api/content/${pageId}/restriction`;
      await http.send({ method: 'DELETE', path: at, schema: z.unknown() });
    },
  };
}

/** Asks once and keeps the answer; a failure is not kept. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((thrown: unknown) => {
      answer = undefined;
      throw thrown;
    });
    return answer;
  };
}
