import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { secretName } from '../../src/domain/naming.ts';
import { AGAIN } from './support/again.ts';
import { approve, askByGuide, doNextTask, readThread, switchTo } from './support/hands.ts';
import type { Kind } from './support/hands.ts';
import { openStage } from './support/stage.ts';
import type { BrowserStage } from './support/stage.ts';

const LONG_MS = 240_000;
const KINDS: readonly [Kind, 'token' | 'api-key'][] = [
  ['integration', 'token'],
  ['automation', 'token'],
  ['flow-user', 'api-key'],
];

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe.each(KINDS)('an account of the kind %s, by hand in a browser', AGAIN, (kind, part) => {
  let page: Page;
  let id: string;

  beforeAll(async () => {
    page = await stage.visit('requester', 'start');
    id = await askByGuide(page, kind);
    await switchTo(page, 'approver');
    await approve(page, id);
    while (await doNextTask(stage, page, id));
  }, LONG_MS);
  afterAll(() => page.context().close());

  it('goes from the question to a verified account', async () => {
    const thread = await readThread(page, id, /your account is ready/);

    expect((await stage.product.records.get(id)).state).toBe('done');
    expect(thread).toContain('Open the stored credential');
    expect(await page.getByRole('region', { name: 'Guide' }).innerText()).toContain(
      'It ended verified.',
    );
  });

  it('links to the stored credential, whose value only an owner can reveal', async () => {
    const name = secretName(id, part);
    await switchTo(page, 'approver');
    await readThread(page, id, /your account is ready/);
    await page.getByRole('link', { name: 'Open the stored credential' }).last().click();
    const entry = page.locator('.card.entry');
    const title = await entry.getByRole('heading').innerText();
    await entry.getByRole('button', { name: 'Reveal the value' }).click();
    const refusal = await page.getByRole('status').getByText('Only the owners').innerText();
    const shownToOther = await entry.locator('.revealed').isVisible();

    await switchTo(page, 'owner');
    await entry.getByRole('button', { name: 'Reveal the value' }).click();
    const value = entry.locator('.revealed');
    await value.waitFor();
    const revealed = await value.innerText();
    await entry.getByRole('button', { name: 'Hide it' }).click();

    expect(title).toBe(name);
    expect(refusal).toBe('Only the owners of this account may see the value.');
    expect(shownToOther).toBe(false);
    expect(revealed.length).toBeGreaterThan(15);
    expect(await page.content()).not.toContain(revealed);
  });

  it('has a page in the knowledge base that names it', async () => {
    await page.getByRole('link', { name: 'Confluence' }).click();
    await page
      .locator('.board td a', { hasText: id })
      .or(page.locator('.board td a').first())
      .first()
      .click();
    const entry = page.locator('.card.entry');
    await entry.waitFor();

    expect(await entry.innerText()).toContain('Credential');
    stage.expectCleanWorld();
  });
});
