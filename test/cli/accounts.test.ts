import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { accounts } from '../../src/cli/accounts.ts';
import { audit } from '../../src/cli/audit.ts';
import { openRecords } from '../../src/records/open-records.ts';
import type { Records } from '../../src/records/records.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import { openSandboxWorld } from '../../src/sandbox/run.ts';
import type { Sandbox } from '../../src/sandbox/run.ts';
import { anAccount, aRequest, NOW } from '../slack/builders.ts';
import { writeConfigFile } from '../support/config-file.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';
import { runCli } from './run-cli.ts';

const COPIES = 1200;
const MODEL = 'SA-7K3F9Q';
/** Each command is a process of its own, and each of them a second or two of loading. */
const SLOW = 120_000;

let folder: string;
let world: Sandbox;
let database: FreshDatabase;
let records: Records;
let config: { file: string; env: Record<string, string> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-cli-accounts-'));
  database = await freshDatabase();
  const place = { dataDir: folder, logLevel: 'info' as const, databaseUrl: database.url };
  world = await openSandboxWorld(place);
  const raw = rawConfig(world.slack, world.outside, { port: 0, ...place });
  config = await writeConfigFile(raw, folder);
  records = await openRecords({ url: database.url, clock: { now: () => new Date(NOW) } });
  await fill();
}, 120_000);
afterAll(async () => {
  await records.close();
  await world.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** One account by its owner's own words, and many copies of it that are broken. */
async function fill(): Promise<void> {
  const purpose = '=HYPERLINK("https://evil.example"), "quoted"\nand more';
  await records.create({ request: aRequest(), events: [] }, 'model');
  await records.update(MODEL, (current) => ({
    request: { ...current, state: 'done' },
    events: [{ action: 'completed', actor: 'system', subject: MODEL, details: {} }],
    account: anAccount({ purpose, secondOwner: 'U0SECOND' }),
  }));
  await database.query(
    `INSERT INTO request (id, version, state, kind, connection, address, purpose_key, requester, owner,
       dedupe_key, account, created_at, expires_at, rendered_version, body)
     SELECT 'SA-' || lpad(n::text, 6, '0'), version, state, kind, connection, n || address, purpose_key,
       requester, owner, 'copy ' || n, 'SA-' || lpad(n::text, 6, '0'), created_at, expires_at, version, body
     FROM request, generate_series(1, ${COPIES}) AS n WHERE id = '${MODEL}'`,
  );
  await database.query(
    `INSERT INTO account (id, state, body)
     SELECT request.id, 'active', jsonb_set(account.body, '{care,health,state}', '"broken"')
       || jsonb_build_object('id', request.id, 'owner', 'U0BUSY', 'secondOwner', NULL)
     FROM request, account WHERE account.id = '${MODEL}' AND request.id <> '${MODEL}'`,
  );
}

async function cli(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = runCli([...args, '--config', config.file], { env: config.env, cwd: folder });
  return { code: await run.ended, output: run.output() };
}

const lines = (output: string) => output.trimEnd().split('\n');

describe('The accounts on the command line', () => {
  it(
    'are listed a line each, however many there are',
    async () => {
      const { code, output } = await cli('accounts', 'list');

      expect(code).toBe(0);
      expect(lines(output)).toHaveLength(COPIES + 1);
      expect(new Set(lines(output).map((line) => line.slice(0, 9))).size).toBe(COPIES + 1);
      expect(lines(output)[0]).toMatch(/SA-\w{6} {2}\w+ +integration {2}flow-integrations@acme/);
    },
    SLOW,
  );

  it(
    'are filtered, and written as JSON lines',
    async () => {
      const [owned, broken, elsewhere] = await Promise.all([
        cli('accounts', 'export', '--owner', 'U0SECOND'),
        cli(
          'accounts',
          'export',
          '--health',
          'broken',
          '--state',
          'active',
          '--kind',
          'integration',
        ),
        cli('accounts', 'list', '--connection', 'nowhere', '--json'),
      ]);

      expect(lines(owned.output).map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { id: MODEL, owner: 'U0OWNER', secret: { name: 'flow-sa-7k3f9q-token' } },
      ]);
      expect(lines(broken.output)).toHaveLength(COPIES);
      expect(elsewhere).toEqual({ code: 0, output: '' });
    },
    SLOW,
  );

  it(
    'are written as CSV in which nothing is a formula',
    async () => {
      const { code, output } = await cli('accounts', 'export', '--csv', '--owner', 'U0OWNER');

      expect(code).toBe(0);
      expect(output).toMatch(/^id,state,kind,connection,address,/);
      expect(output).toContain(`"'=HYPERLINK(""https://evil.example""), ""quoted""\nand more"`);
    },
    SLOW,
  );

  it(
    'are shown one by one, with the requests about them',
    async () => {
      const [text, json, unknown] = await Promise.all([
        cli('accounts', 'show', 'sa-7k3f9q'),
        cli('accounts', 'show', MODEL, '--json'),
        cli('accounts', 'show', 'SA-ZZZZZZ'),
      ]);

      expect(text.output).toContain('role             Reporter in acme/platform');
      expect(text.output).toContain(`  ${MODEL}  create   done`);
      expect(JSON.parse(json.output)).toMatchObject({ id: MODEL });
      expect(unknown.code).toBe(1);
      expect(unknown.output).toContain('There is no service account SA-ZZZZZZ.');
    },
    SLOW,
  );

  it.each([
    [{ state: 'open' }, 'Use one of active, closed.'],
    [{ kind: 'robot' }, 'Use one of integration, automation, flow-user.'],
    [{ health: 'ill' }, 'Use one of healthy'],
    [{ owner: '@somebody' }, 'U0123456789'],
  ])('with %j are refused with a valid example', async (options, example) => {
    await expect(accounts.export(undefined, options)).rejects.toThrow(example);
  });

  it('of an id that is none are refused with a valid example', async () => {
    await expect(accounts.show(undefined, 'hello', {})).rejects.toThrow('SA-7K3F9Q');
  });
});

describe('The audit log on the command line', () => {
  it(
    'is exported for an account with all requests about it, for a person, and for a period',
    async () => {
      const rotation = aRequest({
        id: 'SA-AAAAAA',
        state: 'done',
        order: { ...aRequest().order, address: 'rotation@acme.example' },
        operation: { kind: 'rotate', account: MODEL, generation: 2, reason: '' },
      });
      const asked = {
        action: 'requested' as const,
        actor: 'U0OWNER',
        subject: rotation.id,
        details: {},
      };
      await records.create({ request: rotation, events: [asked] }, 'rotation');
      const named = { assignee: 'U0SECOND', longer: 'U0OWNERS' };
      await records.audit.append({
        ...asked,
        actor: 'system',
        subject: 'SA-BBBBBB',
        details: named,
      });

      const subjects = async (...args: string[]) => {
        const { output } = await cli('audit', 'export', ...args);
        return output === ''
          ? []
          : lines(output).map((line) => (JSON.parse(line) as { subject: string }).subject);
      };

      expect(await subjects('--account', MODEL, '--until', '2026-11-24')).toEqual([
        MODEL,
        'SA-AAAAAA',
      ]);
      expect(await subjects('--account', MODEL, '--since', '2026-11-24')).toEqual([]);
      expect(await subjects('--person', 'U0SECOND')).toEqual(['SA-BBBBBB']);
    },
    SLOW,
  );

  it.each([
    [{ since: 'yesterday' }, '2026-11-01'],
    [{ until: '23.11.2026' }, '2026-11-01'],
    [{ account: 'hello' }, 'SA-7K3F9Q'],
  ])('with %j is refused with a valid example', async (options, example) => {
    await expect(audit.export(undefined, { format: 'jsonl', ...options })).rejects.toThrow(example);
  });
});
