import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import type {
  Routes,
  SandboxAnswer,
  SandboxRequest,
  SandboxServer,
} from '../../sandbox/kit/server.ts';

const PROJECT = 'acme/docs';
const TOKEN = 'glpat-SandboxOnlyWiki0000';

export interface GitLabWikiSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  /** Content by slug. */
  readonly pages: Map<string, string>;
  /** 30 is Developer. */
  setAccessLevel(level: number): void;
  setScope(scope: 'api' | 'read_api'): void;
  setEnabled(enabled: boolean): void;
  urlOf(slug: string): string;
}

interface World {
  readonly pages: Map<string, string>;
  level: number;
  scope: 'api' | 'read_api';
  enabled: boolean;
  url: string;
}

/** A project `acme/docs` with its wiki. */
export async function openSandbox(deps: SandboxDeps): Promise<GitLabWikiSandbox> {
  const world: World = {
    pages: new Map([['home', 'Welcome.']]),
    level: 30,
    scope: 'api',
    enabled: true,
    url: '',
  };
  const server = await startServer({
    name: 'GitLab wiki',
    routes: routes(world),
    before: (request) => guard(world, request),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  world.url = server.url;
  return {
    server,
    servers: [server],
    config: { base_url: server.url, token: new Secret(TOKEN), project: PROJECT },
    pages: world.pages,
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    setAccessLevel(level) {
      world.level = level;
    },
    setScope(scope) {
      world.scope = scope;
    },
    setEnabled(enabled) {
      world.enabled = enabled;
    },
    urlOf: (slug) => `${server.url}/${PROJECT}/-/wikis/${slug}`,
  };
}

const format = z.enum(['markdown', 'rdoc', 'asciidoc', 'org']).default('markdown');
const newPage = z.strictObject({ title: z.string().min(1), content: z.string().min(1), format });
const changedPage = z.strictObject({ content: z.string().min(1), format });

function routes(world: World): Routes {
  const { pages } = world;
  const ROOT = '/api/v4/projects/:project';
  return {
    [`GET ${ROOT}`]: () => ({
      status: 200,
      body: {
        id: 7,
        web_url: `${world.url}/${PROJECT}`,
        wiki_access_level: world.enabled ? 'enabled' : 'disabled',
        permissions: { project_access: { access_level: world.level }, group_access: null },
      },
    }),
    [`GET ${ROOT}/wikis/:slug`]: ({ params }) => show(world, params['slug'] ?? '', 200),
    [`POST ${ROOT}/wikis`]: ({ body }) => {
      const sent = newPage.safeParse(body);
      if (!sent.success) return { status: 400, body: { error: 'title, content are invalid' } };
      const slug = slugOf(sent.data.title);
      // The validation that answers runs without what Git said, so a duplicate looks like success.
      if (!pages.has(slug)) pages.set(slug, sent.data.content);
      const answer = { slug, title: titleOf(slug), format: 'markdown', encoding: 'UTF-8' };
      return { status: 201, body: { ...answer, content: sent.data.content } };
    },
    [`PUT ${ROOT}/wikis/:slug`]: ({ params, body }) => {
      const slug = params['slug'] ?? '';
      if (!pages.has(slug)) return { status: 404, body: { message: '404 Wiki Page Not Found' } };
      const sent = changedPage.safeParse(body);
      if (!sent.success) return { status: 400, body: { error: 'content is invalid' } };
      pages.set(slug, sent.data.content);
      return show(world, slug, 200);
    },
  };
}

function show({ pages }: World, slug: string, status: number): SandboxAnswer {
  const content = pages.get(slug);
  if (content === undefined) return { status: 404, body: { message: '404 Wiki Page Not Found' } };
  return {
    status,
    body: { slug, title: titleOf(slug), format: 'markdown', encoding: 'UTF-8', content },
  };
}

/** Blanks become dashes; folders stay. */
function slugOf(title: string): string {
  return title
    .split('/')
    .map((part) => part.trim().replaceAll(/\s+/g, '-'))
    .join('/');
}

function titleOf(slug: string): string {
  return (slug.split('/').at(-1) ?? '').replaceAll(/-+/g, ' ');
}

const DEVELOPER = 30;

function guard(world: World, request: SandboxRequest): SandboxAnswer | undefined {
  if (request.headers['private-token'] !== TOKEN) {
    return { status: 401, body: { message: '401 Unauthorized' } };
  }
  if (!request.path.includes(encodeURIComponent(PROJECT))) {
    return { status: 404, body: { message: '404 Project Not Found' } };
  }
  if (request.method !== 'GET' && world.scope !== 'api') {
    return { status: 403, body: { error: 'insufficient_scope', scope: 'api' } };
  }
  if (!request.path.includes('/wikis')) return undefined;
  if (!world.enabled) return { status: 403, body: { message: '403 Forbidden' } };
  return request.method !== 'GET' && world.level < DEVELOPER
    ? { status: 403, body: { message: '403 Forbidden' } }
    : undefined;
}
