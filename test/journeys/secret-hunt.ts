import { Redis } from 'ioredis';

import { Secret } from '../../src/domain/secret.ts';
import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import type { Journey } from '../support/journey.ts';

/** Where to look: the name of a place, and everything that was ever there. */
export type Places = ReadonlyMap<string, string>;

/** "place: which secret", for every secret that is somewhere in any form. */
export function hunt(secrets: ReadonlyMap<string, string>, places: Places): string[] {
  return [...places].flatMap(([place, text]) =>
    [...secrets]
      .filter(([, value]) => forms(value).some((form) => text.includes(form)))
      .map(([name]) => `${place}: ${name}`),
  );
}

/** As it is, in a URL, in a form, in JSON, in HTML, in hex, and in base64 wherever it begins. */
export function forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    // Only what the bytes alone decide: neighbours change the first and the last signs.
    const whole = shifted.toString('base64').replace(/=+$/, '');
    const inner = whole.slice(Math.ceil((shift * 4) / 3), -2);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('=', '&#61;'),
    bytes.toString('hex'),
    ...base64,
  ];
}

/** Every credential of the outside systems and of our own configuration, by a name to report. */
export function secretsOf(journey: Journey): Map<string, string> {
  const { outside, slack, options } = journey.sandbox;
  const { gitlab, github, jira, vault, flow } = outside;
  const found = new Map<string, string>();
  const config = rawConfig(slack, outside, { ...options, port: 0 });
  for (const [key, secret] of secretsIn(config)) found.set(`configured ${key}`, secret.reveal());
  const tokens = [
    ...gitlab.state.tokens.map(({ value }) => ['GitLab token', value] as const),
    ...github.world.state.tokens.map(({ value }) => ['GitHub token', value] as const),
    ...jira.state.tokens.map(({ value }) => ['Jira token', value] as const),
    ...[...flow.workspace.keys.keys()].map((key) => ['Flow API key', key] as const),
    ...valuesSentTo(vault.server.exchanges).map((value) => ['value in Vault', value] as const),
  ];
  for (const [name, value] of tokens) found.set(`${name} ${found.size}`, value);
  return found;
}

/** Our configuration's secrets, by where they stand in it. */
function secretsIn(part: unknown, key = ''): [string, Secret][] {
  if (part instanceof Secret) return [[key, part]];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, inner]) => secretsIn(inner, `${key}/${name}`));
}

/** What was written to the store and what its answers carried: values and the store's own tokens. */
function valuesSentTo(exchanges: readonly Exchange[]): string[] {
  const texts = exchanges.map(
    ({ request, answer }) => `${request.rawBody} ${JSON.stringify(answer.body)}`,
  );
  const pattern = /"(?:value|client_token)":"((?:[^"\\]|\\.)+)"/g;
  const values = texts.flatMap((text) =>
    [...text.matchAll(pattern)].map(([, value = '']) => JSON.parse(`"${value}"`) as string),
  );
  return [...new Set(values)];
}

/** What Slack was sent, sent itself, and shows. */
export function placesInSlack({ sandbox: { slack } }: Journey): Places {
  const { world } = slack;
  return new Map([
    ['calls to Slack', JSON.stringify(slack.apiCalls)],
    ['payloads from Slack and their answers', JSON.stringify(slack.deliveries)],
    ['messages', JSON.stringify(world.messages)],
    ['modals', JSON.stringify([...world.modals])],
    ['Home tabs', JSON.stringify([...world.homes])],
  ]);
}

/** From now on, every row that is written anywhere in the database is kept for the hunt. */
export async function keepEveryRow({ database }: Journey): Promise<void> {
  await database.query('CREATE TABLE public.every_row (place text, content text)');
  await database.query(`
    CREATE FUNCTION public.keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO public.every_row VALUES (TG_TABLE_NAME, NEW::text); RETURN NULL; END $$`);
  await database.query(`
    DO $$ DECLARE place record;
    BEGIN
      FOR place IN SELECT schemaname, tablename FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'every_row'
      LOOP
        EXECUTE format('CREATE TRIGGER keep_row AFTER INSERT OR UPDATE ON %I.%I FOR EACH ROW '
          'EXECUTE FUNCTION public.keep_row()', place.schemaname, place.tablename);
      END LOOP;
    END $$`);
}

/** Every table as it is now, and every row that there ever was. */
export async function placesInPostgres({ database }: Journey): Promise<Places> {
  const tables = await database.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  const places = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await database.query<{ row: string }>(
      `SELECT one::text AS row FROM ${name} AS one`,
    );
    places.set(`table ${name}`, rows.map(({ row }) => row).join('\n'));
  }
  return places;
}

export interface RedisWatch {
  /** Every command with its arguments, and every key with its value at the end. */
  places(): Promise<Places>;
  close(): Promise<void>;
}

/** Listens to everything that anybody says to this database of Redis. */
export async function watchRedis(url: string): Promise<RedisWatch> {
  const redis = new Redis(url);
  const database = new URL(url).pathname.slice(1);
  const said: string[] = [];
  const monitor = await redis.monitor();
  monitor.on('monitor', (_at: string, args: string[], _source: string, from: string) => {
    if (from === database) said.push(args.join(' '));
  });
  return {
    async places() {
      const keys = await redis.keys('*');
      const values = await Promise.all(keys.map((key) => valueOf(redis, key)));
      return new Map([
        ['commands to Redis', said.join('\n')],
        ['keys of Redis', keys.map((key, index) => `${key} ${values[index]}`).join('\n')],
      ]);
    },
    async close() {
      monitor.disconnect();
      await redis.quit();
    },
  };
}

async function valueOf(redis: Redis, key: string): Promise<string> {
  const readers: Record<string, () => Promise<unknown>> = {
    string: () => redis.get(key),
    hash: () => redis.hgetall(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, '0', '-1'),
    stream: () => redis.xrange(key, '-', '+'),
  };
  return JSON.stringify(await readers[await redis.type(key)]?.());
}

/** Logs, the audit log as it is exported, mails, pages, and the addresses that were called. */
export async function placesElsewhere(journey: Journey): Promise<Places> {
  const { outside } = journey.sandbox;
  const audit = await journey.product.records.audit.list({});
  return new Map([
    ['log lines', journey.log.join('\n')],
    ['audit log', audit.map((entry) => JSON.stringify(entry)).join('\n')],
    ['Confluence pages', JSON.stringify(outside.confluence.pages())],
    [
      'calls to Confluence',
      JSON.stringify(outside.confluence.server.exchanges.map(({ request }) => request.rawBody)),
    ],
    [
      'mails',
      outside.mail
        .messages()
        .map(({ raw }) => raw)
        .join('\n'),
    ],
    [
      'addresses called',
      outside.servers
        .flatMap(({ exchanges }) => exchanges)
        .map(({ request }) => `${request.path}?${request.query.toString()}`)
        .join('\n'),
    ],
  ]);
}
