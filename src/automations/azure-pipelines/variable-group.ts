import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Slot } from '../automation.ts';
import { ensureEntry } from '../ensure-entry.ts';
import { carriesMark, describeSlot } from '../mark.ts';
import { notVerified } from '../refusals.ts';
import type { GroupWish, PipelinesClient } from './client.ts';
import { getProject } from './project.ts';
import type { GroupVariable, VariableGroup } from './schema.ts';
import { placeName } from './target.ts';
import type { GroupPlace } from './target.ts';

/**
 * A group is only ever replaced as a whole, without any guard against two writers. So the app
 * writes to no group but its own: nobody's variables are lost by it.
 */
export async function ensureGroup(
  client: PipelinesClient,
  place: GroupPlace,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  const project = await getProject(client, place.project);
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

function isOurs(group: VariableGroup, slot: Slot): boolean {
  return group.type.toLowerCase() === 'vsts' && carriesMark(group.description, slot);
}

function taken(place: GroupPlace): ProductError {
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

export async function describeGroup(
  client: PipelinesClient,
  place: GroupPlace,
  slot: Slot,
): Promise<string> {
  const where = placeName(place);
  const group = await client.findGroup(await getProject(client, place.project), place.group);
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
export async function removeVariable(
  client: PipelinesClient,
  place: GroupPlace,
  slot: Slot,
): Promise<void> {
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
