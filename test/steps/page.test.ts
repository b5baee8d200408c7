import { describe, expect, it } from 'vitest';

import { done } from '../../src/domain/outcome.ts';
import type { Earlier, KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { confirm } from '../../src/steps/confirm.ts';
import { pageOf } from '../../src/steps/known-facts.ts';
import { page } from '../../src/steps/page.ts';
import { stepDone } from '../../src/steps/progress.ts';
import {
  contextOf,
  memoryStore,
  NOW,
  portsWith,
  requestWithUser,
  USER,
  withFacts,
} from './step-builders.ts';

const OLD = { id: '1', url: 'https://wiki.example/1' };
const NEW = { id: '2', url: 'https://wiki.example/2' };
const profile = () => ({
  role: 'Reporter',
  tokenScopes: [],
  means: [],
  flowFields: [],
  notes: [],
});

/** People deleted what was there before; otherwise nothing goes wrong. */
function knowledge(told: Earlier[]): KnowledgeBase {
  return {
    check: async () => [],
    publish: async (_page, earlier = { link: null, answers: {} }) => {
      told.push(earlier);
      return done({ link: NEW, wasDeleted: earlier.link !== null });
    },
    publishIndex: async () => null,
    archive: async (_page, earlier) => {
      if (earlier !== undefined) told.push(earlier);
      return done(undefined);
    },
  };
}

describe('The page of an account', () => {
  const request = withFacts(requestWithUser(), { page: { page: OLD } });

  it('that was deleted by hand is known by its new link from then on, and the audit says so', async () => {
    const told: Earlier[] = [];
    const ports = portsWith({ knowledge: knowledge(told) }, { profile });

    const outcome = await confirm.run(contextOf(request, ports));

    const facts = outcome.kind === 'done' ? outcome.value : {};
    const change = stepDone(request, 'confirm', facts, NOW);
    expect(told).toEqual([{ link: OLD, answers: {} }]);
    expect(facts).toEqual({ page: NEW, pageWasDeleted: true });
    expect(pageOf(change.request)).toEqual(NEW);
    expect(change.events[0]).toMatchObject({
      action: 'step-done',
      details: { step: 'confirm', pageWasDeleted: true },
    });
  });

  it('goes beside its credential in the store, with its owner and the day of rotation', async () => {
    const { store, labels, put } = memoryStore();
    put('flow-sa-7k3f9q-token', 'a-token-that-works');
    const stored = await store.find('flow-sa-7k3f9q-token');
    const confirmed = withFacts(request, {
      'vendor-user': USER,
      page: { page: OLD },
      credential: { secret: stored },
    });
    const ports = portsWith({ knowledge: knowledge([]), store }, { profile });

    const outcome = await confirm.run(contextOf(confirmed, ports));
    await confirm.run(contextOf(confirmed, ports));

    expect(outcome).toMatchObject({ kind: 'done', value: { page: NEW, secret: stored } });
    expect(labels.get('flow-sa-7k3f9q-token')).toMatchObject({
      owner: confirmed.order.owner,
      'rotate-by': expect.stringMatching(/^2027-\d\d-\d\d$/) as string,
      page: NEW.url,
    });
  });

  it('is published first without a word of deletion, with what people answered', async () => {
    const told: Earlier[] = [];
    const ports = portsWith({ knowledge: knowledge(told) }, { profile });
    const answers = { page_url: 'https://wiki.example/9' };

    const outcome = await page.run({ ...contextOf(requestWithUser(), ports), answers });

    expect(told).toEqual([{ link: null, answers }]);
    expect(outcome).toEqual(done({ page: NEW }));
  });

  it('becomes history when the request is undone', async () => {
    const told: Earlier[] = [];
    const ports = portsWith({ knowledge: knowledge(told) }, { profile });

    const outcome = await page.undo?.(contextOf(request, ports));

    expect(outcome?.kind).toBe('done');
    expect(told[0]?.link).toEqual(OLD);
  });
});
