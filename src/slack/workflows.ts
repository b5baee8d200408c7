import type { WebClient } from '@slack/web-api';

import type { Pace } from './pace.ts';
import { explainSlack, slackWord } from './slack-errors.ts';

/** How steps of Slack workflows are told their end. */
export interface Workflows {
  succeed(executionId: string, outputs: Readonly<Record<string, string>>): Promise<void>;
  fail(executionId: string, sentence: string): Promise<void>;
}

// Somebody stopped the workflow, or we have told its end before and died before we noted it.
const OVER: readonly (string | undefined)[] = [
  'execution_not_in_running_state',
  'function_execution_not_in_running_state',
  'function_execution_not_found',
];

export function createWorkflows(client: WebClient, pace: Pace): Workflows {
  async function tell(
    method: 'functions.completeSuccess' | 'functions.completeError',
    args: Record<string, unknown>,
  ): Promise<void> {
    await pace.turn(method, '');
    try {
      await client.apiCall(method, args);
    } catch (error) {
      if (!OVER.includes(slackWord(error))) throw explainSlack(error, method);
    }
  }

  return {
    succeed: (id, outputs) =>
      tell('functions.completeSuccess', { function_execution_id: id, outputs }),
    fail: (id, error) => tell('functions.completeError', { function_execution_id: id, error }),
  };
}
