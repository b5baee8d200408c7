// Makes the pictures of the documentation from the running sandbox page, in a headless browser.
// Each picture is what a visitor sees at that moment; nothing is drawn or arranged for it.
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

import { openSandboxPage } from '../src/sandbox/open-page.ts';
import { PEOPLE } from '../src/sandbox/people.ts';
import { findChromium } from '../test/browser/support/chromium.ts';
import { approve, askByGuide, modal, readThread, switchTo } from '../test/browser/support/hands.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');
const LARGEST_BYTES = 150 * 1024;

const executablePath = findChromium();
if (executablePath === undefined) {
  throw new Error('There is no browser: put Chromium or Chrome on the PATH, or set CHROMIUM_PATH.');
}
await mkdir(FOLDER, { recursive: true });
const dataDir = await mkdtemp(join(tmpdir(), 'flow-pictures-'));
// The database's own user must get through; started as root, the server runs as another one.
await chmod(dataDir, 0o755);
const sandbox = await openSandboxPage({ dataDir, port: 0, pagePort: 0 });
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'],
});
try {
  const light = await visit('light', 1200, 620);
  const dark = await visit('dark', 1200, 620);
  await light.getByRole('button', { name: 'Begin' }).first().waitFor();
  await keepPicture(light, 'sandbox-start');

  await light.locator('.path').first().getByRole('button', { name: 'Begin' }).click();
  await light.getByRole('button', { name: 'Open the form' }).click();
  await modal(light).getByText('Purpose', { exact: true }).waitFor();
  await keepPicture(light, 'sandbox-form');
  await modal(light).getByRole('button', { name: 'Close all' }).click();

  const id = await askByGuide(light, 'integration');
  await switchTo(light, 'approver');
  await approve(light, id);
  await readThread(light, id, 'Connect GitLab in Flow');
  await keepPicture(light, 'sandbox-thread');

  await dark.goto(`${sandbox.url}/#/${PEOPLE.admin.id}/board/flow`);
  await dark.locator('.card.waiting').waitFor();
  await keepPicture(dark, 'sandbox-task-dark');
} finally {
  await browser.close();
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function visit(colorScheme: 'light' | 'dark', width: number, height: number): Promise<Page> {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/#/${PEOPLE.requester.id}/start`);
  return page;
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > LARGEST_BYTES) throw new Error(`${name}.png has ${size} bytes; that is too much.`);
  console.log(`docs/images/${name}.png  ${Math.round(size / 1024)} kB`);
}
