import { whenDone } from '../domain/outcome.ts';
import { done } from '../domain/outcome.ts';
import { accountSpec, connectionOf, knownVendorUser, vendorUserOf } from './account-spec.ts';
import type { Step } from './step.ts';

/** Gives exactly the role in exactly the scope that was approved. */
export const access: Step = {
  id: 'access',
  title: (request, names) =>
    `Give ${request.order.kind === 'flow-user' ? '' : request.order.access} access in ${names.connection}`,
  async run({ request, ports }) {
    const { vendor } = connectionOf(request, ports);
    const spec = accountSpec(request, ports);
    const outcome = await vendor.ensureAccess(spec, vendorUserOf(request));
    return whenDone(outcome, () => ({ role: vendor.profile(spec).role }));
  },
  async undo({ request, ports }) {
    const user = knownVendorUser(request);
    return user === undefined
      ? done(undefined)
      : connectionOf(request, ports).vendor.removeAccess(accountSpec(request, ports), user);
  },
};
