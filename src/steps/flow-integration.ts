import { accountIdOf } from '../domain/operation.ts';
import { done, human, later } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import { factsOf } from '../domain/request.ts';
import type { Facts, Request } from '../domain/request.ts';
import type { HumanTask } from '../domain/task.ts';
import type { IntegrationDetails, IntegrationHealth } from '../flow/flow.ts';
import { accountSpec, connectionOf, vendorUserOf } from './account-spec.ts';
import { credentialInHand } from './known-facts.ts';
import type { Ports } from './ports.ts';
import type { Step } from './step.ts';

/** Flow's API cannot create integrations: a person does, and Flow's API proves it. */
export const flowIntegration: Step = {
  id: 'flow-integration',
  title: () => 'Connect it in Flow',
  async run({ request, ports }) {
    const found = await findIntegration(request, ports);
    if (found !== undefined) return done({ integrationId: found.id, name: found.name });
    return human(connectTask(request, ports, null));
  },
  async undo({ request, ports }) {
    const found = await findIntegration(request, ports);
    return found === undefined ? done(undefined) : human(ports.flow.tasks.disconnect(found.name));
  },
};

const HEALTH_WAIT_MS = 60_000;

/** Flow must say that the connection works, or at least that it has begun to read. */
export async function integrationHealth(request: Request, ports: Ports): Promise<Outcome<Facts>> {
  const id = String(factsOf(request, 'flow-integration')?.['integrationId']);
  const health = await ports.flow.health(id);
  switch (health.status) {
    case 'healthy':
    case 'processing':
      return done({ says: health.words });
    case 'rate-limited':
      return later(HEALTH_WAIT_MS, 'Flow is rate limited at the vendor');
    case 'failed':
    case 'unknown':
      return human(connectTask(request, ports, describeHealth(health)));
  }
}

export function describeHealth(health: IntegrationHealth): string {
  const failing = health.failingRepositories.slice(0, 5).join(', ');
  const also = failing === '' ? '' : ` It cannot read: ${failing}.`;
  return `Flow says about this integration: ${health.words}.${also} Edit its credentials; never delete it.`;
}

function connectTask(request: Request, ports: Ports, finding: string | null): HumanTask {
  return ports.flow.tasks.createIntegration(integrationDetails(request, ports), finding);
}

function findIntegration(request: Request, ports: Ports) {
  const { definition } = connectionOf(request, ports);
  const { login } = vendorUserOf(request);
  return ports.flow.findIntegration(definition.flowVendorType, [login, request.order.address]);
}

/** What a person needs to connect it, or to give the connection another credential. */
export function integrationDetails(
  request: Request,
  ports: Ports,
  credential = credentialInHand(request),
): IntegrationDetails {
  const { definition, name, vendor } = connectionOf(request, ports);
  const spec = accountSpec(request, ports);
  // As the vendor calls it: Flow must be told that name, and its API shows it again.
  const profile = vendor.profile({ ...spec, login: vendorUserOf(request).login });
  return {
    tile: profile.flowTile ?? definition.flowTile,
    name: `${name} (${accountIdOf(request)})`,
    credentialUrl: credential?.url ?? '',
    fields: profile.flowFields,
    services: spec.services,
    notes: profile.notes,
  };
}
