import { hasCode, ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation, Slot } from '../automation.ts';
import { ensureCompanion } from '../ensure-companion.ts';
import { companionName } from '../mark.ts';
import { nameTaken, notVerified, refuseWith } from '../refusals.ts';
import { check } from './check.ts';
import { openClient } from './client.ts';
import type { ActionsClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { GitHubActionsConfig, SecretView } from './schema.ts';
import { searchTargets } from './search.ts';
import {
  needPlace,
  parseTarget,
  placeName,
  refuseName,
  refuseTarget,
  settingsUrl,
} from './target.ts';
import type { Place } from './target.ts';

/** Secrets of GitHub Actions: of the organisation, a repository or an environment. */
export const githubActions = defineAutomation({
  id: 'github-actions',
  name: 'GitHub Actions',
  schema: configSchema,
  example: [
    'type: github-actions',
    'org: acme',
    'targets: ["acme/*"]',
    'auth:',
    '  app_id: 12345',
    '  private_key: file:/etc/flow-service-accounts/github-app.pem',
    '  installation_id: 6789012',
  ].join('\n'),
  targetHint: 'repo:acme/web, environment:acme/web/production, or org for the whole organisation',
  open,
});

function open(config: GitHubActionsConfig, { clock }: AdapterDeps): Automation {
  const options = {
    name: `GitHub Actions of ${config.org}`,
    baseUrl: config.base_url,
    timeoutMs: config.timeout_ms,
    clock,
  };
  const client = openClient(options, config);
  return {
    check: () => check(options, config, client),
    searchTargets: (text) => searchTargets(client, config, text),
    refuseName,
    refuseTarget: (target) => refuseTarget(config, target),
    async ensure(slot, credential) {
      await ensureSecret(client, config, slot, credential);
      return done(undefined);
    },
    verify: async (slot) => done(await describeSecret(client, config, slot)),
    async remove(slot) {
      await removeSecret(client, needPlace(config, slot.target), slot);
      return done(undefined);
    },
    url(slot) {
      const place = parseTarget(slot.target);
      return place === undefined ? null : settingsUrl(place, config);
    },
  };
}

/** GitHub shows a secret's name and dates, nothing that could say whose it is; see `companionName`. */
async function ensureSecret(
  client: ActionsClient,
  config: GitHubActionsConfig,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  refuseWith(slot.secretName, refuseName(slot.secretName));
  const place = needPlace(config, slot.target);
  try {
    await ensureCompanion({
      marker: slot.marker,
      look: () => look(client, place, slot),
      create: () => client.createVariable(place, companionName(slot), slot.marker),
      taken: () => nameTaken(placeName(place, config.org), slot),
    });
    await client.putSecret(place, slot.secretName, credential);
  } catch (error) {
    throw hasCode(error, 'not-found') ? notThere(place, config) : error;
  }
}

async function look(client: ActionsClient, place: Place, slot: Slot) {
  const mark = await client.findVariable(place, companionName(slot));
  const isOurs = mark === slot.marker;
  return {
    mark,
    present: isOurs || (await client.findSecret(place, slot.secretName)) !== undefined,
  };
}

function notThere(place: Place, config: GitHubActionsConfig): ProductError {
  const where = placeName(place, config.org);
  return new ProductError('not-found', {
    subject: where,
    message: `GitHub has no place for secrets at ${where}, or our credential cannot see it. Make it, or give the app access to it; then retry.`,
  });
}

async function describeSecret(
  client: ActionsClient,
  config: GitHubActionsConfig,
  slot: Slot,
): Promise<string> {
  const place = needPlace(config, slot.target);
  const where = placeName(place, config.org);
  const secret = await client.findSecret(place, slot.secretName);
  if (secret === undefined) throw notVerified(slot, `is not set in ${where}`);
  if ((await client.findVariable(place, companionName(slot))) !== slot.marker) {
    throw notVerified(
      slot,
      `in ${where} no longer carries our mark ${companionName(slot)}; somebody may have replaced it`,
    );
  }
  const reach = place.kind === 'org' ? await describeReach(client, config, slot, secret) : '';
  const day = secret.updated_at.slice(0, 10);
  return `${slot.secretName} is set in ${where}${reach}, last changed on ${day}. GitHub never shows a secret’s value, so only its presence is proven.`;
}

/** Which repositories may use a secret of the organisation, once that is what was configured. */
async function describeReach(
  client: ActionsClient,
  config: GitHubActionsConfig,
  slot: Slot,
  { visibility }: SecretView,
): Promise<string> {
  if (visibility !== config.org_visibility) {
    throw notVerified(
      slot,
      `is open to ${visibility ?? 'unknown'} repositories, unlike org_visibility ${config.org_visibility} says`,
    );
  }
  if (visibility !== 'selected') return ` for ${visibility} repositories`;
  const names = await client.selectedRepositories(slot.secretName);
  const lower = (list: readonly string[]) => list.map((name) => name.toLowerCase()).toSorted();
  if (lower(names).join() !== lower(config.org_repositories).join()) {
    throw notVerified(
      slot,
      `is open to ${names.join(', ') || 'no repository'}, unlike org_repositories says`,
    );
  }
  return ` for ${names.toSorted().join(', ')}`;
}

/** The mark goes last: a run that ends half-way still knows that the rest is ours. */
async function removeSecret(client: ActionsClient, place: Place, slot: Slot): Promise<void> {
  if ((await client.findVariable(place, companionName(slot))) !== slot.marker) return;
  await client.deleteSecret(place, slot.secretName);
  await client.deleteVariable(place, companionName(slot));
}
