import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runCli } from './run-cli.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-start-'));
  // As a checkout is: then the database lives in it, also when its server runs as another user.
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Processes that have anything to do with the folder. */
function left(): string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(folder));
}

describe('npm start without tokens', () => {
  it('says where things are, and Ctrl-C leaves no process behind', async () => {
    const run = runCli(['start'], { cwd: folder });
    await run.prints('Ctrl-C stops it.');
    const during = left();

    run.child.kill('SIGINT');

    expect(await run.ended).toBe(0);
    expect(during.length).toBeGreaterThan(0);
    expect(left()).toEqual([]);
    expect(run.output()).toContain('no requests yet');
    expect(run.output()).toMatch(/GitLab http:\/\/127\.0\.0\.1/);
  });

  it('starts again on the data of the first time', async () => {
    const run = runCli(['start'], { cwd: folder });
    await run.prints('Ctrl-C stops it.');

    run.child.kill('SIGTERM');

    expect(await run.ended).toBe(0);
    expect(left()).toEqual([]);
  });
});
