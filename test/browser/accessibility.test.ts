import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AGAIN } from './support/again.ts';
import { approve, askByGuide, modal, readThread, switchTo, typeCommand } from './support/hands.ts';
import { hindrances } from './support/hindrances.ts';
import { openStage } from './support/stage.ts';
import type { BrowserStage } from './support/stage.ts';

const PHONE = { viewport: { width: 375, height: 740 } };

let stage: BrowserStage;
let requestId: string;
beforeAll(async () => {
  stage = await openStage();
  const page = await stage.visit('requester', 'start');
  requestId = await askByGuide(page, 'automation');
  await switchTo(page, 'approver');
  await approve(page, requestId);
  await readThread(page, requestId, 'Register the GitHub account');
  await page.context().close();
}, 120_000);
afterAll(() => stage.close());

/** Each screen, and what is on it once it is there. */
const SCREENS: readonly [string, string, (page: Page) => Promise<unknown>][] = [
  ['the start', 'start', (page) => page.getByRole('button', { name: 'Begin' }).first().waitFor()],
  [
    'a thread beside its channel',
    'channel/C0APPROVALS',
    (page) => readThread(page, requestId, 'Register the GitHub account'),
  ],
  [
    'the request form',
    'channel/C0APPROVALS',
    async (page) => {
      await typeCommand(page, '/flow-service-account new integration');
      await modal(page).getByText('Purpose', { exact: true }).waitFor();
      await modal(page).locator('button[type=submit]').click();
      await modal(page).locator('.input-error').first().waitFor();
    },
  ],
  ['App Home', 'home', (page) => page.getByText('Your requests').waitFor()],
  [
    'a system where somebody is needed',
    'board/github',
    (page) => page.locator('.card.waiting').waitFor(),
  ],
  [
    'what can be broken',
    'trouble',
    (page) => page.getByRole('button', { name: 'Kill the worker' }).waitFor(),
  ],
];

describe.each(['light', 'dark'] as const)('in %s colours', AGAIN, (colorScheme) => {
  it.each(SCREENS)('%s hinders nobody', async (_name, place, isThere) => {
    const page = await stage.visit('requester', place, { colorScheme, reducedMotion: 'reduce' });
    await isThere(page);

    const found = await hindrances(page);
    if (await modal(page).isVisible()) {
      await modal(page).getByRole('button', { name: 'Close all' }).click();
    }
    await page.context().close();

    expect(found).toEqual([]);
  });
});

describe('in a window as wide as a phone', AGAIN, () => {
  it.each(SCREENS)('%s fits', async (_name, place, isThere) => {
    const page = await stage.visit('requester', place, PHONE);
    await isThere(page);

    const widths = await page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    const found = await hindrances(page);
    if (await modal(page).isVisible()) {
      await modal(page).getByRole('button', { name: 'Close all' }).click();
    }
    await page.context().close();

    expect(widths).toEqual([375, 375]);
    expect(found).toEqual([]);
  });

  it('keeps the places behind a button', async () => {
    const page = await stage.visit('requester', 'start', PHONE);
    const menu = page.getByRole('button', { name: 'Places' });
    const navigation = page.getByRole('navigation', { name: 'Places' });
    await menu.waitFor();
    const before = await navigation.isVisible();
    await menu.click();
    await navigation.getByRole('link', { name: 'Vault' }).click();
    await page.getByRole('heading', { name: 'Vault' }).waitFor();
    await navigation.waitFor({ state: 'hidden' });

    expect(before).toBe(false);
    await page.context().close();
  });
});
