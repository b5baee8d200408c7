import type { RespondFn } from '@slack/bolt';

import { toProductError } from '../domain/errors.ts';
import { note, sentenceOf } from './blocks.ts';
import type { Message } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import { errorSentence } from './sentences.ts';
import { noticeView } from './views/notice-view.ts';

/** Says something to one person alone. */
export type Tell = (message: Message) => Promise<void>;

/**
 * Does the work and, whatever goes wrong, leaves the person with an answer. Nothing is thrown: by
 * then Slack has its acknowledgement, and nobody else would hear of it.
 */
export async function answering(
  deps: Pick<RoomDeps, 'log'>,
  tell: Tell,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log.error({ err: error }, 'A Slack interaction failed');
    const known = toProductError(error, 'Slack');
    try {
      await tell(note(errorSentence(known)));
    } catch (again) {
      deps.log.error({ err: again }, 'A person could not be told that their interaction failed');
    }
  }
}

/**
 * Answers by the payload's own return address, and by a direct message when that is used up.
 * With `instead` what was clicked gives way to the answer.
 */
export function tellBy(
  respond: RespondFn | undefined,
  person: string,
  thread: string | null,
  deps: Pick<RoomDeps, 'messenger' | 'log'>,
  instead = false,
): Tell {
  return async ({ text, blocks }) => {
    try {
      if (respond !== undefined) {
        await respond({
          response_type: 'ephemeral',
          replace_original: instead,
          text,
          blocks,
          unfurl_links: false,
          unfurl_media: false,
          ...(thread === null ? {} : { thread_ts: thread }),
        });
        return;
      }
    } catch (error) {
      deps.log.warn({ err: error }, 'An answer could not be given in place');
    }
    await deps.messenger.whisper(person, null, { text, blocks });
  };
}

/** Answers in a modal that is already open, whatever it shows now. */
export function tellInView(viewId: string, deps: Pick<RoomDeps, 'modals'>): Tell {
  return async (message) => {
    await deps.modals.update(viewId, null, noticeView(sentenceOf(message)));
  };
}
