import { randomInt, randomUUID } from 'node:crypto';

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

const VAULT = 'hfnjvi6aymbsnfc2xeeoheizda';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export interface StoredItem {
  id: string;
  version: number;
  state?: 'ARCHIVED' | 'DELETED';
  readonly body: ItemBody;
}

export interface ConnectSandbox extends AdapterSandbox {
  readonly server: SandboxServer;
  items(title: string): StoredItem[];
  /** What people do by hand. */
  put(title: string, fields: ItemBody['fields'], tags?: readonly string[]): void;
  archive(title: string): void;
  setToken(access: 'rw' | 'r', vaults?: readonly string[]): void;
  setHealth(status: string): void;
}

interface World {
  readonly items: StoredItem[];
  readonly token: string;
  access: 'rw' | 'r';
  vaults: readonly string[];
  health: string;
}

/** A Connect server with one vault, as its API description has it. */
export async function openSandbox(deps: SandboxDeps): Promise<ConnectSandbox> {
  const world: World = {
    items: [],
    token: randomUUID(),
    access: 'rw',
    vaults: [VAULT],
    health: 'ACTIVE',
  };
  const server = await startServer({
    name: '1Password Connect',
    routes: routes(world),
    before: ({ path, headers }) =>
      path.startsWith('/v1/') && headers['authorization'] !== `Bearer ${world.token}`
        ? failed(401, 'Invalid token signature')
        : undefined,
    ...(deps.port === undefined ? {} : { port: deps.port }),
  });
  return {
    server,
    servers: [server],
    config: { connect_url: server.url, token: new Secret(world.token), vault: VAULT },
    perform: () => Promise.resolve(NOTHING),
    close: () => server.close(),
    ...controls(world),
  };
}

function controls(world: World) {
  const items = (title: string): StoredItem[] =>
    world.items.filter(({ body }) => body.title === title);
  return {
    items,
    put(title: string, fields: ItemBody['fields'], tags: readonly string[] = []): void {
      const category = 'API_CREDENTIAL' as const;
      const vault = { id: VAULT } as const;
      const body = { title, category, vault, tags: [...tags], fields, sections: [] };
      world.items.push({ id: newId(), version: 1, body });
    },
    archive(title: string): void {
      for (const item of items(title)) item.state = 'ARCHIVED';
    },
    setToken(access: 'rw' | 'r', vaults: readonly string[] = [VAULT]): void {
      world.access = access;
      world.vaults = vaults;
    },
    setHealth(status: string): void {
      world.health = status;
    },
  };
}

const field = z.strictObject({
  id: z.string(),
  type: z.enum(['STRING', 'CONCEALED', 'EMAIL', 'URL', 'MENU', 'DATE', 'TOTP']),
  label: z.string(),
  value: z.string(),
  section: z.strictObject({ id: z.string() }).optional(),
});

const itemBody = z.strictObject({
  title: z.string(),
  category: z.enum(['API_CREDENTIAL', 'LOGIN', 'PASSWORD', 'SECURE_NOTE']),
  vault: z.strictObject({ id: z.literal(VAULT) }),
  tags: z.array(z.string()),
  sections: z.array(z.strictObject({ id: z.string(), label: z.string() })),
  fields: z.array(field),
});

type ItemBody = z.output<typeof itemBody>;

/** What comes back with an item is sent with it again, and ignored. */
const replaceBody = itemBody.extend({
  id: z.string(),
  version: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

function routes(world: World): Routes {
  const one = `/v1/vaults/:vault/items/:item`;
  const writing = (work: Handler): Handler =>
    inVault(world, (request) => (world.access === 'rw' ? work(request) : forbidden()));
  return {
    'GET /health': () => ({
      status: 200,
      body: {
        name: '1Password Connect API',
        version: '1.8.1',
        dependencies: [
          { service: 'sync', status: world.health },
          {
            service: 'sqlite',
            status: 'ACTIVE',
            message: 'Connected to /home/opuser/1password.sqlite',
          },
        ],
      },
    }),
    'GET /v1/vaults': () => ({
      status: 200,
      body: world.vaults.map((id) => ({ id, name: id === VAULT ? 'Flow' : 'Somebody else’s' })),
    }),
    'GET /v1/vaults/:vault/items': inVault(world, (request) => list(world, request)),
    'POST /v1/vaults/:vault/items': writing(({ body }) => create(world, body)),
    [`GET ${one}`]: inVault(world, ({ params }) => withItem(world, params, full)),
    [`PUT ${one}`]: writing(({ params, body }) =>
      withItem(world, params, (item) => replace(world, item, body)),
    ),
    [`DELETE ${one}`]: writing(({ params }) =>
      withItem(world, params, (item) => {
        world.items.splice(world.items.indexOf(item), 1);
        return { status: 204 };
      }),
    ),
  };
}

function inVault(world: World, work: Handler): Handler {
  return (request) =>
    world.vaults.includes(request.params['vault'] ?? '') ? work(request) : forbidden();
}

function forbidden(): SandboxAnswer {
  return failed(403, 'Authorization: token does not have the required permissions for this vault');
}

function list(world: World, { query }: SandboxRequest): SandboxAnswer {
  const [, title] = /^title eq "([^"]*)"$/.exec(query.get('filter') ?? '') ?? [];
  if (title === undefined) return failed(400, 'Invalid filter');
  // The filter does not mind case, so the caller must.
  const found = world.items.filter(({ body }) => body.title.toLowerCase() === title.toLowerCase());
  return { status: 200, body: found.map(summary) };
}

function create(world: World, body: unknown): SandboxAnswer {
  const sent = itemBody.safeParse(body);
  if (!sent.success) return failed(400, `Invalid item: ${sent.error.message}`);
  const item: StoredItem = { id: newId(), version: 1, body: sent.data };
  world.items.push(item);
  return full(item);
}

function replace(world: World, item: StoredItem, body: unknown): SandboxAnswer {
  const sent = replaceBody.safeParse(body);
  if (!sent.success || sent.data.id !== item.id) return failed(400, 'Invalid item');
  const { id, version: _version, createdAt: _created, updatedAt: _updated, ...rest } = sent.data;
  const next = { id, version: item.version + 1, body: rest };
  world.items[world.items.indexOf(item)] = next;
  return full(next);
}

function withItem(
  world: World,
  params: Readonly<Record<string, string>>,
  work: (item: StoredItem) => SandboxAnswer,
): SandboxAnswer {
  const id = params['item'] ?? '';
  if (!/^[a-z0-9]{26}$/.test(id)) return failed(400, 'Invalid Item UUID');
  const found = world.items.find((item) => item.id === id);
  return found === undefined ? failed(404, `Item ${id} not found`) : work(found);
}

function summary({ id, version, state, body }: StoredItem) {
  const { title, category, tags, vault } = body;
  const times = { createdAt: '2026-11-23T09:00:00Z', updatedAt: '2026-11-23T09:00:00Z' };
  return {
    id,
    version,
    title,
    category,
    tags,
    vault,
    ...times,
    ...(state === undefined ? {} : { state }),
  };
}

function full(item: StoredItem): SandboxAnswer {
  const { fields, sections } = item.body;
  return { status: 200, body: { ...summary(item), fields, sections } };
}

function newId(): string {
  return Array.from({ length: 26 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

function failed(status: number, message: string): SandboxAnswer {
  return { status, body: { status, message } };
}
