import { done } from '../domain/outcome.ts';
import { accountPage } from './account-page.ts';
import type { Step } from './step.ts';

/** Publishes the account's page; later steps update it in place. */
export const page: Step = {
  id: 'page',
  title: (_request, names) => `Write its page in ${names.knowledge}`,
  async run({ request, ports, now }) {
    const content = await accountPage(request, ports, 'being set up', now);
    return done({ page: await ports.knowledge.publish(content) });
  },
  async undo({ request, ports, now }) {
    await ports.knowledge.archive(await accountPage(request, ports, 'undone', now));
    return done(undefined);
  },
};
