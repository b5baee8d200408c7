import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type {
  Handler,
  Routes,
  SandboxAnswer,
  SandboxRequest,
  SandboxServer,
} from '../../sandbox/kit/server.ts';
import { BOT, HOME_ID, Refused, SOMEBODY, SPACE, Wiki } from '../confluence/sandbox-wiki.ts';
import type { WikiPage } from '../confluence/sandbox-wiki.ts';

const TOKEN = 'NDc4SandboxOnlyToken';

export interface DataCenterSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  pages(): readonly WikiPage[];
  reindex(): void;
  setMayAddPages(may: boolean): void;
  /** What people do by hand. */
  people: {
    addPage(title: string, body?: string): WikiPage;
    rename(id: string, title: string): void;
    edit(id: string, body: string): void;
    trash(id: string): void;
  };
}

interface World {
  readonly wiki: Wiki;
  readonly indexed: Set<string>;
  mayAddPages: boolean;
}

/** A Confluence Data Center with one space; titles, versions and bodies follow the same rules as in Cloud. */
export async function openSandbox(deps: SandboxDeps): Promise<DataCenterSandbox> {
  const wiki = new Wiki();
  const world: World = { wiki, indexed: new Set(), mayAddPages: true };
  const server = await startServer({
    name: 'Confluence Data Center',
    routes: { ...lookupRoutes(world), ...pageRoutes(world) },
    before: authenticate,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  const revise = (id: string, change: { title?: string; body?: string }): void => {
    const { title, body, version } = wiki.take(id);
    wiki.edit(id, { title, body, ...change, number: version.number + 1, message: '' });
  };
  return {
    server,
    servers: [server],
    config: { base_url: server.url, token: new Secret(TOKEN), space: SPACE.key },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    pages: () => [...wiki.pages.values()],
    reindex() {
      for (const id of wiki.pages.keys()) world.indexed.add(id);
    },
    setMayAddPages(may) {
      world.mayAddPages = may;
    },
    people: {
      addPage: (title, body = '<p>Something else.</p>') =>
        wiki.add(SOMEBODY, { title, body, parentId: HOME_ID, isPrivate: false }),
      rename: (id, title) => revise(id, { title }),
      edit: (id, body) => revise(id, { body }),
      trash: (id) => wiki.remove(id, false),
    },
  };
}

function lookupRoutes({ wiki, indexed }: World): Routes {
  const isAsked = (page: WikiPage, status: string | null): boolean =>
    status === 'any' || page.status === (status ?? 'current');
  return {
    'GET /rest/api/user/current': () => ({
      status: 200,
      body: { type: 'known', username: 'flow-bot', userKey: BOT, displayName: 'Flow bot' },
    }),
    'GET /rest/api/space/:key': answering(({ params }) => {
      if (params['key'] !== SPACE.key) throw new Refused(404, '', 'No space found');
      return { id: 98305, key: SPACE.key, name: SPACE.name, homepage: { id: HOME_ID } };
    }),
    'GET /rest/api/content': answering(({ query }) => ({
      results: [...wiki.pages.values()]
        .filter(
          (page) =>
            query.get('spaceKey') === SPACE.key &&
            page.title.toLowerCase() === query.get('title')?.toLowerCase() &&
            isAsked(page, query.get('status')),
        )
        .map((page) => show(page, query)),
    })),
    'GET /rest/api/content/search': answering(({ query }) => {
      const phrase = /^space = "(\w+)" and type = page and text ~ "\\"([\w-]+)\\""$/.exec(
        query.get('cql') ?? '',
      );
      if (phrase === null) throw new Refused(400, '', 'Could not parse cql');
      const found = [...wiki.pages.values()].filter(
        ({ id, status, body }) =>
          status === 'current' && indexed.has(id) && body.includes(phrase[2] ?? ''),
      );
      return { results: found.map(({ id, title }) => ({ id, title })) };
    }),
  };
}

const draft = {
  type: z.literal('page'),
  title: z.string(),
  space: z.strictObject({ key: z.literal(SPACE.key) }),
  body: z.strictObject({
    storage: z.strictObject({ value: z.string(), representation: z.literal('storage') }),
  }),
};
const newPage = z.strictObject({
  ...draft,
  ancestors: z.array(z.strictObject({ id: z.string() })).optional(),
});
const nextPage = z.strictObject({
  ...draft,
  id: z.string(),
  version: z.strictObject({ number: z.int(), message: z.string().optional() }),
});
const newProperty = z.strictObject({ key: z.string().min(1).max(255), value: z.json() });

function pageRoutes(world: World): Routes {
  const { wiki } = world;
  return {
    'POST /rest/api/content': answering(({ body, query }) => {
      if (!world.mayAddPages) throw new Refused(403, '', 'Could not create content');
      const sent = newPage.parse(body);
      const parentId = sent.ancestors?.[0]?.id ?? HOME_ID;
      const { title } = sent;
      return show(
        wiki.add(BOT, { title, body: sent.body.storage.value, parentId, isPrivate: false }),
        query,
      );
    }),
    'GET /rest/api/content/:id': answering(({ params, query }) =>
      show(takeCurrent(wiki, params['id']), query),
    ),
    'PUT /rest/api/content/:id': answering(({ params, body, query }) => {
      const { id, title, version, body: text } = nextPage.parse(body);
      if (id !== params['id']) throw new Refused(400, '', 'Ids do not match');
      const { number, message = '' } = version;
      return show(wiki.edit(id, { title, body: text.storage.value, number, message }), query);
    }),
    'GET /rest/api/content/:id/property/:key': answering(({ params }) => {
      const key = params['key'] ?? '';
      const property = takeCurrent(wiki, params['id']).properties.get(key);
      if (property === undefined) throw new Refused(404, '', 'Cannot find content property');
      return { key, ...property };
    }),
    'POST /rest/api/content/:id/property': answering(({ params, body }) => {
      const { key, value } = newProperty.parse(body);
      const { properties } = takeCurrent(wiki, params['id']);
      if (properties.has(key)) throw new Refused(409, '', 'Property already exists');
      properties.set(key, { id: wiki.nextId(), value, version: { number: 1 } });
      return { key, value, version: { number: 1 } };
    }),
  };
}

function takeCurrent(wiki: Wiki, id = ''): WikiPage {
  const page = wiki.take(id);
  if (page.status !== 'current') throw new Refused(404, '', 'No content found');
  return page;
}

/** What is not expanded is not there. */
function show(page: WikiPage, query: URLSearchParams): unknown {
  const { id, title, status, authorId, version, body } = page;
  const expanded = query.get('expand')?.split(',') ?? [];
  return {
    id,
    type: 'page',
    status,
    title,
    ...(expanded.includes('version') ? { version } : {}),
    ...(expanded.includes('history') ? { history: { createdBy: { userKey: authorId } } } : {}),
    ...(expanded.includes('body.storage')
      ? { body: { storage: { value: body, representation: 'storage' } } }
      : {}),
    _links: { webui: `/pages/viewpage.action?pageId=${id}` },
  };
}

function answering(run: (request: SandboxRequest) => unknown): Handler {
  return (request) => {
    try {
      return { status: 200, body: run(request) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, message } = error;
      return { status, body: { statusCode: status, message } };
    }
  };
}

function authenticate({ headers }: SandboxRequest): SandboxAnswer | undefined {
  if (headers['authorization'] === `Bearer ${TOKEN}`) return undefined;
  return { status: 401, body: { message: 'Client must be authenticated' } };
}
