import { done } from '../../domain/outcome.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation } from '../automation.ts';
import { refuseWith } from '../refusals.ts';
import { check } from './check.ts';
import { openClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { AzurePipelinesConfig } from './schema.ts';
import { searchTargets } from './search.ts';
import { describeConnection, ensureConnection, removeConnection } from './service-connection.ts';
import { needPlace, pageUrl, refuseName, refuseTarget } from './target.ts';
import { describeGroup, ensureGroup, removeVariable } from './variable-group.ts';

/**
 * Credentials of Azure Pipelines: secret variables, each account in a variable group of its own,
 * or service connections.
 */
export const azurePipelines = defineAutomation({
  id: 'azure-pipelines',
  name: 'Azure Pipelines',
  schema: configSchema,
  example: [
    'type: azure-pipelines',
    'organization: acme',
    'token: env:AZURE_PIPELINES_TOKEN',
    'targets: ["Web/*"]',
  ].join('\n'),
  targetHint:
    'group:Web/flow-automation, a project and the name of a new variable group; or connection:Web for a service connection, where that is allowed',
  open,
});

function open(config: AzurePipelinesConfig, { clock }: AdapterDeps): Automation {
  const name = `Azure Pipelines of ${config.organization}`;
  const client = openClient(config, clock, name);
  return {
    check: () => check(client, config, name),
    searchTargets: (text) => searchTargets(client, config, text),
    refuseName,
    refuseTarget: (target) => refuseTarget(config, target),
    async ensure(slot, credential) {
      refuseWith(slot.secretName, refuseName(slot.secretName));
      const place = needPlace(config, slot.target);
      await (place.kind === 'group'
        ? ensureGroup(client, place, slot, credential)
        : ensureConnection(client, config, place, slot, credential));
      return done(undefined);
    },
    async verify(slot) {
      const place = needPlace(config, slot.target);
      return done(
        place.kind === 'group'
          ? await describeGroup(client, place, slot)
          : await describeConnection(client, config, place, slot),
      );
    },
    async remove(slot) {
      const place = needPlace(config, slot.target);
      await (place.kind === 'group'
        ? removeVariable(client, place, slot)
        : removeConnection(client, place, slot));
      return done(undefined);
    },
    url: (slot) => pageUrl(config, slot.target),
  };
}
