import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { AGAIN } from './support/again.ts';
import { cardOf, field, modal, pick, switchTo, typeCommand } from './support/hands.ts';
import { openStage } from './support/stage.ts';
import type { BrowserStage } from './support/stage.ts';

let stage: BrowserStage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
afterEach(async () => {
  await page.context().close();
});

describe('the command', AGAIN, () => {
  it('is completed while it is typed, by keyboard alone', async () => {
    page = await stage.visit('requester');
    const composer = page.getByRole('combobox', { name: 'Type a command' });
    await composer.focus();
    await page.keyboard.type('/fl');
    await page.keyboard.press('Tab');
    await page.getByRole('option', { name: /help/ }).waitFor();
    await page.keyboard.type('help');
    await page.keyboard.press('Enter');
    const answer = page.locator('.message.ephemeral');
    await answer.waitFor();

    expect(await answer.innerText()).toContain('Only visible to you');
    expect(await answer.innerText()).toContain('/flow-service-account');
  });

  it('answers only whoever typed it', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account help');
    await page.locator('.message.ephemeral').first().waitFor();

    await switchTo(page, 'approver');
    await page.getByRole('heading', { name: '# flow-approvals' }).waitFor();
    await page.locator('.person[aria-current]', { hasText: 'Approver' }).waitFor();

    expect(await page.locator('.message.ephemeral').count()).toBe(0);
  });

  it('refuses a guest in a sentence', async () => {
    page = await stage.visit('guest');
    await typeCommand(page, '/flow-service-account');
    await modal(page).getByText(/guest/i).waitFor();

    expect(await field(page, 'What is the account for?').count()).toBe(0);
    expect(await modal(page).locator('button[type=submit]').isVisible()).toBe(false);
  });
});

describe('the request form', AGAIN, () => {
  it('shows what the app finds wrong under the field, and keeps what was typed', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account new integration');
    await pick(page, 'Connection', 'GitLab', 'GitLab acme');
    await field(page, 'Access level').getByText('Contributor').click();
    await pick(page, 'Where: group or project', 'platform', 'acme/platform');
    const address = field(page, 'Name of the service address').getByRole('textbox');
    await address.fill('Not An Address');
    await field(page, 'Purpose').getByRole('textbox').fill('Flow reads our repositories.');

    await modal(page).getByRole('button', { name: 'Send request' }).click();
    const wrong = field(page, 'Name of the service address').locator('.input-error');
    await wrong.waitFor();

    expect(await wrong.innerText()).toContain('flow-integrations');
    expect(await address.inputValue()).toBe('Not An Address');
    expect(await field(page, 'Purpose').getByRole('textbox').inputValue()).toBe(
      'Flow reads our repositories.',
    );
    expect(await field(page, 'Where: group or project').innerText()).toContain('acme/platform');
    await modal(page).getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('says which required fields are empty before anything is sent', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account new flow-user');
    await modal(page).waitFor();
    const sent = stage.sandbox.slack.deliveries.filter(({ kind }) => kind === 'view_submission');

    await modal(page).getByRole('button', { name: 'Send request' }).click();
    await field(page, 'Purpose').locator('.input-error').waitFor();

    expect(await modal(page).locator('.input-error').allInnerTexts()).toContain(
      'Please complete this required field.',
    );
    const after = stage.sandbox.slack.deliveries.filter(({ kind }) => kind === 'view_submission');
    expect(after).toHaveLength(sent.length);
    await modal(page).getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('changes under the hands without taking the cursor away', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account new integration');
    const address = field(page, 'Name of the service address').getByRole('textbox');
    await address.fill('');
    await address.pressSequentially('reader', { delay: 60 });
    await modal(page).getByText('reader@svc.acme.example').waitFor();
    await page.keyboard.type('s');
    await modal(page).getByText('readers@svc.acme.example').waitFor();

    expect(await address.inputValue()).toBe('readers');
    expect(await page.locator(':focus').inputValue()).toBe('readers');
    await modal(page).getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('asks other things for another kind, chosen by keyboard', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account new integration');
    await field(page, 'Connection').waitFor();
    await modal(page).getByRole('radio').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await field(page, 'Role in Flow').waitFor();

    expect(await field(page, 'Connection').count()).toBe(0);
    await page.keyboard.press('Escape');
    await modal(page).waitFor({ state: 'detached' });
  });

  it('finds several places over several searches, and lets one go again', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account new integration');
    await pick(page, 'Connection', 'GitLab', 'GitLab acme');
    await pick(page, 'Where: group or project', 'platform/api', 'acme/platform/api');
    await pick(page, 'Where: group or project', 'checkout', 'acme/shop/checkout');
    const where = field(page, 'Where: group or project');
    await where.getByRole('button', { name: 'Remove acme/platform/api' }).click();
    await where
      .getByRole('button', { name: 'Remove acme/platform/api' })
      .waitFor({ state: 'detached' });

    const chips = await where.locator('.chip').allInnerTexts();
    expect(chips.map((chip) => chip.replace('×', '').trim())).toEqual(['acme/shop/checkout']);
    await modal(page).getByRole('button', { name: 'Close', exact: true }).click();
  });
});

describe('a denial', AGAIN, () => {
  it('asks for a reason, tells the requester, and takes the buttons away', async () => {
    page = await stage.visit('requester');
    await typeCommand(page, '/flow-service-account new flow-user');
    await field(page, 'Role in Flow')
      .getByText(/^Admin/)
      .click();
    await modal(page)
      .getByText(/sees and can change everything/)
      .waitFor();
    await field(page, 'Purpose').getByRole('textbox').fill('To see what happens.');
    await modal(page).getByRole('button', { name: 'Send request' }).click();
    const waiting = page.locator('.main .message', { hasText: 'Waiting for approval' }).last();
    await waiting.waitFor();
    const [id = ''] = /SA-[0-9A-Z]{6}/.exec(await waiting.innerText()) ?? [];
    await modal(page).getByRole('button', { name: 'Close', exact: true }).click();

    await switchTo(page, 'second');
    await cardOf(page, id).getByRole('button', { name: /^Deny/ }).click();
    await modal(page).getByRole('textbox').fill('Two admins are enough.');
    await modal(page).locator('button[type=submit]').click();
    await cardOf(page, id).getByText('Two admins are enough.').waitFor();
    const buttons = await cardOf(page, id)
      .getByRole('button', { name: /^Approve/ })
      .count();
    await switchTo(page, 'requester');
    await page.getByRole('link', { name: 'Messages from the app' }).click();
    await page.locator('.message', { hasText: id }).first().waitFor();

    expect(buttons).toBe(0);
    expect((await stage.product.records.get(id)).state).toBe('denied');
    stage.expectCleanWorld();
  });
});
