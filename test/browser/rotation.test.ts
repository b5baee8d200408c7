import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/journey.ts';
import { AGAIN } from './support/again.ts';
import {
  approve,
  askByGuide,
  doNextTask,
  readThread,
  switchTo,
  typeCommand,
} from './support/hands.ts';
import { openStage } from './support/stage.ts';
import type { BrowserStage } from './support/stage.ts';

const LONG_MS = 240_000;

let stage: BrowserStage;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** What the command has asked for: the newest request about the account. */
function operationOn(account: string): Promise<string> {
  return eventually('the operation in the records', async () => {
    const [newest] = await stage.product.records.list({ account, limit: 1 });
    return newest?.id === account ? undefined : newest?.id;
  });
}

describe('a new credential for an account, by hand in a browser', AGAIN, () => {
  it(
    'is asked for by its owner, given to Flow by a person, and ends with the old one revoked',
    async () => {
      page = await stage.visit('requester', 'start');
      const account = await askByGuide(page, 'integration');
      await switchTo(page, 'approver');
      await approve(page, account);
      while (await doNextTask(stage, page, account));
      await switchTo(page, 'owner');
      await page.getByRole('link', { name: /flow-approvals/ }).click();

      await typeCommand(page, `/flow-service-account rotate ${account}`);
      const rotation = await operationOn(account);
      while (await doNextTask(stage, page, rotation));

      await page.getByRole('link', { name: /flow-approvals/ }).click();
      const thread = await readThread(page, rotation, /the new credential is in use/);
      expect(thread).toContain('Revoke the old credential');
      const after = await stage.product.records.findAccount(account);
      expect(after).toMatchObject({ generation: 2, state: 'active' });
      stage.expectCleanWorld();
    },
    LONG_MS,
  );
});
