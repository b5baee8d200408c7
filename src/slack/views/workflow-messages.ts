import type { Account } from '../../domain/account.ts';
import type { Request } from '../../domain/request.ts';
import type { WorkflowStep } from '../../records/records.ts';
import { button, context, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import { ACTION } from '../ids.ts';
import { STATES } from '../sentences.ts';
import { day, quote, say } from '../text.ts';

/** Asks the person whom a workflow names for the form. */
export function invitation(step: WorkflowStep): Message {
  const text = say`A workflow asks you to request a Flow service account.`;
  return message(text, [
    section(text),
    ...(step.purpose === null ? [] : [section(quote(step.purpose, 1000))]),
    {
      type: 'actions',
      elements: [
        button({
          id: ACTION.workflowForm,
          label: 'Fill in the form',
          spoken: 'Fill in the form for the Flow service account',
          value: step.executionId,
          style: 'primary',
        }),
      ],
    },
    context(
      say`The request is yours: you are its requester. The workflow waits for it until ${day(step.expiresAt)}. If you did not expect this, do nothing.`,
    ),
  ]);
}

/** What later steps of the workflow can use; the names are those of `manifest.yml`. */
export function outputsOf(request: Request, account: Account): Readonly<Record<string, string>> {
  return {
    request_id: request.id,
    requester: request.requester,
    address: account.address,
    login: account.login,
    page: account.page.url,
  };
}

/** Slackbot shows it to whoever looks after the workflow, who need not know the reason. */
export function failedSentence({ id, state }: Request): string {
  return `The request ${id} ended without an account: ${STATES[state].toLowerCase()}. Its thread in Slack has the details.`;
}
