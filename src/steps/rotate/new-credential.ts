import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { credential } from '../credential.ts';
import { flowKey } from '../flow-user-steps.ts';
import type { Step, StepContext } from '../step.ts';
import { keepAKey, noteOldKey } from './one-key.ts';

/** Makes the next credential beside the one that is in use, which stays untouched. */
export const newCredential: Step = {
  id: 'new-credential',
  title: (_request, names) => `Make a new credential and keep it in ${names.store}`,
  async run(context) {
    if (isFlowUser(context)) await noteOldKey(context);
    return maker(context).run(context);
  },
  async accept(context, value) {
    await maker(context).accept?.(context, value);
  },
  async undo(context) {
    const task = isFlowUser(context) ? await keepAKey(context) : undefined;
    return task === undefined ? takeBack(context) : human(task);
  },
};

function isFlowUser({ request }: StepContext): boolean {
  return request.order.kind === 'flow-user';
}

function maker(context: StepContext): Step {
  return isFlowUser(context) ? flowKey : credential;
}

async function takeBack(context: StepContext): Promise<Outcome<void>> {
  return (await maker(context).undo?.(context)) ?? done(undefined);
}
