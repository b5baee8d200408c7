import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation, Slot } from '../automation.ts';
import { ensureCompanion } from '../ensure-companion.ts';
import { ensureEntry } from '../ensure-entry.ts';
import { companionName } from '../mark.ts';
import { orGone } from '../or-gone.ts';
import { nameTaken, notVerified, refuseWith } from '../refusals.ts';
import { check } from './check.ts';
import { at, openClient } from './client.ts';
import type { PipelinesClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { BitbucketPipelinesConfig, PipelineVariable } from './schema.ts';
import { searchTargets } from './search.ts';
import { needPlace, placeName, refuseName, refuseTarget, settingsUrl } from './target.ts';
import type { Place } from './target.ts';

/** Secured variables of Bitbucket Pipelines: of the workspace, a repository or a deployment. */
export const bitbucketPipelines = defineAutomation({
  id: 'bitbucket-pipelines',
  name: 'Bitbucket Pipelines',
  schema: configSchema,
  example: [
    'type: bitbucket-pipelines',
    'workspace: acme',
    'email: pipelines-admin@acme.example',
    'api_token: env:BITBUCKET_PIPELINES_TOKEN',
    'targets: ["acme/*"]',
  ].join('\n'),
  targetHint: 'repo:acme/web, deployment:acme/web/Production, or workspace for the whole workspace',
  open,
});

function open(config: BitbucketPipelinesConfig, { clock }: AdapterDeps): Automation {
  const name = `Bitbucket Pipelines of ${config.workspace}`;
  const client = openClient(config, clock, name);
  return {
    check: () => check(client, config, name),
    searchTargets: (text) => searchTargets(client, config, text),
    refuseName,
    refuseTarget: (target) => refuseTarget(config, target),
    async ensure(slot, credential) {
      await ensureVariable(client, config, slot, credential);
      return done(undefined);
    },
    verify: async (slot) => done(await describeVariable(client, config, slot)),
    async remove(slot) {
      await removeVariable(client, config, slot);
      return done(undefined);
    },
    url: (slot) => settingsUrl(config, slot.target),
  };
}

/** A variable has no description, so one beside it says whose it is; see `companionName`. */
async function ensureVariable(
  client: PipelinesClient,
  config: BitbucketPipelinesConfig,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  refuseWith(slot.secretName, refuseName(slot.secretName));
  const place = needPlace(config, slot.target);
  const where = placeName(config, place);
  const list = await at(where, client.getList(place));
  const taken = () => nameTaken(where, slot);
  await ensureCompanion({
    marker: slot.marker,
    look: async () => {
      const all = await at(where, client.variables(list));
      return {
        mark: markIn(all, slot),
        present: find(all, slot.secretName) !== undefined,
      };
    },
    create: () => client.createMark(list, companionName(slot), slot.marker),
    taken,
  });
  await ensureEntry<PipelineVariable>({
    find: async () => find(await client.variables(list), slot.secretName),
    isOurs: () => true,
    create: () => client.createSecured(list, slot.secretName, credential),
    replace: (found) => client.replaceSecured(list, found, slot.secretName, credential),
    taken,
  });
}

async function describeVariable(
  client: PipelinesClient,
  config: BitbucketPipelinesConfig,
  slot: Slot,
): Promise<string> {
  const place = needPlace(config, slot.target);
  const where = placeName(config, place);
  const list = await at(where, client.getList(place));
  const all = await at(where, client.variables(list));
  const variable = find(all, slot.secretName);
  if (variable === undefined) throw notVerified(slot, `is not set in ${where}`);
  if (markIn(all, slot) !== slot.marker) {
    throw notVerified(slot, `in ${where} no longer carries our mark ${companionName(slot)}`);
  }
  if (!variable.secured) throw notVerified(slot, `in ${where} is not secured any more`);
  return `${slot.secretName} is set and secured in ${where}. Bitbucket never shows a secured value, so only its presence is proven.`;
}

/** The mark goes last: a run that ends half-way still knows that the rest is ours. */
async function removeVariable(
  client: PipelinesClient,
  config: BitbucketPipelinesConfig,
  slot: Slot,
): Promise<void> {
  const place = needPlace(config, slot.target);
  const found = await orGone(listOf(client, place));
  if (found === undefined) return;
  const { list, all } = found;
  if (markIn(all, slot) !== slot.marker) return;
  for (const key of [slot.secretName, companionName(slot)]) {
    const variable = find(all, key);
    if (variable !== undefined) await client.remove(list, variable);
  }
}

async function listOf(client: PipelinesClient, place: Place) {
  const list = await client.getList(place);
  return { list, all: await client.variables(list) };
}

function find(all: readonly PipelineVariable[], key: string): PipelineVariable | undefined {
  return all.find((variable) => variable.key === key);
}

function markIn(all: readonly PipelineVariable[], slot: Slot): string | undefined {
  const companion = find(all, companionName(slot));
  return companion === undefined ? undefined : (companion.value ?? '');
}
