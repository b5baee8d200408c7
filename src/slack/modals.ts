import type { HomeView, ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

import type { Pace } from './pace.ts';
import { explainSlack, slackWord } from './slack-errors.ts';

interface OpenView {
  readonly id: string;
  /** Changes with every update; an update that names an older one is refused. */
  readonly hash: string;
}

export interface Modals {
  open(trigger: string, view: ModalView): Promise<OpenView>;
  /** On top of the modal that is open; closing it leads back there. */
  push(trigger: string, view: ModalView): Promise<OpenView>;
  /**
   * Undefined when the view changed meanwhile or was closed: somebody newer has drawn it.
   * Without a hash it is drawn whatever it shows now.
   */
  update(id: string, hash: string | null, view: ModalView): Promise<OpenView | undefined>;
  publish(person: string, view: HomeView): Promise<void>;
}

const opened = z.object({ view: z.object({ id: z.string(), hash: z.string() }) });

const OVERTAKEN: readonly string[] = ['hash_conflict', 'not_found', 'view_not_found'];

export function createModals(client: WebClient, pace: Pace): Modals {
  return {
    async open(trigger, view) {
      pace.note('views.open', '');
      try {
        return opened.parse(await client.views.open({ trigger_id: trigger, view })).view;
      } catch (error) {
        throw explainSlack(error, 'views.open');
      }
    },
    async push(trigger, view) {
      pace.note('views.push', '');
      try {
        return opened.parse(await client.views.push({ trigger_id: trigger, view })).view;
      } catch (error) {
        throw explainSlack(error, 'views.push');
      }
    },
    async update(id, hash, view) {
      pace.note('views.update', '');
      const expected = hash === null ? {} : { hash };
      try {
        return opened.parse(await client.views.update({ view_id: id, view, ...expected })).view;
      } catch (error) {
        if (OVERTAKEN.includes(slackWord(error) ?? '')) return undefined;
        throw explainSlack(error, 'views.update');
      }
    },
    async publish(person, view) {
      pace.note('views.publish', '');
      try {
        await client.views.publish({ user_id: person, view });
      } catch (error) {
        throw explainSlack(error, 'views.publish');
      }
    },
  };
}
