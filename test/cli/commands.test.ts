import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { secretName } from '../../src/domain/naming.ts';
import { Secret } from '../../src/domain/secret.ts';
import { openSandboxWorld } from '../../src/sandbox/run.ts';
import { rawConfig } from '../../src/sandbox/raw-config.ts';
import type { Sandbox } from '../../src/sandbox/run.ts';
import { CHANNEL, PEOPLE } from '../../src/sandbox/people.ts';
import { renderMessage } from '../../src/sandbox/slack/render-text.ts';
import { writeConfigFile } from '../support/config-file.ts';
import { freshDatabase } from '../support/database.ts';
import type { FreshDatabase } from '../support/database.ts';
import { fillOrder, GITLAB_ORDER } from '../support/fill-order.ts';
import { runCli } from './run-cli.ts';

let folder: string;
let world: Sandbox;
let database: FreshDatabase;
let config: { file: string; env: Record<string, string> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-cli-'));
  database = await freshDatabase();
  world = await openSandboxWorld({
    dataDir: folder,
    logLevel: 'info',
    databaseUrl: database.url,
    change: { store: { type: 'local' } },
  });
  const raw = rawConfig(world.slack, world.outside, {
    port: 0,
    dataDir: folder,
    logLevel: 'info',
    databaseUrl: database.url,
    change: { store: { type: 'local' }, public_url: undefined },
  });
  config = await writeConfigFile(raw, folder);
});

afterAll(async () => {
  await world.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function cli(...args: string[]) {
  return runCli(['--config', config.file, ...args], { env: config.env, cwd: folder });
}

describe('The command line', () => {
  it('says all that is wrong with a configuration and ends with 1', async () => {
    const file = join(folder, 'broken.yml');
    await writeFile(file, 'slack: { approvals_channel: general }\npolicy: { rules: [] }\n');

    const run = runCli(['doctor', '--config', file], { cwd: folder });

    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('slack.approvals_channel: must be a Slack channel id');
    expect(run.output()).toMatch(/connections: .*missing/);
    expect(run.output()).not.toContain('at ');
  });

  it('finds no problem with a healthy installation', async () => {
    const run = cli('doctor');

    expect([await run.ended, run.output()]).toEqual([0, expect.stringContaining('No problems.')]);
  });

  it('runs the app from a file and the environment, serves Slack, and ends at SIGTERM', async () => {
    const run = cli('start');
    await run.prints('"msg":"Ready"');
    const url = /"url":"(http[^"]+)"/.exec(run.output())?.[1] ?? '';
    world.slack.connect(`${url}/slack/events`);
    const requester = world.slack.as(PEOPLE.requester.id);

    await fillOrder(requester, { ...GITLAB_ORDER, purpose: 'Flow reads the platform group.' });
    await requester.submit();
    const card = await world.slack.waitFor(() => world.slack.messages(CHANNEL.id).at(-1), {
      timeoutMs: 20_000,
    });
    run.child.kill('SIGTERM');

    expect(await run.ended).toBe(0);
    expect(renderMessage(card)).toContain('Flow reads the platform group.');
  });

  it('lists and shows requests, also as JSON', async () => {
    const list = cli('requests', 'list', '--state', 'pending', '--json');
    await list.ended;
    const request = JSON.parse(list.output()) as { id: string };
    const show = cli('requests', 'show', request.id.toLowerCase());

    expect(await show.ended).toBe(0);
    expect(show.output()).toContain(`${request.id}  pending`);
    expect(show.output()).toContain('pending  vendor-user');
  });

  it('exports the audit log, and its own verifier notices a changed line', async () => {
    const exported = cli('audit', 'export');
    await exported.ended;
    const file = join(folder, 'audit.jsonl');
    await writeFile(file, exported.output());
    const forged = join(folder, 'forged.jsonl');
    await writeFile(forged, exported.output().replace('U0REQUESTER', 'U0SOMEBODY'));

    const [inDatabase, honest, broken] = [
      cli('audit', 'verify'),
      cli('audit', 'verify', file),
      cli('audit', 'verify', forged),
    ];

    expect([await inDatabase.ended, await honest.ended, await broken.ended]).toEqual([0, 0, 1]);
    expect(broken.output()).toContain('broken at entry 1');
  });

  it('reveals a value of the local store, and the audit log says who did', async () => {
    const name = secretName('SA-7K3F9Q', 'token');
    const product = await world.startProduct({ slack: false, worker: false });
    await product.ports.store.create(name, new Secret('value-to-reveal'), {});
    await product.close();

    const run = cli('secret', 'reveal', name);

    expect([await run.ended, run.output()]).toEqual([0, 'value-to-reveal\n']);
    const entries = await database.query<{ entry: string }>(
      "SELECT entry FROM audit WHERE entry LIKE '%revealed on the command line%'",
    );
    expect(entries).toHaveLength(1);
  });

  it('hands out a one-time token of Vault, and the audit log says who did', async () => {
    const name = secretName('SA-7K3F9Q', 'token');
    const { vault } = world.outside;
    vault.put(name, 'value-in-vault');
    const other = await mkdtemp(join(folder, 'vault-'));
    const raw = rawConfig(world.slack, world.outside, {
      port: 0,
      dataDir: folder,
      databaseUrl: database.url,
      change: { public_url: undefined },
    });
    const { file, env } = await writeConfigFile(raw, other);

    const run = runCli(['--config', file, 'secret', 'reveal', name, '--wrapped'], { env });

    expect(await run.ended).toBe(0);
    expect(run.output()).toContain('good for one look within 5 minutes');
    expect(run.output()).not.toContain('value-in-vault');
    const [token = ''] = /^hvs\.\S+$/m.exec(run.output()) ?? [];
    const unwrapped = await fetch(`${vault.server.url}/v1/sys/wrapping/unwrap`, {
      method: 'POST',
      headers: { 'x-vault-token': token },
    });
    expect(await unwrapped.text()).toContain('value-in-vault');
    const entries = await database.query<{ entry: string }>(
      "SELECT entry FROM audit WHERE entry LIKE '%wrapped on the command line%'",
    );
    expect(entries).toHaveLength(1);
  });

  it('refuses a one-time token where the store has none', async () => {
    const run = cli('secret', 'reveal', secretName('SA-7K3F9Q', 'token'), '--wrapped');

    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('Leave out --wrapped');
  });

  it('refuses ids and states that do not exist with a valid example', async () => {
    const [id, state] = [
      cli('requests', 'show', 'hello'),
      cli('requests', 'list', '--state', 'open'),
    ];

    expect([await id.ended, await state.ended]).toEqual([1, 1]);
    expect(id.output()).toContain('SA-7K3F9Q');
    expect(state.output()).toContain('pending');
  });

  it('never prints a secret of the configuration', async () => {
    const runs = [cli('doctor'), cli('requests', 'list')];
    await Promise.all(runs.map((run) => run.ended));

    const printed = runs.map((run) => run.output()).join('');

    expect(Object.values(config.env).filter((value) => printed.includes(value))).toEqual([]);
    expect(printed.length).toBeGreaterThan(100);
  });
});
