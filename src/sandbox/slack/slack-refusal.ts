import type { Json } from './json.ts';

/** An `{"ok": false}` answer; Slack sends it with status 200. */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal';
  readonly details: Json;

  constructor(error: string, details: Json = {}) {
    super(error);
    this.details = details;
  }
}

/** As Slack words the refusal of blocks, views and arguments. */
export function invalid(error: string, problems: readonly string[]): SlackRefusal {
  return new SlackRefusal(error, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  });
}
