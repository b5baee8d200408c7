import { automationHealth } from './automation-secret.ts';
import { integrationHealth } from './flow-integration.ts';
import type { Step } from './step.ts';

/** The other end must say that it works: Flow, or the pipeline system. */
export const verifyConnection: Step = {
  id: 'verify-connection',
  title: () => 'Verify the connection',
  run: ({ request, ports }) =>
    request.order.kind === 'automation'
      ? automationHealth(request, ports)
      : integrationHealth(request, ports),
};
