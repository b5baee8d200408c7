import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Slot } from '../automation.ts';
import { ensureEntry } from '../ensure-entry.ts';
import { carriesMark, describeSlot } from '../mark.ts';
import { nameTaken, notVerified } from '../refusals.ts';
import type { PipelinesClient } from './client.ts';
import type { ConnectionWish } from './connection-client.ts';
import { getProject } from './project.ts';
import type {
  AzurePipelinesConfig,
  Project,
  ServiceConnection,
  ServiceConnectionsConfig,
} from './schema.ts';
import type { ConnectionPlace } from './target.ts';

/**
 * Where it leads to is always the configured server, also when somebody has changed it: otherwise
 * the next credential would be sent to theirs.
 */
export async function ensureConnection(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  place: ConnectionPlace,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  const project = await getProject(client, place.project);
  const wish = wishFor(policyOf(config), project, slot, credential);
  const where = `the service connections of ${place.project}`;
  try {
    await ensureEntry<ServiceConnection>({
      find: () => client.findConnection(project, slot.secretName),
      isOurs: (found) => carriesMark(found.description, slot),
      create: () => client.createConnection(wish),
      replace: (found) => client.replaceConnection(found, wish),
      taken: () => nameTaken(where, slot),
    });
  } catch (error) {
    // There is one that our account may not see.
    throw hasCode(error, 'exists') ? nameTaken(where, slot) : error;
  }
}

function wishFor(
  { type, server, username = '' }: ServiceConnectionsConfig,
  project: Project,
  slot: Slot,
  credential: Secret,
): ConnectionWish {
  return {
    project,
    name: slot.secretName,
    // Azure DevOps keeps at most 1024 characters of it.
    description: describeSlot(slot, 1000),
    type,
    url: server,
    username,
    password: credential,
  };
}

/** @throws ProductError `invalid-config` when they were allowed once and are no more */
function policyOf({ service_connections: policy }: AzurePipelinesConfig): ServiceConnectionsConfig {
  if (policy !== undefined) return policy;
  throw new ProductError('invalid-config', {
    subject: 'service_connections',
    message: 'This automation’s service_connections is missing in the configuration.',
  });
}

export async function describeConnection(
  client: PipelinesClient,
  config: AzurePipelinesConfig,
  place: ConnectionPlace,
  slot: Slot,
): Promise<string> {
  const { server } = policyOf(config);
  const project = await getProject(client, place.project);
  const found = await client.findConnection(project, slot.secretName);
  const what = `service connection of ${place.project}`;
  if (found === undefined) throw notVerified(slot, `is no ${what}`);
  if (!carriesMark(found.description, slot)) {
    throw notVerified(slot, `is a ${what} that no longer carries our mark ${slot.marker}`);
  }
  if (!isSamePlace(found.url, server)) {
    throw notVerified(slot, `is a ${what} that leads to another server than ${server}`);
  }
  if (found.isReady === false) throw notVerified(slot, `is a ${what} that is not ready`);
  return `${slot.secretName} is a ${what} to ${server}. Azure DevOps never shows its credential, so only its presence is proven; the first run of a pipeline asks for permission to use it.`;
}

/** Azure DevOps may add the slash at the end. */
function isSamePlace(url: string | null | undefined, server: string): boolean {
  return url != null && URL.canParse(url) && new URL(url).href === new URL(server).href;
}

/** From every project it was shared with: anywhere else our credential would stay behind. */
export async function removeConnection(
  client: PipelinesClient,
  place: ConnectionPlace,
  slot: Slot,
): Promise<void> {
  const project = await client.findProject(place.project);
  const found = project && (await client.findConnection(project, slot.secretName));
  if (project === undefined || found === undefined) return;
  if (!carriesMark(found.description, slot)) return;
  const shared = (found.serviceEndpointProjectReferences ?? []).map(
    ({ projectReference }) => projectReference.id,
  );
  await client.deleteConnection(found.id, [...new Set([project.id, ...shared])]);
}
