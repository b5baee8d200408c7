import { ProductError } from '../domain/errors.ts';
import type { AdapterDeps } from '../lib/adapter.ts';
import { checkFlow } from './check.ts';
import { createFlowClient } from './client.ts';
import type { FlowClient } from './client.ts';
import { connectionStatusSchema, readConnectionStatus } from './connection-status.ts';
import type { Flow, FlowIntegration, FlowUser, KeyReach } from './flow.ts';
import { pickIntegration } from './integrations.ts';
import { invite } from './invite.ts';
import { integrationSchema, repoSchema, userSchema } from './schema.ts';
import type { FlowConfig } from './schema.ts';
import { createTasks } from './tasks.ts';

export { flowExample, flowSchema } from './schema.ts';
export type { FlowConfig } from './schema.ts';

/** The organisation's Flow workspace. */
export function createFlow(config: FlowConfig, deps: AdapterDeps): Flow {
  const client = createFlowClient(config, config.api_key, deps.clock);
  const find = (address: string) => findUser(client, address);

  return {
    baseUrl: config.base_url,
    tasks: createTasks(config.base_url),
    check: () => checkFlow(client, () => listIntegrations(client)),
    findUser: find,
    findIntegration: async (vendorType, names) =>
      pickIntegration(
        await listIntegrations(client),
        config.vendor_types[vendorType] ?? [vendorType],
        names,
      ),
    async health(integrationId) {
      const answer = await client.connectionStatus(integrationId, connectionStatusSchema);
      const failingRepositories = await failingRepos(client, integrationId);
      return { ...readConnectionStatus(answer), failingRepositories };
    },
    async probeKey(key, objects) {
      // A line break or an umlaut can not travel in a header, and fetch would quote it in its error.
      if (!/^[\x21-\x7e]+$/.test(key.reveal())) throw noKey();
      return probe(createFlowClient(config, key, deps.clock), objects);
    },
    invite: (address, role) => invite({ config, client, findUser: find }, address, role),
  };
}

async function findUser(client: FlowClient, address: string): Promise<FlowUser | undefined> {
  const wanted = address.toLowerCase();
  const users = await client.list({
    object: 'users',
    schema: userSchema,
    fields: ['id', 'email', 'has_login', 'pending_invitation', 'hidden_from_reports'],
    filter: { email__icontains: address },
  });
  // Commits under the same address can have made a second, unmerged user: the one who signs in counts.
  const found = users
    .filter((user) => user.email.toLowerCase() === wanted)
    .sort((one, other) => weight(other) - weight(one))[0];
  if (found === undefined) return undefined;
  return {
    id: found.id,
    email: found.email,
    hasLogin: found.has_login,
    pendingInvitation: found.pending_invitation,
    hiddenFromReports: found.hidden_from_reports,
  };
}

function weight(user: { has_login: boolean; pending_invitation: boolean }): number {
  return (user.has_login ? 2 : 0) + (user.pending_invitation ? 1 : 0);
}

async function listIntegrations(client: FlowClient): Promise<FlowIntegration[]> {
  const rows = await client.list({
    object: 'integrations',
    schema: integrationSchema,
    fields: ['id', 'name', 'vendor_type', 'username', 'enabled_source_types'],
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    vendorType: row.vendor_type,
    username: row.username,
    sourceTypes: row.enabled_source_types,
  }));
}

async function failingRepos(client: FlowClient, integrationId: string): Promise<string[]> {
  const repos = await client.list({
    object: 'repos',
    schema: repoSchema,
    fields: ['id', 'name', 'integration_id', 'blocked', 'fetches_failing_since'],
  });
  return repos
    .filter((repo) => repo.integration_id === integrationId)
    .filter((repo) => repo.blocked || repo.fetches_failing_since !== '')
    .map((repo) => repo.name);
}

async function probe(client: FlowClient, objects: readonly string[]): Promise<KeyReach> {
  // Without objects the question is only whether it is a key at all; a refusal also proves that.
  if (objects.length === 0) await client.mayRead('users');
  const reach = { objects: [] as string[], refused: [] as string[] };
  for (const object of objects) {
    const may = await client.mayRead(object);
    (may ? reach.objects : reach.refused).push(object);
  }
  return reach;
}

function noKey(): ProductError {
  return new ProductError('unauthenticated', {
    subject: 'Flow',
    message:
      'This is not an API key: it has characters that no key has. Was more than the key copied?',
  });
}
