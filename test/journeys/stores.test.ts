import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { marker } from '../../src/domain/naming.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import {
  expectConfirmation,
  expectOneCard,
  expectWholeStory,
  playToTheEnd,
} from './verified-end.ts';
import type { VerifiedEnd } from './verified-end.ts';

const PAGES_URL = 'https://pages.acme.example/flow/{file}';

let journey: Journey;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-pages-'));
  journey = await startJourney({
    change: {
      store: { type: 'local' },
      knowledge: { type: 'folder', path: folder, link: PAGES_URL },
    },
  });
});
afterAll(async () => {
  await journey.close();
  await rm(folder, { recursive: true, force: true });
});

async function pageInFolder({ request }: VerifiedEnd): Promise<string> {
  return readFile(join(folder, `${marker(request.id)}.md`), 'utf8');
}

/** Every task message that there ever was, as it was sent to Slack. */
function instructionsShown({ request }: VerifiedEnd): string {
  return journey.sandbox.slack.apiCalls
    .map(({ args }) => JSON.stringify(args))
    .filter((args) => args.includes(`${request.id}|`))
    .join('\n');
}

async function sealedValues({ request }: VerifiedEnd): Promise<{ name: string }[]> {
  return journey.database.query('SELECT name FROM sealed_secret WHERE name LIKE $1 ORDER BY name', [
    `${marker(request.id)}%`,
  ]);
}

describe('With the local store and a folder of pages', () => {
  it('a GitLab integration ends verified, its token sealed in the database', async () => {
    const end = await playToTheEnd(journey, {
      kind: 'integration',
      connection: 'GitLab acme',
      access: 'contributor',
      scope: ['acme/shop'],
      services: ['repositories'],
      localPart: 'flow-shop',
    });

    expectConfirmation(journey, end);
    expect(end.account.secret).toMatchObject({ store: 'local', version: '1', url: '' });
    expect(await sealedValues(end)).toHaveLength(1);
    expect(instructionsShown(end)).toContain(
      `Kept for this account in The app's own database, encrypted: ${end.account.secret.name}.`,
    );
    expect(end.account.page.url).toBe(PAGES_URL.replace('{file}', `${marker(end.request.id)}.md`));
    const page = await pageInFolder(end);
    expect(page).toContain('status: active');
    expect(page).toContain(end.account.login);
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('a Flow user ends verified, with its password and its key sealed in the database', async () => {
    const end = await playToTheEnd(journey, {
      kind: 'flow-user',
      role: 'admin',
      localPart: 'flow-api',
      purpose: 'Keeps the teams in Flow in step with the staff directory.',
    });

    expectConfirmation(journey, end);
    expect(await sealedValues(end)).toHaveLength(2);
    expect(await pageInFolder(end)).toContain('Admin');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('the folder lists both accounts and holds nothing else', async () => {
    const index = await eventually('both accounts in the index', async () => {
      const text = await readFile(join(folder, 'index.md'), 'utf8').catch(() => '');
      return text.includes('2 active, 0 closed') ? text : undefined;
    });
    const files = await readdir(folder);

    const pages = files.filter((name) => name.startsWith('flow-sa-'));
    expect(pages).toHaveLength(2);
    expect(files).toHaveLength(3);
    for (const name of pages) expect(index).toContain(`](${PAGES_URL.replace('{file}', name)})`);
  });
});
