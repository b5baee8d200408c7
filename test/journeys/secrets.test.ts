import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { PEOPLE } from '../../src/sandbox/people.ts';
import { fillOrder, GITLAB_ORDER } from '../support/fill-order.ts';
import type { FormOrder } from '../support/fill-order.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { ownRedis } from './own-redis.ts';
import {
  forms,
  hunt,
  keepEveryRow,
  placesElsewhere,
  placesInPostgres,
  placesInSlack,
  secretsOf,
  watchRedis,
} from './secret-hunt.ts';
import type { Places, RedisWatch } from './secret-hunt.ts';
import { playToTheEnd } from './verified-end.ts';

const own = await ownRedis();

const ORDERS: readonly FormOrder[] = [
  { ...GITLAB_ORDER, localPart: 'hunt-gitlab' },
  {
    kind: 'integration',
    connection: 'Jira acme',
    access: 'contributor',
    scope: ['Platform (PLAT)'],
    services: ['tickets'],
    localPart: 'hunt-jira',
  },
  {
    kind: 'automation',
    connection: 'GitHub acme',
    access: 'contributor',
    scope: ['acme/web'],
    process: 'Nightly release',
    automation: 'GitHub Actions',
    target: 'repo:acme/web',
    secretName: 'RELEASE_TOKEN',
    localPart: 'hunt-github',
  },
  { kind: 'flow-user', role: 'admin', localPart: 'hunt-flow' },
];

/** An empty place would prove nothing. */
const PLACES_IN_USE = [
  'calls to Slack',
  'payloads from Slack and their answers',
  'messages',
  'Home tabs',
  'table public.request',
  'table public.account',
  'table public.audit',
  'table public.every_row',
  ...(own === undefined ? [] : ['commands to Redis', 'keys of Redis']),
  'log lines',
  'audit log',
  'Confluence pages',
  'calls to Confluence',
  'mails',
  'addresses called',
  'answers of our web server',
];

let journey: Journey;
let redis: RedisWatch | undefined;
let folder: string;
const answers: string[] = [];

async function open(options: Parameters<typeof startJourney>[0]): Promise<void> {
  journey = await startJourney(options);
  await keepEveryRow(journey);
  listenToOurAnswers();
}

/** What a browser is answered by our own web server. */
function listenToOurAnswers(): void {
  const plain = globalThis.fetch;
  vi.stubGlobal('fetch', async (...call: Parameters<typeof fetch>) => {
    const answer = await plain(...call);
    const target = call[0] instanceof Request ? call[0].url : String(call[0]);
    if (target.startsWith(journey.product.url ?? 'nowhere')) {
      answers.push(JSON.stringify([...answer.headers]), await answer.clone().text());
    }
    return answer;
  });
}

async function everywhere(): Promise<Places> {
  return new Map([
    ...placesInSlack(journey),
    ...(await placesInPostgres(journey)),
    ...((await redis?.places()) ?? []),
    ...(await placesElsewhere(journey)),
    ['answers of our web server', answers.join('\n')],
  ]);
}

async function close(): Promise<void> {
  vi.unstubAllGlobals();
  answers.splice(0);
  await journey.close();
}

describe('After accounts of every kind, with Vault and Confluence', () => {
  beforeAll(async () => {
    if (own !== undefined) redis = await watchRedis(own.url);
    await open(own === undefined ? {} : { redisUrl: own.url });
    for (const order of ORDERS) await playToTheEnd(journey, order);
    const requester = journey.sandbox.slack.as(PEOPLE.requester.id);
    await requester.openHome();
    await journey.sandbox.slack.waitFor(() => requester.home(), { what: 'the Home tab' });
    for (const path of ['/healthz', '/readyz', '/metrics', '/deposit/no-such-link']) {
      await fetch(`${journey.product.url}${path}`);
    }
  }, 120_000);
  afterAll(async () => {
    await close();
    await redis?.close();
    redis = undefined;
    await own?.close();
  });

  it('no credential is anywhere but in the store and where it belongs', async () => {
    const secrets = secretsOf(journey);
    const places = await everywhere();

    expect(secrets.size).toBeGreaterThan(20);
    expect(PLACES_IN_USE.filter((place) => (places.get(place) ?? '').length < 100)).toEqual([]);
    expect(hunt(secrets, places)).toEqual([]);
    // Nor did the log have to blank one out.
    expect(places.get('log lines')).not.toContain('[secret]');
    journey.expectCleanWorld();
  });

  it('the credentials did come into being: the store and the pipeline have them', async () => {
    const { actions, github, vault } = journey.sandbox.outside;
    const values = new Set(secretsOf(journey).values());

    const pipeline = actions.valueOf('/repos/acme/web/actions', 'RELEASE_TOKEN') ?? '';
    const sent = vault.server.exchanges.map(({ request }) => request.rawBody).join('\n');
    const toGithub = github.servers.flatMap(({ exchanges }) => exchanges);

    expect(values.has(pipeline)).toBe(true);
    expect(sent).toContain(pipeline);
    expect(
      toGithub.some(({ request }) => request.headers['authorization']?.includes(pipeline) === true),
    ).toBe(true);
    expect(vault.secretsMeta().length).toBeGreaterThanOrEqual(6);
  });

  it('the one-time links and codes are in modals only', async () => {
    const { slack } = journey.sandbox;
    const modals = slack.apiCalls.filter(({ method }) => method.startsWith('views.'));
    const links = [...JSON.stringify(modals).matchAll(/\/deposit\/([\w-]{20,})/g)];
    const tokens = new Map(links.map(([, token = ''], index) => [`link ${index}`, token]));
    const places = new Map(await everywhere());
    for (const place of ['calls to Slack', 'modals', 'payloads from Slack and their answers']) {
      places.delete(place);
    }
    // The page's own form names its address.
    places.delete('answers of our web server');

    expect(tokens.size).toBeGreaterThanOrEqual(3);
    expect(hunt(tokens, places)).toEqual([]);
  });

  it('the hunt finds a credential that is planted on purpose, in whatever form', async () => {
    const [[, planted] = ['', '']] = [...secretsOf(journey)].slice(-1);
    const [, , , , , hex = '', , , aligned = ''] = forms(planted);
    const { slack, outside } = journey.sandbox;
    await fetch(`${slack.slackApiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        channel: 'C0APPROVALS',
        text: `see ${Buffer.from(`bot:${planted}`).toString('base64')}`,
      }),
    });
    await journey.database.query('INSERT INTO setting VALUES ($1, $2)', [
      'planted',
      JSON.stringify({ url: `https://x.example/?t=${encodeURIComponent(planted)}` }),
    ]);
    outside.confluence.people.addPage('Planted', `<p>${hex}</p>`);
    if (own !== undefined) {
      const other = new Redis(own.url);
      await other.hset('flow:planted', 'data', `xx${aligned}xx`);
      await other.quit();
    }

    const found = hunt(new Map([['planted', planted]]), await everywhere());

    expect(found).toEqual([
      'calls to Slack: planted',
      'messages: planted',
      'table public.setting: planted',
      'table public.every_row: planted',
      ...(own === undefined ? [] : ['commands to Redis: planted', 'keys of Redis: planted']),
      'Confluence pages: planted',
    ]);
  });
});

describe('After accounts with the local store, a folder of pages and the queue in Postgres', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flow-pages-'));
    await open({
      change: { store: { type: 'local' }, knowledge: { type: 'folder', path: folder } },
    });
    await playToTheEnd(journey, { ...GITLAB_ORDER, localPart: 'hunt-gitlab' });
    await playToTheEnd(journey, { kind: 'flow-user', role: 'admin', localPart: 'hunt-flow' });
  }, 120_000);
  afterAll(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });

  it('no credential is in clear anywhere: neither in a row nor in a job nor on a page', async () => {
    const secrets = secretsOf(journey);
    const sealed = await journey.database.query<{ name: string }>(
      "SELECT name FROM sealed_secret WHERE name LIKE 'flow-sa-%'",
    );
    for (const { name } of sealed) {
      secrets.set(name, (await journey.product.ports.store.read(name)).reveal());
    }
    const files = await readdir(folder);
    const pages = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    const places = new Map([...(await everywhere()), ['pages', pages.join('\n')]]);

    expect(sealed).toHaveLength(3);
    expect(files).toHaveLength(3);
    expect(places.get('table public.every_row')).toContain('provision');
    expect(hunt(secrets, places)).toEqual([]);
    journey.expectCleanWorld();
  });
});

describe('A credential that somebody types into Slack', () => {
  const PASTED = 'ghp_Zk3vQ9mXw7Rt2LpYb6Ns8HdGf4JcVa1E5uT0';
  const pasted = new Map([['pasted', PASTED]]);

  beforeAll(() => open({}));
  afterAll(close);

  /** What people type is Slack's by then; nothing of it may be kept or repeated by us. */
  async function whereItWasKept(): Promise<string[]> {
    const places = new Map(await everywhere());
    places.delete('payloads from Slack and their answers');
    places.delete('modals');
    return hunt(pasted, places);
  }

  it('as the purpose is refused at its field, and no request is made', async () => {
    const requester = journey.sandbox.slack.as(PEOPLE.requester.id);
    await fillOrder(requester, { ...GITLAB_ORDER, purpose: `Flow uses ${PASTED} for this.` });

    const result = await requester.submit();

    expect(result.outcome).toBe('errors');
    expect(JSON.stringify(requester.view()?.errors)).toContain('looks like a password or token');
    expect(await journey.product.requests.list(null)).toEqual([]);
    expect(await whereItWasKept()).toEqual([]);
    await requester.closeView({ all: true });
  });

  it('as the reason of a denial is refused at its field, and the request stays open', async () => {
    const request = await journey.ask({ ...GITLAB_ORDER, localPart: 'denied-bot' });
    const approver = journey.sandbox.slack.as(PEOPLE.approver.id);
    const card = await eventually('the card', () => journey.card(request));
    await approver.click('deny', { message: card });
    await approver.openView();
    await approver.fillIn({ reason: `Use ${PASTED} instead, it works.` });

    const result = await approver.submit();

    expect(result.outcome).toBe('errors');
    expect(await journey.product.records.get(request.id)).toMatchObject({ state: 'pending' });
    await approver.fillIn({ reason: 'An account for this exists already.' });
    expect((await approver.submit()).outcome).not.toBe('errors');
    await journey.until(request, 'denied');
    expect(await whereItWasKept()).toEqual([]);
  });

  it('as the answer to a task is refused at its field, and the task stays open', async () => {
    const request = await journey.ask({
      kind: 'integration',
      connection: 'GitHub acme',
      access: 'contributor',
      scope: ['acme/web'],
      services: ['repositories'],
      localPart: 'task-bot',
    });
    await journey.approve(request);
    await journey.until(request, 'waiting');
    await journey.read(request, 'Register the GitHub account');
    const admin = journey.sandbox.slack.as(PEOPLE.admin.id);
    await admin.click('task_done', { on: 'message' });
    await admin.openView();
    await admin.fillIn({ login: PASTED });

    const result = await admin.submit();

    expect(result.outcome).toBe('errors');
    const current = await journey.product.records.get(request.id);
    const step = current.steps.find(({ id }) => id === 'vendor-user');
    expect(step).toMatchObject({ state: 'human', task: { answers: {} } });
    expect(await whereItWasKept()).toEqual([]);
    journey.expectCleanWorld();
  });
});
