import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';

import { aDesk, aServer, CODE, CREDENTIAL, TOKEN } from '../web/web-server.ts';
import { AGAIN } from './support/again.ts';
import { hindrances } from './support/hindrances.ts';
import { openBrowser } from './support/open-browser.ts';

let browser: Browser;
let deposit: ReturnType<typeof aDesk>;
let server: Awaited<ReturnType<typeof aServer>>;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  deposit = aDesk();
  server = await aServer({ deposits: deposit.desk });
});
afterEach(async () => {
  await page.context().close();
  await server.close();
});

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  const context = await browser.newContext(options);
  page = await context.newPage();
  await page.goto(`${server.url}/deposit/${TOKEN}`);
}

async function send(code: string, credential: string): Promise<void> {
  await page.getByLabel('Code from Slack').fill(code);
  await page.locator('#credential').fill(credential);
  await page.getByRole('button', { name: 'Check and store' }).click();
}

describe('the one-time page in a real browser', AGAIN, () => {
  it('takes the credential by keyboard alone, without any script', async () => {
    await open({ javaScriptEnabled: false });
    await page.keyboard.type(CODE);
    await page.keyboard.press('Tab');
    await page.keyboard.type(CREDENTIAL);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Checked and stored' }).waitFor();

    expect(deposit.accepted.map((secret) => secret.reveal())).toEqual([CREDENTIAL]);
    expect(await page.content()).not.toContain(CREDENTIAL);
  });

  it('says what is wrong with the code, empties both fields, and works the next time', async () => {
    await open();
    await send('111111', CREDENTIAL);
    await page.getByRole('alert').waitFor();
    const told = await page.getByRole('alert').innerText();
    const kept = [
      await page.getByLabel('Code from Slack').inputValue(),
      await page.locator('#credential').inputValue(),
    ];
    await send(CODE, CREDENTIAL);
    await page.getByRole('heading', { name: 'Checked and stored' }).waitFor();

    expect(told).toContain('Wrong code.');
    expect(kept).toEqual(['', '']);
  });

  it('hides what is typed and leaves nothing behind in the browser', async () => {
    await open();
    const type = await page.locator('#credential').getAttribute('type');
    await send(CODE, CREDENTIAL);
    await page.getByRole('heading', { name: 'Checked and stored' }).waitFor();
    const { cookies, origins } = await page.context().storageState();

    expect(type).toBe('password');
    expect(page.url()).not.toContain(CREDENTIAL);
    expect([cookies, origins]).toEqual([[], []]);
  });

  it('does not show itself in a frame of another page', async () => {
    await open();
    await page.goto('about:blank');
    const tried = page.waitForEvent('framenavigated', (frame) => frame !== page.mainFrame());
    await page.setContent(`<iframe src="${server.url}/deposit/${TOKEN}"></iframe>`);

    expect((await tried).url()).toBe('chrome-error://chromewebdata/');
  });

  it.each(['light', 'dark'] as const)('hinders nobody in %s colours', async (colorScheme) => {
    await open({ colorScheme, viewport: { width: 375, height: 740 } });
    await send('111111', CREDENTIAL);
    await page.getByRole('alert').waitFor();

    const widths = await page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );

    expect(await hindrances(page)).toEqual([]);
    expect(widths).toEqual([375, 375]);
  });
});
