import { counted } from '../domain/counted.ts';
import { hasCode, toProductError } from '../domain/errors.ts';
import { ok, problem, warning } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import type { FlowClient } from './client.ts';
import { FLOW_OBJECTS } from './flow.ts';
import type { FlowIntegration } from './flow.ts';

const NEEDED: readonly string[] = ['users', 'integrations', 'repos'];

/** Is the key alive, does it read what we need, and no more than that? Never throws. */
export async function checkFlow(
  client: FlowClient,
  integrations: () => Promise<readonly FlowIntegration[]>,
): Promise<Finding[]> {
  try {
    const reached: string[] = [];
    for (const object of FLOW_OBJECTS) if (await client.mayRead(object)) reached.push(object);
    return [
      ok('Flow: API key', 'Flow accepts the API key.'),
      rights(reached),
      ...(reached.includes('integrations') ? [words(await integrations())] : []),
    ];
  } catch (error) {
    const { message } = toProductError(error, 'Flow');
    const advice = hasCode(error, 'unauthenticated')
      ? 'Make a new key for the app in Flow (Settings > API keys) and set flow.api_key to it.'
      : 'Look at flow.base_url and at the way from this machine to Flow; then try again.';
    return [problem('Flow: API key', message, advice)];
  }
}

function rights(reached: readonly string[]): Finding {
  const subject = 'Flow: API access';
  const missing = NEEDED.filter((object) => !reached.includes(object));
  if (missing.length > 0) {
    return problem(
      subject,
      `The key cannot read ${missing.join(', ')}.`,
      `In Flow, give the key's owner a role with API access to ${missing.join(', ')}.`,
    );
  }
  const superfluous = reached.filter((object) => !NEEDED.includes(object));
  if (superfluous.length === 0) return ok(subject, `The key reads ${NEEDED.join(', ')}, no more.`);
  return warning(
    subject,
    `The key also reads ${superfluous.join(', ')}, which the app does not need.`,
    `In Flow, give the key's owner a role with API access to ${NEEDED.join(', ')} only.`,
  );
}

function words(integrations: readonly FlowIntegration[]): Finding {
  const types = [...new Set(integrations.map((integration) => integration.vendorType))].sort();
  const list = types.length === 0 ? '' : ` of the types ${types.join(', ')}`;
  return ok(
    'Flow: integrations',
    `Flow has ${counted(integrations.length, 'integrations')}${list}.`,
  );
}
