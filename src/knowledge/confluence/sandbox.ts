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
import * as api from './sandbox-api.ts';
import { BOT, HOME_ID, Refused, SOMEBODY, SPACE, Wiki } from './sandbox-wiki.ts';
import type { WikiPage } from './sandbox-wiki.ts';

const EMAIL = 'flow-bot@example.com';
const TOKEN = 'ATATT3xSandboxOnly-7d0c2a10';
const EVERYTHING = [
  'read space',
  'create page',
  'delete page',
  'administer space',
  'restrict_content space',
];

export interface ConfluenceSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  /** Every page with its content, as an administrator sees the space. */
  pages(): readonly WikiPage[];
  /** Titles of pages that others could read before it was decided who may; must stay empty. */
  exposures(): readonly string[];
  /** May anybody who sees the space read it? */
  isOpen(page: WikiPage): boolean;
  /** Brings the search index up to date, as Confluence does after a while. */
  reindex(): void;
  setOperations(operations: readonly string[]): void;
  /** On the free plan restrictions are accepted and ignored. */
  setRestrictionsIgnored(ignored: boolean): void;
  /** What people do by hand. */
  people: {
    addPage(title: string, body?: string): WikiPage;
    rename(id: string, title: string): void;
    edit(id: string, body: string): void;
    archive(id: string): void;
    trash(id: string): void;
    unrestrict(id: string): void;
  };
}

interface World {
  readonly wiki: Wiki;
  readonly indexed: Set<string>;
  operations: readonly string[];
  restrictionsIgnored: boolean;
}

/** A Confluence Cloud site with one space, two groups, our bot and somebody else. */
export async function openSandbox(deps: SandboxDeps): Promise<ConfluenceSandbox> {
  const world: World = {
    wiki: new Wiki(),
    indexed: new Set(),
    operations: EVERYTHING,
    restrictionsIgnored: false,
  };
  const { wiki } = world;
  const server = await startServer({
    name: 'Confluence',
    routes: {
      ...routes(world),
      'GET /wiki/spaces/:key/pages/:id/:slug': ({ params }) =>
        browse(wiki, wiki.pages.get(params['id'] ?? '')),
      'GET /wiki/display/:key/:title': ({ params }) =>
        browse(
          wiki,
          [...wiki.pages.values()].find(({ title }) => title === params['title']),
        ),
    },
    before: authenticate,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    server,
    servers: [server],
    config: {
      site: server.url,
      email: EMAIL,
      api_token: new Secret(TOKEN),
      space: SPACE.key,
    },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    pages: () => [...wiki.pages.values()],
    exposures: () => [...wiki.exposures],
    isOpen: (page) => wiki.isOpen(page),
    reindex() {
      for (const id of wiki.pages.keys()) world.indexed.add(id);
    },
    setOperations(operations) {
      world.operations = operations;
    },
    setRestrictionsIgnored(ignored) {
      world.restrictionsIgnored = ignored;
    },
    people: people(wiki),
  };
}

function people(wiki: Wiki): ConfluenceSandbox['people'] {
  const revise = (id: string, change: { title?: string; body?: string }): void => {
    const { title, body, version } = wiki.take(id);
    wiki.edit(id, { title, body, ...change, number: version.number + 1, message: '' });
  };
  return {
    addPage: (title, body = '<p>Something else.</p>') =>
      wiki.add(SOMEBODY, { title, body, parentId: HOME_ID, isPrivate: false }),
    rename: (id, title) => revise(id, { title }),
    edit: (id, body) => revise(id, { body }),
    archive(id) {
      wiki.take(id).status = 'archived';
    },
    trash: (id) => wiki.remove(id, false),
    unrestrict(id) {
      wiki.restrict(id, { read: { users: [], groups: [] }, update: { users: [], groups: [] } });
    },
  };
}

function routes(world: World): Routes {
  return { ...directoryRoutes(world), ...pageRoutes(world), ...detailRoutes(world) };
}

function directoryRoutes(world: World): Routes {
  const { wiki } = world;
  return {
    'GET /wiki/rest/api/user/current': answering(() => ({
      type: 'known',
      accountId: BOT,
      displayName: 'Flow bot',
    })),
    'GET /wiki/api/v2/spaces': answering(({ query }) => ({
      results: query.get('keys') === SPACE.key ? [{ ...SPACE, status: 'current' }] : [],
    })),
    'GET /wiki/api/v2/spaces/:id/operations': answering(() => ({
      operations: world.operations.map((text) => {
        const [operation, targetType] = text.split(' ');
        return { operation, targetType };
      }),
    })),
    'GET /wiki/rest/api/group/picker': answering(({ query }) =>
      api.pickGroups(query.get('query') ?? ''),
    ),
    'GET /wiki/rest/api/content/search': answering(({ query }) =>
      api.search(wiki, query.get('cql') ?? '', world.indexed),
    ),
  };
}

function pageRoutes(world: World): Routes {
  const { wiki } = world;
  return {
    'GET /wiki/api/v2/pages': answering(({ query }) => api.listPages(wiki, query)),
    'POST /wiki/api/v2/pages': answering(({ body, query }) => {
      if (!world.operations.includes('create page'))
        throw new Refused(404, 'NOT_FOUND', 'Not Found');
      return api.createPage(wiki, body, query.get('private') === 'true');
    }),
    'GET /wiki/api/v2/pages/:id': answering(({ params, query }) =>
      api.readPage(wiki, params['id'] ?? '', query),
    ),
    'PUT /wiki/api/v2/pages/:id': answering(({ params, body }) =>
      api.updatePage(wiki, params['id'] ?? '', body),
    ),
    'DELETE /wiki/api/v2/pages/:id': answering(({ params, query }) => {
      const purge = query.get('purge') === 'true';
      const needed = purge ? 'administer space' : 'delete page';
      if (!world.operations.includes(needed)) throw new Refused(404, 'NOT_FOUND', 'Not Found');
      wiki.remove(params['id'] ?? '', purge);
      return undefined;
    }),
  };
}

function detailRoutes(world: World): Routes {
  const { wiki } = world;
  return {
    'GET /wiki/api/v2/pages/:id/properties': answering(({ params, query }) =>
      api.readProperties(wiki, params['id'] ?? '', query.get('key')),
    ),
    'PUT /wiki/api/v2/pages/:id/properties/:property': answering(({ params, body }) =>
      api.updateProperty(wiki, params['id'] ?? '', params['property'] ?? '', body),
    ),
    'POST /wiki/api/v2/pages/:id/properties': answering(({ params, body }) =>
      api.addProperty(wiki, params['id'] ?? '', body),
    ),
    'GET /wiki/rest/api/content/:id/restriction': answering(({ params }) =>
      api.readRestrictions(wiki.take(params['id'] ?? '')),
    ),
    'PUT /wiki/rest/api/content/:id/restriction': answering(({ params, body }) => {
      const page = wiki.take(params['id'] ?? '');
      return world.restrictionsIgnored
        ? api.readRestrictions(page)
        : api.writeRestrictions(wiki, page.id, body);
    }),
    'DELETE /wiki/rest/api/content/:id/restriction': answering(({ params }) => {
      const everybody = { users: [], groups: [] };
      return api.readRestrictions(
        wiki.restrict(params['id'] ?? '', { read: everybody, update: everybody }),
      );
    }),
  };
}

function answering(run: (request: SandboxRequest) => unknown): Handler {
  return (request) => {
    try {
      const body = run(request);
      return body === undefined ? { status: 204 } : { status: 200, body };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, code, message } = error;
      return { status, body: { errors: [{ status, code, title: message, detail: null }] } };
    }
  };
}

function authenticate({ path, headers }: SandboxRequest): SandboxAnswer | undefined {
  if (!/^\/wiki\/(?:api|rest)\//.test(path)) return undefined;
  const expected = `Basic ${Buffer.from(`${EMAIL}:${TOKEN}`).toString('base64')}`;
  if (headers['authorization'] === expected) return undefined;
  return { status: 401, body: { code: 401, message: 'Unauthorized' } };
}

/** The page as a browser of somebody without special rights shows it. */
function browse(wiki: Wiki, page: WikiPage | undefined): SandboxAnswer {
  if (page?.status !== 'current' || !wiki.isOpen(page)) {
    return { status: 404, body: '<h1>You cannot see this page</h1><p>It is restricted.</p>' };
  }
  const title = page.title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return { status: 200, body: `<meta charset="utf-8"><h1>${title}</h1>${page.body}` };
}
