import { ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation, Slot } from '../automation.ts';
import { ensureEntry } from '../ensure-entry.ts';
import { carriesMark, describeSlot } from '../mark.ts';
import { notVerified, refuseWith } from '../refusals.ts';
import { check } from './check.ts';
import { openClient } from './client.ts';
import type { GroupWish, PipelinesClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { AzurePipelinesConfig, GroupVariable, Project, VariableGroup } from './schema.ts';
import { searchTargets } from './search.ts';
import { libraryUrl, needPlace, placeName, refuseName, refuseTarget } from './target.ts';
import type { Place } from './target.ts';

/** Secret variables of Azure Pipelines, each account in a variable group of its own. */
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
  targetHint: 'group:Web/flow-automation, a project and the name of a new variable group',
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
      await ensureGroup(client, config, slot, credential);
      return done(undefined);
    },
    verify: async (slot) => done(await describeGroup(client, config, slot)),
    async remove(slot) {
      await removeVariable(client, config, slot);
      return done(undefined);
    },
    url: (slot) => libraryUrl(config, slot.target),
  };
}

/**
 * A group is only ever replaced as a whole, without any guard against two writers. So the app
 * writes to no group but its own: nobody's variables are lost by it.
 */
async function ensureGroup(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  refuseWith(slot.secretName, refuseName(slot.secretName));
  const place = needPlace(config, slot.target);
  const project = await getProject(client, place);
  const wish: GroupWish = {
    name: place.group,
    // Azure DevOps keeps at most 1024 characters of it.
    description: describeSlot(slot, 1000),
    variables: { [slot.secretName]: { value: credential.reveal(), isSecret: true } },
  };
  await ensureEntry<VariableGroup>({
    find: () => client.findGroup(project, place.group),
    isOurs: (group) => isOurs(group, slot),
    create: () => client.createGroup(project, wish),
    replace: (group) =>
      client.replaceGroup(project, group.id, {
        ...wish,
        name: group.name,
        variables: { ...others(group, slot), ...wish.variables },
      }),
    taken: () => taken(place),
  });
}

async function getProject(client: PipelinesClient, { project }: Place): Promise<Project> {
  const found = await client.findProject(project);
  if (found !== undefined) return found;
  throw new ProductError('not-found', {
    subject: project,
    message: `Azure DevOps has no project ${project}, or our account is no member of it. Correct that, then retry.`,
  });
}

function isOurs(group: VariableGroup, slot: Slot): boolean {
  return group.type.toLowerCase() === 'vsts' && carriesMark(group.description, slot);
}

function taken(place: Place): ProductError {
  return new ProductError('name-taken', {
    subject: place.group,
    message: `There is already ${placeName(place)}, and it is not ours; choose the name of a new one, such as ${place.group}-2.`,
  });
}

/** What people have added to our group. A secret sent without its value keeps it. */
function others(group: VariableGroup, { secretName }: Slot): Record<string, GroupVariable> {
  const entries = Object.entries(group.variables).filter(
    ([key]) => key.toLowerCase() !== secretName.toLowerCase(),
  );
  return Object.fromEntries(
    entries.map(([key, { value, isSecret, isReadOnly }]) => [
      key,
      {
        ...(isSecret === true ? { isSecret } : { value: value ?? '' }),
        ...(isReadOnly === true ? { isReadOnly } : {}),
      },
    ]),
  );
}

async function describeGroup(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  slot: Slot,
): Promise<string> {
  const place = needPlace(config, slot.target);
  const where = placeName(place);
  const group = await client.findGroup(await getProject(client, place), place.group);
  const variable = Object.entries(group?.variables ?? {}).find(
    ([key]) => key.toLowerCase() === slot.secretName.toLowerCase(),
  )?.[1];
  if (group === undefined || variable === undefined) {
    throw notVerified(slot, `is not set in ${where}`);
  }
  if (!isOurs(group, slot)) {
    throw notVerified(slot, `is in ${where}, which no longer carries our mark ${slot.marker}`);
  }
  if (variable.isSecret !== true) throw notVerified(slot, `in ${where} is not secret any more`);
  return `${slot.secretName} is set as a secret in ${where}. Azure DevOps never shows its value, so only its presence is proven; the first run of a pipeline asks for permission to use the group.`;
}

/** Deletes the group, unless people have added something to it: then only our variable goes. */
async function removeVariable(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  slot: Slot,
): Promise<void> {
  const place = needPlace(config, slot.target);
  const project = await client.findProject(place.project);
  const group = project && (await client.findGroup(project, place.group));
  if (project === undefined || group === undefined || !isOurs(group, slot)) return;
  const variables = others(group, slot);
  if (Object.keys(variables).length === 0) {
    await client.deleteGroup(project, group.id);
    return;
  }
  await client.replaceGroup(project, group.id, { name: group.name, description: '', variables });
}
