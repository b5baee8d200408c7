import { ok } from '../../domain/finding.ts';
import { done, human as byHuman } from '../../domain/outcome.ts';
import { refuseExposure } from '../guard.ts';
import { defineKnowledge, NOTHING_EARLIER } from '../knowledge-base.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { readLink } from './link.ts';
import { humanKnowledgeConfig } from './schema.ts';
import type { HumanKnowledgeConfig } from './schema.ts';
import { CLOSED, HISTORY_FIELD, historyTask, updateTask, URL_FIELD, writeTask } from './tasks.ts';

/** Any knowledge base we have no adapter for: the account's owner writes the page. */
export const human = defineKnowledge<HumanKnowledgeConfig>({
  id: 'human',
  name: 'A person writes each page',
  byHand: true,
  schema: humanKnowledgeConfig,
  example: [
    'system: the team wiki',
    'hosts: [wiki.example.com]',
    'new_page_url: https://wiki.example.com/new',
  ].join('\n'),
  open: openHuman,
});

function openHuman(config: HumanKnowledgeConfig): KnowledgeBase {
  return {
    check: () =>
      Promise.resolve([
        ok(
          'Knowledge base',
          `A person writes each page in ${config.system}; there is nothing that the app could check, and nobody keeps an index there.`,
        ),
      ]),
    async publish(page, { link, answers } = NOTHING_EARLIER) {
      refuseExposure(page, '');
      const ask = (finding: string | null) =>
        byHuman(
          link === null
            ? writeTask(config, page, finding)
            : updateTask(config, page, link.url, finding),
        );
      const answer = answers[URL_FIELD]?.trim() ?? '';
      if (answer === '') return ask(null);
      const read = readLink(answer, config.hosts);
      if ('finding' in read) return ask(read.finding);
      const { url } = read;
      return done({ link: { id: url, url }, wasDeleted: link !== null && link.id !== url });
    },
    publishIndex: () => Promise.resolve(null),
    async archive(page, { link, answers } = NOTHING_EARLIER) {
      const status = page.status === 'undone' ? page.status : 'closed';
      const history = { ...page, status } as const;
      refuseExposure(history, '');
      // A page that nobody has reported cannot be pointed at; there is nothing to mark.
      if (link === null) return done(undefined);
      const answer = answers[HISTORY_FIELD]?.trim().toLowerCase() ?? '';
      if (answer === CLOSED) return done(undefined);
      const finding = answer === '' ? null : `Write exactly "${CLOSED}" once it is marked.`;
      return byHuman(historyTask(config, history, link.url, finding));
    },
  };
}
