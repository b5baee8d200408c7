import { done, human } from '../domain/outcome.ts';
import type { Step } from './step.ts';

/** Keeps the automation's commits out of people's metrics, when that was asked for. */
export const hideFromReports: Step = {
  id: 'hide-from-reports',
  title: (request) =>
    request.order.kind === 'automation' && request.order.hideFromReports
      ? "Hide it from Flow's reports"
      : "Leave it in Flow's reports, as asked",
  async run({ request, ports }) {
    const { order } = request;
    if (order.kind !== 'automation' || !order.hideFromReports) return done({ hidden: false });
    const user = await ports.flow.findUser(order.address);
    if (user?.hiddenFromReports === true) return done({ hidden: true });
    const finding =
      user === undefined
        ? 'Flow does not know this address yet; adding it as a user makes it known.'
        : 'Flow still shows this user in its reports.';
    return human(ports.flow.tasks.hideFromReports(order.address, finding));
  },
};
