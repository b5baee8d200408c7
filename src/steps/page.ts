import type { Facts } from '../domain/request.ts';
import { whenDone } from '../domain/outcome.ts';
import type { Published } from '../knowledge/knowledge-base.ts';
import { accountPage } from './account-page.ts';
import { pageOf } from './known-facts.ts';
import type { Step } from './step.ts';

/** Publishes the account's page; later steps update it in place. */
export const page: Step = {
  id: 'page',
  title: (_request, names) => `Write its page in ${names.knowledge}`,
  async run({ request, ports, answers, now }) {
    const content = await accountPage(request, ports, 'being set up', now);
    const earlier = { link: pageOf(request) ?? null, answers };
    return whenDone(await ports.knowledge.publish(content, earlier), pageFacts);
  },
  async undo({ request, ports, answers, now }) {
    const content = await accountPage(request, ports, 'undone', now);
    return ports.knowledge.archive(content, { link: pageOf(request) ?? null, answers });
  },
};

/** What a step keeps of a published page; `pageWasDeleted` only when people are to hear of it. */
export function pageFacts({ link, wasDeleted }: Published): Facts {
  return { page: { id: link.id, url: link.url }, ...(wasDeleted ? { pageWasDeleted: true } : {}) };
}
