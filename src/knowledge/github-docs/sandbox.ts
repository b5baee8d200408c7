import { createHash } from 'node:crypto';

import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import { startServer } from '../../sandbox/kit/server.ts';
import { newSha, openPulls, pullRoutes, refused, ROOT, takeBranch } from './sandbox-pulls.ts';
import type { Branch, Pull, World } from './sandbox-pulls.ts';
import type {
  Routes,
  SandboxAnswer,
  SandboxRequest,
  SandboxServer,
} from '../../sandbox/kit/server.ts';

const TOKEN = 'ghp_SandboxOnlyDocs0000000000000000000000';

export interface GitHubDocsSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  readonly branches: ReadonlyMap<string, Branch>;
  readonly pulls: readonly Pull[];
  /** Classic protection, or a ruleset that demands pull requests; null for neither. */
  setProtection(how: 'classic' | 'ruleset' | null): void;
  setPushAllowed(allowed: boolean): void;
  urlOf(file: string): string;
  /** What people do by hand. */
  people: {
    write(file: string, text: string): void;
    remove(file: string): void;
    /** Merges every open pull request. */
    merge(): void;
    close(): void;
  };
}

/** One repository `acme/docs` with a branch `main`, and GitHub's rules for its contents. */
export async function openSandbox(deps: SandboxDeps): Promise<GitHubDocsSandbox> {
  const world: World = {
    branches: new Map([['main', { sha: newSha(), files: new Map([['README.md', '# Docs\n']]) }]]),
    pulls: [],
    protection: null,
    mayPush: true,
    url: '',
  };
  const server = await startServer({
    name: 'GitHub docs',
    routes: { ...repositoryRoutes(world), ...contentRoutes(world), ...pullRoutes(world) },
    before: (request) => authenticate(world, request),
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  world.url = server.url;
  return {
    server,
    servers: [server],
    config: { base_url: server.url, repository: 'acme/docs', auth: { token: new Secret(TOKEN) } },
    branches: world.branches,
    pulls: world.pulls,
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    setProtection(how) {
      world.protection = how;
    },
    setPushAllowed(allowed) {
      world.mayPush = allowed;
    },
    urlOf: (file) => blobUrl(world, 'main', file),
    people: people(world),
  };
}

function people(world: World): GitHubDocsSandbox['people'] {
  const main = (): Branch => takeBranch(world, 'main');
  const commit = (change: (files: Map<string, string>) => void): void => {
    change(main().files);
    main().sha = newSha();
  };
  return {
    write: (file, text) => commit((files) => void files.set(file, text)),
    remove: (file) => commit((files) => void files.delete(file)),
    merge() {
      for (const pull of openPulls(world)) {
        const { files } = takeBranch(world, pull.head);
        commit((mine) => {
          for (const [file, text] of files) mine.set(file, text);
        });
        pull.state = 'closed';
      }
    },
    close() {
      for (const pull of openPulls(world)) pull.state = 'closed';
    },
  };
}

function repositoryRoutes(world: World): Routes {
  const { branches } = world;
  return {
    [`GET ${ROOT}`]: () => ({
      status: 200,
      body: { archived: false, permissions: { push: world.mayPush, pull: true } },
    }),
    [`GET ${ROOT}/branches/:name`]: ({ params }) => {
      const branch = branches.get(params['name'] ?? '');
      if (branch === undefined) return { status: 404, body: { message: 'Branch not found' } };
      const isProtected = params['name'] === 'main' && world.protection === 'classic';
      return { status: 200, body: { protected: isProtected, commit: { sha: branch.sha } } };
    },
    [`GET ${ROOT}/rules/branches/:name`]: ({ params }) => ({
      status: 200,
      body:
        params['name'] === 'main' && world.protection === 'ruleset'
          ? [{ type: 'deletion' }, { type: 'pull_request' }]
          : [],
    }),
    [`POST ${ROOT}/git/refs`]: ({ body }) => {
      const { ref, sha } = newRef.parse(body);
      const name = ref.replace('refs/heads/', '');
      if (branches.has(name)) return refused('Reference already exists');
      const from = [...branches.values()].find((branch) => branch.sha === sha);
      if (from === undefined) return refused('Object does not exist');
      branches.set(name, { sha, files: new Map(from.files) });
      return { status: 201, body: { ref, object: { sha } } };
    },
    [`PATCH ${ROOT}/git/refs/:ref`]: ({ params, body }) => {
      const { sha, force } = movedRef.parse(body);
      const from = [...branches.values()].find((branch) => branch.sha === sha);
      if (from === undefined || !force) return refused('Update is not a fast forward');
      branches.set((params['ref'] ?? '').replace('heads/', ''), {
        sha,
        files: new Map(from.files),
      });
      return { status: 200, body: { object: { sha } } };
    },
  };
}

const newRef = z.strictObject({ ref: z.string().startsWith('refs/heads/'), sha: z.string() });
const movedRef = z.strictObject({ sha: z.string(), force: z.boolean() });
const newContent = z.strictObject({
  message: z.string().min(1),
  content: z.base64(),
  branch: z.string(),
  sha: z.string().optional(),
});

function contentRoutes(world: World): Routes {
  return {
    [`GET ${ROOT}/contents/:file`]: ({ params, query }) => {
      const [name, file] = [query.get('ref') ?? 'main', params['file'] ?? ''];
      const text = world.branches.get(name)?.files.get(file);
      if (text === undefined) return NOT_FOUND;
      // GitHub breaks its base64 into lines.
      const content = Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n');
      const html_url = blobUrl(world, name, file);
      return { status: 200, body: { type: 'file', sha: blobSha(text), content, html_url } };
    },
    [`PUT ${ROOT}/contents/:file`]: ({ params, body }) => {
      const sent = newContent.parse(body);
      return writeContent(world, params['file'] ?? '', sent);
    },
  };
}

function writeContent(
  world: World,
  file: string,
  sent: z.output<typeof newContent>,
): SandboxAnswer {
  const branch = world.branches.get(sent.branch);
  if (branch === undefined)
    return { status: 404, body: { message: `Branch ${sent.branch} not found` } };
  if (sent.branch === 'main' && world.protection !== null) {
    const message =
      'Repository rule violations found\n\nChanges must be made through a pull request.\n\n';
    return { status: 409, body: { message } };
  }
  const present = branch.files.get(file);
  if (present !== undefined && sent.sha === undefined) {
    return refused('Invalid request.\n\n"sha" wasn\'t supplied.');
  }
  if (sent.sha !== undefined && (present === undefined || sent.sha !== blobSha(present))) {
    return { status: 409, body: { message: `${file} does not match ${sent.sha}` } };
  }
  const text = Buffer.from(sent.content, 'base64').toString('utf8');
  branch.files.set(file, text);
  branch.sha = newSha();
  const content = { sha: blobSha(text), html_url: blobUrl(world, sent.branch, file) };
  return {
    status: present === undefined ? 201 : 200,
    body: { content, commit: { sha: branch.sha } },
  };
}

function authenticate(
  { mayPush }: World,
  { method, headers }: SandboxRequest,
): SandboxAnswer | undefined {
  if (headers['authorization'] !== `Bearer ${TOKEN}`) {
    return { status: 401, body: { message: 'Bad credentials' } };
  }
  if (mayPush || method === 'GET') return undefined;
  return {
    status: 403,
    body: { message: 'Resource not accessible by integration' },
    headers: { 'x-accepted-github-permissions': 'contents=write' },
  };
}

const NOT_FOUND: SandboxAnswer = { status: 404, body: { message: 'Not Found' } };

function blobUrl(world: World, branch: string, file: string): string {
  return `${world.url}/acme/docs/blob/${branch}/${file}`;
}

function blobSha(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
