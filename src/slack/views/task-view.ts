import type { ModalView } from '@slack/types';

import type { OpenTask } from '../../domain/request.ts';
import { context, plain, section } from '../blocks.ts';
import { VIEW } from '../ids.ts';
import { say } from '../text.ts';
import { input, textInput } from './inputs.ts';

/** Asks for what a person must tell us about a task that they did. */
export function taskView(task: OpenTask, metadata: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.answers,
    private_metadata: metadata,
    title: plain('Task done', 24),
    submit: plain('Check it', 24),
    close: plain('Close', 24),
    blocks: [
      section(say`*${task.title}*`),
      ...task.fields
        .slice(0, 20)
        .map(({ id, label, hint, example }) =>
          input(
            { field: id, label, hint },
            textInput({ field: id, max: 300, value: task.answers[id], example }),
          ),
        ),
      context(
        say`:lock: Never enter a password, key or token here: Slack is no place for secrets.`,
      ),
    ],
  };
}
