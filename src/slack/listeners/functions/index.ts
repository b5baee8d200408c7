import type { App } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { FUNCTION } from '../../ids.ts';
import { functionSchema } from '../../payloads.ts';
import { keepStep, offerStep } from '../../workflow-step.ts';

/** Slack tries an event again that is not acknowledged, so the step is kept before that. */
export function registerFunctions(app: App, deps: RoomDeps): void {
  app.function(FUNCTION, { autoAcknowledge: false }, async ({ ack, event }) => {
    const { function_execution_id: executionId, inputs } = functionSchema.parse(event);
    const { requester, kind = null, purpose = null } = inputs;
    await keepStep({ executionId, person: requester, kind, purpose }, deps);
    await ack();
    // What does not work now, the sweep does later.
    await offerStep(executionId, deps).catch((error: unknown) =>
      deps.log.warn({ executionId, err: error }, 'A person could not be asked for a workflow'),
    );
  });
}
