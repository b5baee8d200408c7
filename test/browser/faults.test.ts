import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AGAIN } from './support/again.ts';
import { approve, askByGuide, cardOf, doNextTask, readThread, switchTo } from './support/hands.ts';
import { eventually } from '../support/journey.ts';
import { openStage } from './support/stage.ts';
import type { BrowserStage } from './support/stage.ts';

const LONG_MS = 150_000;

let stage: BrowserStage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  page = await stage.visit('requester', 'start');
});
afterAll(() => stage.close());

describe('a vendor that is down', AGAIN, () => {
  it(
    'holds a request up, and once mended it goes on to its verified end',
    async () => {
      const id = await askByGuide(page, 'integration');
      await page.getByRole('link', { name: 'Break something' }).click();
      await page.getByRole('button', { name: 'Take it down: GitLab', exact: true }).click();
      await page.getByRole('button', { name: 'Mend it: GitLab', exact: true }).waitFor();
      let met = 0;
      stage.sandbox.outside.gitlab.servers[0]?.onRequest(() => void (met += 1));
      await page.getByRole('link', { name: '# flow-approvals' }).click();
      await switchTo(page, 'approver');
      await approve(page, id);
      await eventually('the app to meet the fault', () => (met > 0 ? true : undefined));

      await page.getByRole('link', { name: 'Break something' }).click();
      await page.getByRole('button', { name: 'Mend it: GitLab', exact: true }).click();
      await page.getByRole('link', { name: '# flow-approvals' }).click();
      while (await doNextTask(stage, page, id));
      await readThread(page, id, /your account is ready/);

      const users = stage.sandbox.outside.gitlab.state.users.filter(({ email, unconfirmedEmail }) =>
        [email, unconfirmedEmail ?? ''].some((address) => address.startsWith('flow-integrations')),
      );
      expect(users).toHaveLength(1);
    },
    LONG_MS,
  );
});

describe('a worker that is killed', AGAIN, () => {
  it(
    'loses nothing: a new one finishes what was approved meanwhile',
    async () => {
      await page.getByRole('link', { name: 'Break something' }).click();
      await page.getByRole('button', { name: 'Kill the worker' }).click();
      await page.getByText('not running').waitFor();
      const state = stage.worker.state;
      await page.getByRole('link', { name: 'Start here' }).click();
      await page.getByRole('button', { name: 'Begin' }).last().waitFor();

      await page.getByRole('link', { name: 'Break something' }).click();
      await page.getByRole('button', { name: 'Start it again' }).click();
      await page.getByRole('button', { name: 'Kill the worker' }).waitFor();
      const id = await askByGuide(page, 'flow-user');
      await switchTo(page, 'approver');
      await approve(page, id);
      await cardOf(page, id).getByText('Approved by').waitFor();
      await stage.worker.kill();
      await stage.worker.start();
      while (await doNextTask(stage, page, id));

      expect(state).toBe('killed');
      expect((await stage.product.records.get(id)).state).toBe('done');
      const { users, keys } = stage.sandbox.outside.flow.workspace;
      expect(users.filter(({ email }) => email.startsWith('flow-api'))).toHaveLength(1);
      expect(keys.size).toBe(2);
    },
    LONG_MS,
  );
});
