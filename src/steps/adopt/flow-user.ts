import { ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Step } from '../step.ts';

/** Flow must know the user, with a login of its own. */
export const adoptedFlowUser: Step = {
  id: 'flow-sign-up',
  title: () => 'Find the user in Flow',
  async run({ request, ports }) {
    const { address } = request.order;
    const user = await ports.flow.findUser(address);
    if (user?.hasLogin === true && !user.pendingInvitation) {
      return done({ flowUserId: user.id, adopted: true });
    }
    const state = user === undefined ? 'knows no user' : 'still waits for the sign-up of';
    throw new ProductError('not-found', {
      subject: address,
      message: `Flow ${state} ${address}. Mend that in Flow and try again, or undo this request.`,
    });
  },
};
