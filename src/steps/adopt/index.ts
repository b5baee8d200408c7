import { done } from '../../domain/outcome.ts';
import type { StepId } from '../../domain/plan.ts';
import { flowIntegration } from '../flow-integration.ts';
import type { Step } from '../step.ts';
import { adoptedCredential } from './credential.ts';
import { adoptedFlowUser } from './flow-user.ts';
import { adoptedVendorUser } from './vendor-user.ts';

/**
 * The steps that are otherwise for an account that is there already. They leave the same facts as
 * those that make one, so that rotating, checking and closing need not know the difference; undoing
 * them takes away nothing that was there before.
 */
export const ADOPTION_STEPS: Partial<Readonly<Record<StepId, Step>>> = {
  'vendor-user': adoptedVendorUser,
  credential: adoptedCredential('credential'),
  'flow-sign-up': adoptedFlowUser,
  'flow-key': adoptedCredential('flow-key'),
  // Flow may have been connected with it long before.
  'flow-integration': { ...flowIntegration, undo: async () => done(undefined) },
};
