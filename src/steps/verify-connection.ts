import { hasCode } from '../domain/errors.ts';
import { factsOf } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import { automationHealth } from './automation-secret.ts';
import { describeHealth, integrationHealth } from './flow-integration.ts';
import type { Ports } from './ports.ts';
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

/** What is wrong at the other end, in sentences; nothing where only people can look. */
export async function connectionTroubles(request: Request, ports: Ports): Promise<string[]> {
  switch (request.order.kind) {
    case 'flow-user':
      return [];
    case 'automation':
      return automationTroubles(request, ports);
    case 'integration':
      return integrationTroubles(request, ports);
  }
}

async function automationTroubles(request: Request, ports: Ports): Promise<string[]> {
  try {
    await automationHealth(request, ports);
    return [];
  } catch (error) {
    if (!hasCode(error, 'verification-failed', 'not-found')) throw error;
    return [error.message];
  }
}

async function integrationTroubles(request: Request, ports: Ports): Promise<string[]> {
  const id = factsOf(request, 'flow-integration')?.['integrationId'];
  if (typeof id !== 'string') return [];
  const health = await ports.flow.health(id);
  const isBad = health.status === 'failed' || health.failingRepositories.length > 0;
  return isBad ? [describeHealth(health)] : [];
}
