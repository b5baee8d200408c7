import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PEOPLE } from '../../src/sandbox/people.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import { writeConfigFile } from '../support/config-file.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { runCli } from './run-cli.ts';

/** Each command is a process of its own, and each of them a second or two of loading. */
const SLOW = 120_000;
const HEAD =
  'kind,connection,login,address,purpose,owner,access,scope,services,rotation_days,stored_as';

let folder: string;
let journey: Journey;
let config: { file: string; env: Record<string, string> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-cli-adopt-'));
  journey = await startJourney();
  const { slack, outside } = journey.sandbox;
  const place = { dataDir: folder, databaseUrl: journey.database.url };
  config = await writeConfigFile(rawConfig(slack, outside, { port: 0, ...place }), folder);
}, 120_000);
afterAll(async () => {
  await journey.close();
  await rm(folder, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = runCli(['-c', config.file, ...args], { env: config.env, cwd: folder });
  const code = await run.ended;
  return { code, output: run.output() };
}

async function adopt(lines: readonly string[], ...more: string[]) {
  const file = join(folder, 'accounts.csv');
  await writeFile(file, lines.join('\r\n'));
  return cli('accounts', 'adopt', file, '--as', PEOPLE.requester.id, ...more);
}

/** Service accounts that somebody made by hand. */
async function made(login: string): Promise<void> {
  const connection = journey.product.ports.connections.get('gitlab');
  const outcome = await connection?.vendor.ensureUser(
    {
      marker: 'by-hand',
      address: `${login}@elsewhere.example`,
      login,
      displayName: login,
      purpose: 'Nobody remembers',
      kind: 'integration',
      access: 'contributor',
      scope: [],
      services: ['repositories'],
      passwordUrl: null,
    },
    {},
  );
  expect(outcome?.kind).toBe('done');
}

const line = (login: string, change: Partial<Record<'purpose' | 'scope' | 'owner', string>> = {}) =>
  [
    'integration',
    'gitlab',
    login,
    `${login}@elsewhere.example`,
    change.purpose ?? '"Flow reads ""platform"", and its wiki"',
    change.owner ?? PEOPLE.owner.id,
    'contributor',
    change.scope ?? 'acme/platform',
    'repositories;pull-requests',
    '90',
    '',
  ].join(',');

const requests = () => journey.product.requests.list(null);

describe('accounts adopt', () => {
  it(
    'tells every problem at once by line and field, and asks for nothing',
    async () => {
      await made('bot-fine');

      const { code, output } = await adopt([
        HEAD,
        line('bot-fine'),
        line('bot-unknown'),
        line('bot-fine', { purpose: 'short', scope: 'acme/nowhere', owner: 'somebody' }),
      ]);

      expect(code).toBe(1);
      expect(output).toContain('line 3, account: GitLab acme knows no account bot-unknown.');
      expect(output).toContain('line 4, scope: gitlab shows no "acme/nowhere".');
      expect(output).toContain('line 4, purpose: Say in a sentence what it is for');
      expect(output).toContain('line 4, owner: Choose');
      expect(output).toContain('line 4, address: It is on line 2, too.');
      expect(output).toContain('line 4, login: It is on line 2, too.');
      expect(output).not.toMatch(/^line 2,/mu);
      expect(output).toContain('problems; nothing was asked for.');
      expect(await requests()).toEqual([]);
    },
    SLOW,
  );

  it(
    'says in a dry run what would be asked for, and only the audit knows of it',
    async () => {
      await made('bot-dry');

      const { code, output } = await adopt([HEAD, line('bot-dry')], '--dry-run');

      expect(code).toBe(0);
      expect(output).toContain('line 2: bot-dry@elsewhere.example would be adopted; the rule');
      expect(output).toContain('Nothing was changed, and nothing was asked for.');
      expect(await requests()).toEqual([]);
      const audit = await journey.product.records.audit.list({ actions: ['dry-run'] });
      expect(audit).toMatchObject([
        { actor: PEOPLE.requester.id, details: { operation: 'adopt', accounts: 1 } },
      ]);
    },
    SLOW,
  );

  it(
    'asks once for each line, however often the file is sent',
    async () => {
      await made('bot-one');
      await made('bot-two');
      const file = [HEAD, line('bot-one'), '', line('bot-two')];

      const first = await adopt(file);
      const second = await adopt(file);

      const asked = await requests();
      expect(first.code).toBe(0);
      expect(second.output).toBe(first.output);
      expect(asked.map(({ order }) => order.address).toSorted()).toEqual([
        'bot-one@elsewhere.example',
        'bot-two@elsewhere.example',
      ]);
      expect(asked[0]).toMatchObject({
        requester: PEOPLE.requester.id,
        operation: { kind: 'adopt', storedAs: null },
        order: {
          purpose: 'Flow reads "platform", and its wiki',
          services: ['repositories', 'pull-requests'],
        },
      });
      expect(first.output).toMatch(/line 2: SA-\w{6} bot-one@[^]*line 4: SA-\w{6} bot-two@/u);
    },
    SLOW,
  );

  it(
    'refuses a file whose first line is not right, naming what it knows',
    async () => {
      const { code, output } = await adopt(['kind,adress,purpose', 'integration,a@b.example,x']);

      expect(code).toBe(1);
      expect(output).toContain('address is missing');
      expect(output).toContain('"adress" is unknown');
      expect(output).toContain(
        'The columns are kind,address,purpose,owner,rotation_days,connection',
      );
    },
    SLOW,
  );
});
