import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compare, outside } from '../../scripts/descriptions/compare.ts';
import type { Described } from '../../scripts/descriptions/compare.ts';
import type { Deviation } from '../../scripts/descriptions/known-deviations.ts';
import { openOpenApi } from '../../scripts/descriptions/open-api.ts';
import type { Schema } from '../../scripts/descriptions/open-api.ts';
import { playConfluence } from '../../scripts/descriptions/play-confluence.ts';
import { playGitHubActions } from '../../scripts/descriptions/play-github-actions.ts';
import {
  playAzureDevops,
  playAzureDevopsServer,
} from '../../scripts/descriptions/play-azure-devops.ts';
import {
  playBitbucketCloud,
  playBitbucketDataCenter,
} from '../../scripts/descriptions/play-bitbucket.ts';
import {
  playGitHubEnterpriseServer,
  playGitHubManagedUsers,
} from '../../scripts/descriptions/play-github-enterprise.ts';
import { playGitHub } from '../../scripts/descriptions/play-github.ts';
import { playJira } from '../../scripts/descriptions/play-jira.ts';
import { createValidator } from '../../scripts/descriptions/validator.ts';
import { startServer } from '../../src/sandbox/kit/server.ts';
import type { SandboxServer } from '../../src/sandbox/kit/server.ts';
import { oldShop, shop } from './shop-description.ts';

const SHOP: Described = {
  name: 'Shop',
  description: openOpenApi(shop),
  base: '/api',
  within: /^\/api\//,
};

const KETTLE = { id: 7, name: 'Kettle', owner: { login: 'ada', email: null }, tags: ['new'] };

describe('The comparison with an API description', () => {
  let server: SandboxServer;
  let answer: { status: number; body?: unknown };

  beforeEach(async () => {
    answer = { status: 201, body: KETTLE };
    server = await startServer({
      name: 'Shop',
      routes: {
        'POST /api/things': () => answer,
        'GET /api/things': () => answer,
        'GET /api/things/:id': () => answer,
        'DELETE /api/things/:id': () => answer,
        'GET /browse': () => ({ status: 200, body: '<h1>Shop</h1>' }),
      },
    });
  });

  afterEach(async () => {
    await server.close();
    if (server.unexpected.length > 0) throw new Error(server.unexpected.join('\n'));
  });

  async function send(method: string, path: string, body?: unknown): Promise<void> {
    const json = { 'content-type': 'application/json' };
    await fetch(server.url + path, {
      method,
      ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }),
    });
  }

  const found = (deviations: readonly Deviation[] = []) => {
    const { findings } = compare(SHOP, server.exchanges, deviations);
    return findings.map(({ operation, wrong }) => `${operation}: ${wrong}`);
  };

  it('has nothing to say about a right request and a right answer', async () => {
    await send('POST', '/api/things', { name: 'Kettle', size: 'small' });
    answer = { status: 200, body: [KETTLE] };
    await send('GET', '/api/things?limit=5&sort=name&tag=a,b&open=true');

    const comparison = compare(SHOP, server.exchanges, []);

    expect(comparison).toMatchObject({ exchanges: 2, operations: 2, findings: [], leftOut: 0 });
  });

  it.each([
    ['a field of another type', { name: 7 }, '/name must be string'],
    [
      'a value that is not allowed',
      { name: 'a', size: 'huge' },
      '/size must be equal to one of the allowed values: small,large',
    ],
    ['a missing field', { size: 'small' }, "it must have required property 'name'"],
    ['a field that nobody reads', { name: 'a', colour: 'red' }, '/colour is not described'],
  ])('finds %s in a body', async (_what, body, wrong) => {
    await send('POST', '/api/things', body);

    expect(found()).toEqual([`POST /api/things: in the body: ${wrong}`]);
  });

  it('finds a body that is missing, and one that nobody asked for', async () => {
    await send('POST', '/api/things');
    answer = { status: 204 };
    await send('DELETE', '/api/things/7', { sure: true });

    expect(found()).toEqual([
      'POST /api/things: the body is missing',
      'DELETE /api/things/{id}: a body is sent, and none is described',
    ]);
  });

  it.each([
    ['/api/things?limit=many', 'the parameter limit: it must be integer'],
    ['/api/things?limit=500', 'the parameter limit: it must be <= 100'],
    ['/api/things?tag=a,long', 'the parameter tag: /0 must NOT have more than 1 characters'],
    ['/api/things?page=2', 'the parameter page is not described'],
  ])('finds what is wrong with %s', async (path, wrong) => {
    answer = { status: 200, body: [] };

    await send('GET', path);

    expect(found()).toEqual([`GET /api/things: ${wrong}`]);
  });

  it('finds a path parameter of another type and a needed query parameter left out', async () => {
    answer = { status: 200, body: KETTLE };

    await send('GET', '/api/things/seven');

    expect(found()).toEqual([
      'GET /api/things/{id}: the parameter id: it must be integer',
      'GET /api/things/{id}: the parameter view is missing',
    ]);
  });

  it.each([
    ['a field of another type', { ...KETTLE, id: '7' }, '/id must be integer'],
    ['null where it cannot be', { ...KETTLE, name: null }, '/name must be string'],
    ['a format', { ...KETTLE, made: 'yesterday' }, '/made must match format "date-time"'],
    ['a field that is never sent', { ...KETTLE, colour: 'red' }, '/colour is not described'],
    [
      'such a field deep inside',
      { ...KETTLE, owner: { login: 'ada', bio: 'x' } },
      '/owner/bio is not described',
    ],
  ])('finds %s in an answer', async (_what, body, wrong) => {
    answer = { status: 201, body };

    await send('POST', '/api/things', { name: 'Kettle' });

    expect(found()).toEqual([`POST /api/things: in the answer 201: ${wrong}`]);
  });

  it('counts fields that an answer leaves out, and does not call them wrong', async () => {
    answer = { status: 201, body: { owner: { login: 'ada' } } };

    await send('POST', '/api/things', { name: 'Kettle' });

    const comparison = compare(SHOP, server.exchanges, []);
    expect(comparison).toMatchObject({ findings: [], leftOut: 2 });
  });

  it('finds a status, a method and a path that are not described', async () => {
    answer = { status: 418 };
    await send('POST', '/api/things', { name: 'Kettle' });
    await send('PATCH', '/api/things/7');
    server.unexpected.splice(0);

    expect(found()).toEqual([
      'POST /api/things: the answer’s status 418 is not described',
      'PATCH /api/things/7: the description has no such path and method',
    ]);
  });

  it('says which paths no description speaks for', async () => {
    await send('GET', '/browse');

    const { exchanges } = compare(SHOP, server.exchanges, []);

    expect(exchanges).toBe(0);
    expect(outside([SHOP], server.exchanges)).toEqual(['/browse']);
  });

  it('passes over a known deviation, and says when it is none any more', async () => {
    const known = {
      api: 'Shop',
      wrong: 'the answer’s status 418 is not described',
      operations: ['POST /api/things', 'GET /api/things'],
      reason: 'It is a teapot.',
    };
    answer = { status: 418 };
    await send('POST', '/api/things', { name: 'Kettle' });

    const comparison = compare(SHOP, server.exchanges, [known]);

    expect(comparison).toMatchObject({
      findings: [],
      known: 1,
      stale: [{ operation: 'GET /api/things', wrong: known.wrong }],
    });
  });
});

describe('A description in the older dialect', () => {
  const validator = createValidator(oldShop);
  const operation = oldShop.find('POST', '/acme/_apis/things');
  const list = oldShop.find('GET', '/acme/_apis/things');
  const answered = (schema: Schema | undefined, value: unknown) =>
    validator.refuseAnswered(schema ?? {}, value);

  it('says the same of bodies and parameters as a newer one', () => {
    const { schema, required } = operation?.requestBody ?? { schema: {}, required: false };
    const [organization, version] = operation?.parameters ?? [];

    expect(required).toBe(true);
    expect(validator.refuseSent(schema, { name: 'Kettle', kind: 'small' })).toEqual([]);
    expect(validator.refuseSent(schema, { kind: 'huge' })).toEqual([
      "it must have required property 'name'",
      '/kind must be equal to one of the allowed values: small,large',
    ]);
    expect(organization).toMatchObject({ in: 'path', schema: { type: 'string' } });
    expect(version).toMatchObject({ name: 'api-version', in: 'query', required: true });
  });

  it('lets answers say null for what has no value, and requests not', () => {
    const thing = operation?.answers.get('200');

    expect(answered(thing, { name: 'Kettle', kind: null })).toEqual([]);
    expect(answered(thing, { name: 7, kind: null })).toEqual(['/name must be string,null']);
    expect(validator.refuseSent(operation?.requestBody?.schema ?? {}, { name: null })).toEqual([
      '/name must be string',
    ]);
  });

  it('expects lists as they are sent, with their count', () => {
    const things = list?.answers.get('200');

    expect(answered(things, { count: 1, value: [{ name: 'Kettle' }] })).toEqual([]);
    expect(answered(things, [{ name: 'Kettle' }])).toEqual(['it must be object']);
  });
});

describe('The lives that are compared', () => {
  it.each([
    ['GitHub', playGitHub, 'POST /orgs/:org/invitations'],
    ['GitHub Actions', playGitHubActions, 'PUT /orgs/:org/actions/secrets/:name'],
    ['GitHub Enterprise Server', playGitHubEnterpriseServer, 'POST /admin/users'],
    ['GitHub Managed Users', playGitHubManagedUsers, 'POST /scim/v2/enterprises/:enterprise/Users'],
    ['Bitbucket Cloud', playBitbucketCloud, 'GET /2.0/workspaces/:workspace/members'],
    [
      'Bitbucket Data Center',
      playBitbucketDataCenter,
      'PUT /rest/access-tokens/latest/users/:slug',
    ],
    ['Azure DevOps', playAzureDevops, 'POST /ex/acme/_apis/userentitlements'],
    ['Azure DevOps Server', playAzureDevopsServer, 'GET /_apis/identities'],
    ['Jira Cloud', playJira, 'POST /rest/api/3/user'],
    ['Confluence', playConfluence, 'PUT /wiki/api/v2/pages/:id'],
  ])('play %s to the end, on calls that its sandbox knows', async (_name, play, telling) => {
    const exchanges = await play();

    const routes = exchanges.map(({ route }) => route);
    expect(routes).toContain(telling);
    expect(routes).not.toContain(null);
  });
});

describe('The command', () => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'check-descriptions.ts');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

  it('says in a sentence that the folder or its files are missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'descriptions-'));

    const [nothing, empty] = [run(), run(folder)];

    rmSync(folder, { recursive: true });
    expect([nothing?.status, empty?.status]).toEqual([2, 2]);
    expect(nothing?.stderr).toContain('Name the folder');
    expect(empty?.stderr).toContain('github/api.github.com.json');
  });
});
