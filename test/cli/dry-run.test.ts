import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PEOPLE } from '../../src/sandbox/people.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import { playToTheEnd } from '../journeys/verified-end.ts';
import { writeConfigFile } from '../support/config-file.ts';
import { GITLAB_ORDER } from '../support/fill-order.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { runCli } from './run-cli.ts';

/** Each command is a process of its own, and each of them a second or two of loading. */
const SLOW = 120_000;

let folder: string;
let journey: Journey;
let config: { file: string; env: Record<string, string> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-cli-dry-run-'));
  journey = await startJourney();
  const { slack, outside } = journey.sandbox;
  const place = { dataDir: folder, databaseUrl: journey.database.url };
  config = await writeConfigFile(rawConfig(slack, outside, { port: 0, ...place }), folder);
}, SLOW);
afterAll(async () => {
  await journey.close();
  await rm(folder, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = runCli(['-c', config.file, ...args], { env: config.env, cwd: folder });
  const code = await run.ended;
  return { code, output: run.output() };
}

const requests = () => journey.product.requests.list(null);

describe('dry-run', () => {
  it(
    'prints the plan of an operation for somebody who may ask for it, and refuses others',
    async () => {
      const { account } = await playToTheEnd(journey, GITLAB_ORDER);
      const before = (await requests()).length;

      const plan = await cli('dry-run', 'close', account.id, '--as', PEOPLE.owner.id);
      const refused = await cli('dry-run', 'close', account.id, '--as', PEOPLE.guest.id);

      expect(plan.output).toContain(`Close: Service account to connect Flow to GitLab acme`);
      expect(plan.output).toMatch(/1 {2}Disconnect it from Flow {2}\(U\w+\)/u);
      expect(plan.output).toContain('Nothing was changed, and no request was made.');
      expect(plan.code).toBe(0);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('neither owner nor approver');
      expect(await requests()).toHaveLength(before);
    },
    SLOW,
  );
});
