import { done, human, later } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import { factsOf } from '../domain/request.ts';
import type { Facts, Request } from '../domain/request.ts';
import type { IntegrationHealth } from '../flow/flow.ts';
import { accountSpec, connectionOf, vendorUserOf } from './account-spec.ts';
import { storedCredential } from './known-facts.ts';
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
      return human(connectTask(request, ports, describe(health)));
  }
}

function describe(health: IntegrationHealth): string {
  const failing = health.failingRepositories.slice(0, 5).join(', ');
  const also = failing === '' ? '' : ` It cannot read: ${failing}.`;
  return `Flow says about this integration: ${health.words}.${also} Edit its credentials; never delete it.`;
}

function findIntegration(request: Request, ports: Ports) {
  const { definition } = connectionOf(request, ports);
  const { login } = vendorUserOf(request);
  return ports.flow.findIntegration(definition.flowVendorType, [login, request.order.address]);
}

function connectTask(request: Request, ports: Ports, finding: string | null) {
  const { definition, name, vendor } = connectionOf(request, ports);
  const spec = accountSpec(request, ports);
  const profile = vendor.profile(spec);
  const details = {
    tile: definition.flowTile,
    name: `${name} (${request.id})`,
    credentialUrl: storedCredential(request)?.url ?? '',
    fields: profile.flowFields,
    services: spec.services,
    notes: profile.notes,
  };
  return ports.flow.tasks.createIntegration(details, finding);
}
