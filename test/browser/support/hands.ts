import type { Locator, Page } from 'playwright-core';

import type { Request } from '../../../src/domain/request.ts';
import { PEOPLE } from '../../../src/sandbox/people.ts';
import type { BrowserStage, Who } from './stage.ts';

export type Kind = 'integration' | 'automation' | 'flow-user';

/** The modal in front. */
export function modal(page: Page): Locator {
  return page.locator('dialog.modal[open]');
}

/** A field of the modal by its label. */
export function field(page: Page, label: string): Locator {
  return modal(page).locator('.input', { has: page.getByText(label, { exact: true }) });
}

export async function typeCommand(page: Page, line: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: 'Type a command' });
  await composer.fill(line);
  await composer.press('Escape');
  await composer.press('Enter');
}

/** Opens a list with search, types into it and takes what is called like this. */
export async function pick(page: Page, label: string, typed: string, name: string): Promise<void> {
  const box = field(page, label).getByRole('combobox');
  await box.click();
  await box.fill(typed);
  await field(page, label).getByRole('option', { name }).first().click();
}

/** Asks for an account with the guide's example; resolves with the request's id. */
export async function askByGuide(page: Page, kind: Kind): Promise<string> {
  const index = ['integration', 'automation', 'flow-user'].indexOf(kind);
  await page.getByRole('link', { name: 'Start here' }).click();
  await page
    .locator('.path')
    .nth(index)
    .getByRole('button', { name: /^(?:Begin|Go on)$/ })
    .click();
  await page.getByRole('button', { name: 'Open the form' }).click();
  const filled = page.waitForResponse(
    (response) => response.request().postData()?.includes('fill-form') === true,
  );
  await modal(page).getByRole('button', { name: 'Fill it in for me' }).click();
  await filled;
  await modal(page).getByRole('button', { name: 'Send request' }).click();
  const card = page.locator('.message', { hasText: 'Waiting for approval' }).last();
  await card.waitFor();
  const [id = ''] = /SA-[0-9A-Z]{6}/.exec(await card.innerText()) ?? [];
  await modal(page).getByRole('button', { name: 'Close', exact: true }).click();
  return id;
}

/** The request's card in the channel. */
export function cardOf(page: Page, id: string): Locator {
  return page.locator('.main .message', { hasText: id }).first();
}

export async function approve(page: Page, id: string): Promise<void> {
  await cardOf(page, id)
    .getByRole('button', { name: /^Approve/ })
    .click();
  await page.locator('dialog.confirm').getByRole('button').last().click();
}

/** Opens the thread of a request and waits for these words in it. */
export async function readThread(page: Page, id: string, words: string | RegExp): Promise<string> {
  const thread = page.getByRole('complementary', { name: 'Thread' });
  if (!(await thread.isVisible())) await cardOf(page, id).locator('.thread-link').click();
  await thread.getByText(words).last().waitFor();
  return thread.innerText();
}

const BOARDS: Readonly<Record<string, string>> = { flow: 'Flow', github: 'GitHub' };

/**
 * What people do for the open task: at the vendor's own pages, then in Slack. Resolves with false
 * once the request is over.
 */
export async function doNextTask(stage: BrowserStage, page: Page, id: string): Promise<boolean> {
  const step = await nextStep(stage, id);
  if (step === null) return false;
  const { key, board, assignee, title, deposit } = step;
  await switchTo(page, assignee);
  const places = page.getByRole('navigation', { name: 'Places' });
  await places.getByRole('link', { name: new RegExp(`^${BOARDS[board] ?? board} ?\\d`) }).click();
  const card = page.locator('.card.waiting', { hasText: title });
  await card.getByRole('button', { name: 'Do these steps here' }).click();
  await card.locator('.brought-back strong').waitFor();
  const values = await card.locator('.brought-back code').allInnerTexts();
  await card.getByRole('link', { name: 'Go to the thread' }).click();
  done.add(key);
  if (deposit) await handOver(page, values.at(-1) ?? '');
  else await sayDoneUntilHeard(stage, page, id, key, values);
  return true;
}

const PATIENCE_MS = 6000;
const MOST_TRIES = 4;

/** A message that is drawn anew under the finger takes no click; people then press once more. */
async function sayDoneUntilHeard(
  stage: BrowserStage,
  page: Page,
  id: string,
  key: string,
  values: readonly string[],
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    await sayDone(page, values);
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end) {
      if (keyOf(await stage.product.records.get(id)) !== key) return;
      await pause();
    }
  }
  throw new Error(`“Done” was not heard: ${key}`);
}

// What was done waits for its check, and nobody does it a second time meanwhile.
const done = new Set<string>();

interface NextStep {
  /** Changes once a check has answered: then it is a new matter. */
  readonly key: string;
  readonly board: string;
  readonly assignee: Who;
  readonly title: string;
  readonly deposit: boolean;
}

/** Waits until somebody is needed or the request is over; null when it is. */
async function nextStep({ product }: BrowserStage, id: string): Promise<NextStep | null> {
  for (;;) {
    const request = await product.records.get(id);
    if (['done', 'failed', 'undone'].includes(request.state)) return null;
    const record = request.steps.find(({ state }) => state === 'human');
    const task = record?.task;
    const key = keyOf(request);
    if (task != null && task.checkedAt !== null && !done.has(key)) {
      const entry = Object.entries(PEOPLE).find(([, person]) => person.id === task.assignee);
      const isFlow = request.order.kind === 'flow-user' || record?.id.startsWith('flow-') === true;
      const atFlow =
        isFlow ||
        ['hide-from-reports', 'verify-connection', 'switch-connection'].includes(record?.id ?? '');
      return {
        key,
        board: atFlow ? 'flow' : 'github',
        assignee: (entry?.[0] ?? 'admin') as Who,
        title: task.title,
        deposit: task.deposit !== null,
      };
    }
    await pause();
  }
}

/** Changes with every check that somebody asks for and with every answer to one. */
function keyOf({ id, steps }: Request): string {
  const record = steps.find(({ state }) => state === 'human');
  const task = record?.task;
  return [id, record?.id, task?.openedAt, task?.checkedAt, task?.finding].join('|');
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 25);
  });
}

export async function switchTo(page: Page, who: Who): Promise<void> {
  await page
    .getByRole('group', { name: 'Act as' })
    .getByText(PEOPLE[who].realName, { exact: true })
    .click();
}

/** The one-time page, in a window of its own, with the code that Slack shows. */
async function handOver(page: Page, value: string): Promise<void> {
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread
    .getByRole('button', { name: /one-time page/ })
    .last()
    .click();
  const code = await modal(page)
    .locator('strong', { hasText: /^\d{6}$/ })
    .innerText();
  const opened = page.context().waitForEvent('page');
  await modal(page).getByRole('link', { name: 'Open the one-time page' }).click();
  const form = await opened;
  await form.getByLabel('Code from Slack').fill(code);
  await form.locator('#credential').fill(value);
  await form.getByRole('button', { name: 'Check and store' }).click();
  await form.getByRole('heading', { name: 'Checked and stored' }).waitFor();
  await form.close();
  await modal(page).getByRole('button', { name: 'Close', exact: true }).click();
}

async function sayDone(page: Page, values: readonly string[]): Promise<void> {
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread.getByRole('button', { name: /^Done/ }).last().click();
  const [first] = values;
  if (first === undefined) return;
  await modal(page).getByRole('textbox').first().fill(first);
  await modal(page).locator('button[type=submit]').click();
  await modal(page).waitFor({ state: 'detached' });
}
