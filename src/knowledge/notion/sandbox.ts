import { randomBytes } from 'node:crypto';

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
import { children, richText, show } from './sandbox-blocks.ts';
import type { SandboxBlock, SandboxText } from './sandbox-blocks.ts';

const TOKEN = 'ntn_SandboxOnly00000000000000000000000000';
const SOURCE = '1f0c5a2e-7b1d-80f3-9c55-000b6a1d2c3e';
const TITLE = 'Name';

export interface SandboxPage {
  readonly id: string;
  readonly createdAt: string;
  readonly values: Map<string, SandboxText>;
  blocks: readonly SandboxBlock[];
  inTrash: boolean;
}

export interface NotionSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  pages(): readonly SandboxPage[];
  titleOf(page: SandboxPage): string;
  urlOf(page: SandboxPage): string;
  /** Type by name, as an administrator sees the data source. */
  readonly properties: Map<string, string>;
  setMayInsert(may: boolean): void;
  setShared(shared: boolean): void;
}

interface World {
  readonly pages: SandboxPage[];
  readonly properties: Map<string, string>;
  readonly now: () => Date;
  mayInsert: boolean;
  shared: boolean;
  url: string;
}

/** A workspace with one database that is shared with our integration and has only a title. */
export async function openSandbox({ clock, port }: SandboxDeps): Promise<NotionSandbox> {
  const world: World = {
    pages: [],
    properties: new Map([[TITLE, 'title']]),
    now: () => clock.now(),
    mayInsert: true,
    shared: true,
    url: '',
  };
  const server = await startServer({
    name: 'Notion',
    routes: { ...sourceRoutes(world), ...pageRoutes(world) },
    before: (request) => guard(world, request),
    ...(port === undefined ? {} : { port }),
  });
  world.url = server.url;
  return {
    server,
    servers: [server],
    config: { api_url: server.url, token: new Secret(TOKEN), data_source_id: SOURCE },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    pages: () => world.pages,
    titleOf: (page) => show(page.values.get(TITLE) ?? []),
    urlOf: (page) => urlOf(world, page),
    properties: world.properties,
    setMayInsert(may) {
      world.mayInsert = may;
    },
    setShared(shared) {
      world.shared = shared;
    },
  };
}

const newProperties = z.strictObject({
  properties: z.record(z.string(), z.strictObject({ rich_text: z.strictObject({}) })),
});
const query = z.strictObject({
  filter: z.strictObject({
    property: z.string(),
    rich_text: z.strictObject({ equals: z.string().max(2000) }),
  }),
  sorts: z.array(
    z.strictObject({ timestamp: z.literal('created_time'), direction: z.literal('ascending') }),
  ),
  page_size: z.int().min(1).max(100),
});

function sourceRoutes(world: World): Routes {
  const { pages, properties } = world;
  const AT = `/v1/data_sources/${SOURCE}`;
  return {
    [`GET ${AT}`]: () => ({
      status: 200,
      body: {
        object: 'data_source',
        id: SOURCE,
        properties: Object.fromEntries(
          [...properties].map(([name, type]) => [name, { id: name, name, type }]),
        ),
      },
    }),
    [`PATCH ${AT}`]: checked(newProperties, (sent) => {
      for (const name of Object.keys(sent.properties)) properties.set(name, 'rich_text');
      return { status: 200, body: { object: 'data_source', id: SOURCE } };
    }),
    [`POST ${AT}/query`]: checked(query, ({ filter, page_size }) => {
      if (properties.get(filter.property) !== 'rich_text') {
        return invalid(`Could not find property with name or id: ${filter.property}`);
      }
      const found = pages.filter(
        (page) =>
          !page.inTrash && show(page.values.get(filter.property) ?? []) === filter.rich_text.equals,
      );
      const results = found.slice(0, page_size).map((page) => showPage(world, page));
      return { status: 200, body: { object: 'list', results, has_more: false, next_cursor: null } };
    }),
  };
}

const values = z.record(
  z.string(),
  z.union([z.strictObject({ title: richText }), z.strictObject({ rich_text: richText })]),
);
const newPage = z.strictObject({
  parent: z.strictObject({
    type: z.literal('data_source_id'),
    data_source_id: z.literal(SOURCE),
  }),
  properties: values,
  children,
});
const changedPage = z.strictObject({
  properties: values.optional(),
  erase_content: z.literal(true).optional(),
  in_trash: z.literal(true).optional(),
});

function pageRoutes(world: World): Routes {
  const { pages } = world;
  return {
    'POST /v1/pages': checked(newPage, (sent) => {
      const refusal = refuseValues(world, sent.properties);
      if (refusal !== undefined) return refusal;
      const page: SandboxPage = {
        id: nextId(pages.length),
        // To the minute, as Notion has it.
        createdAt: `${world.now().toISOString().slice(0, 16)}:00.000Z`,
        values: new Map(),
        blocks: sent.children,
        inTrash: false,
      };
      setValues(page, sent.properties);
      pages.push(page);
      return { status: 200, body: showPage(world, page) };
    }),
    'PATCH /v1/pages/:id': checked(changedPage, (sent, { params }) => {
      const page = pages.find(({ id }) => id === params['id']);
      if (page === undefined) return NOT_FOUND;
      if (page.inTrash) return invalid("Can't edit page that is in the trash.");
      const refusal = refuseValues(world, sent.properties ?? {});
      if (refusal !== undefined) return refusal;
      setValues(page, sent.properties ?? {});
      if (sent.erase_content === true) page.blocks = [];
      if (sent.in_trash === true) page.inTrash = true;
      return { status: 200, body: showPage(world, page) };
    }),
    'PATCH /v1/blocks/:id/children': checked(z.strictObject({ children }), (sent, { params }) => {
      const page = pages.find(({ id }) => id === params['id']);
      if (page === undefined) return NOT_FOUND;
      if (page.inTrash) return invalid("Can't edit block that is in the trash.");
      page.blocks = [...page.blocks, ...sent.children];
      return { status: 200, body: { object: 'list', results: [] } };
    }),
  };
}

/** Later pages have greater ids. */
function nextId(count: number): string {
  const prefix = (0x1f_0c_5a_2e + count).toString(16);
  return `${prefix}-7b1d-80f3-9c55-${randomBytes(6).toString('hex')}`;
}

function refuseValues(
  { properties }: World,
  sent: z.output<typeof values>,
): SandboxAnswer | undefined {
  const wrong = Object.entries(sent).find(
    ([name, value]) => properties.get(name) !== ('title' in value ? 'title' : 'rich_text'),
  );
  return wrong === undefined ? undefined : invalid(`${wrong[0]} is not a property that exists.`);
}

function setValues(page: SandboxPage, sent: z.output<typeof values>): void {
  for (const [name, value] of Object.entries(sent)) {
    page.values.set(name, 'title' in value ? value.title : value.rich_text);
  }
}

function showPage(world: World, page: SandboxPage): unknown {
  const properties = [...world.properties].map(([name, type]) => {
    const texts = (page.values.get(name) ?? []).map(({ text }) => ({ plain_text: text.content }));
    return [name, { id: name, type, [type]: texts }];
  });
  return {
    object: 'page',
    id: page.id,
    url: urlOf(world, page),
    created_time: page.createdAt,
    in_trash: page.inTrash,
    properties: Object.fromEntries(properties),
  };
}

function urlOf({ url }: World, page: SandboxPage): string {
  const slug = show(page.values.get(TITLE) ?? []).replaceAll(/[^A-Za-z0-9]+/g, '-');
  return `${url}/${slug.slice(0, 60)}-${page.id.replaceAll('-', '')}`;
}

function checked<T>(
  schema: z.ZodType<T>,
  run: (sent: T, request: SandboxRequest) => SandboxAnswer,
): Handler {
  return (request) => {
    const sent = schema.safeParse(request.body);
    return sent.success ? run(sent.data, request) : invalid(z.prettifyError(sent.error));
  };
}

function invalid(message: string): SandboxAnswer {
  return failure(400, 'validation_error', message);
}

function failure(status: number, code: string, message: string): SandboxAnswer {
  return { status, body: { object: 'error', status, code, message } };
}

const NOT_FOUND = failure(404, 'object_not_found', 'Could not find it. Is it shared?');

function guard(world: World, { method, path, headers }: SandboxRequest): SandboxAnswer | undefined {
  if (headers['authorization'] !== `Bearer ${TOKEN}`) {
    return failure(401, 'unauthorized', 'API token is invalid.');
  }
  if (headers['notion-version'] !== '2025-09-03') {
    return failure(400, 'missing_version', 'Notion-Version header is missing or too old.');
  }
  if (!world.shared) return NOT_FOUND;
  const writes = method === 'PATCH' || (method === 'POST' && path === '/v1/pages');
  return writes && !world.mayInsert
    ? failure(403, 'restricted_resource', 'Insufficient permissions for this endpoint.')
    : undefined;
}
