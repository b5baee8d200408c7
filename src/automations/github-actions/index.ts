import { hasCode, isAmbiguous, ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation, Slot } from '../automation.ts';
import { check } from './check.ts';
import { openClient } from './client.ts';
import type { ActionsClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { GitHubActionsConfig } from './schema.ts';
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

/**
 * GitHub shows a secret's name and dates, nothing that could say whose it is. So a variable beside
 * it, `FLOW_TOKEN_MANAGED_BY`, holds our marker; it is made first, and a secret without it is not
 * ours. Nothing protects the pair from a person with the same rights, but no secret of theirs is
 * overwritten by mistake.
 */
function claimName(slot: Slot): string {
  return `${slot.secretName}_MANAGED_BY`;
}

async function ensureSecret(
  client: ActionsClient,
  config: GitHubActionsConfig,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  const refusal = refuseName(slot.secretName);
  if (refusal !== undefined) {
    throw new ProductError('invalid-input', { subject: slot.secretName, message: refusal });
  }
  const place = needPlace(config, slot.target);
  await claim(client, config, place, slot);
  try {
    await client.putSecret(place, slot.secretName, credential);
  } catch (error) {
    throw hasCode(error, 'not-found') ? notThere(place, config) : error;
  }
}

async function claim(
  client: ActionsClient,
  config: GitHubActionsConfig,
  place: Place,
  slot: Slot,
): Promise<void> {
  const holder = await client.findVariable(place, claimName(slot));
  if (holder === slot.marker) return;
  const present = await client.findSecret(place, slot.secretName);
  if (holder !== undefined || present !== undefined) throw taken(place, config, slot);
  try {
    await client.createVariable(place, claimName(slot), slot.marker);
  } catch (error) {
    if (hasCode(error, 'not-found')) throw notThere(place, config);
    if (!isAmbiguous(error) && !hasCode(error, 'exists', 'refused')) throw error;
    const now = await client.findVariable(place, claimName(slot));
    if (now === undefined) throw error;
    if (now !== slot.marker) throw taken(place, config, slot);
  }
}

function taken(place: Place, config: GitHubActionsConfig, slot: Slot): ProductError {
  const where = placeName(place, config.org);
  return new ProductError('name-taken', {
    subject: slot.secretName,
    message: `${slot.secretName} already exists in ${where} and is not ours; choose another name, such as ${slot.secretName}_2.`,
  });
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
  const holder = await client.findVariable(place, claimName(slot));
  const secret = await client.findSecret(place, slot.secretName);
  if (secret === undefined || holder !== slot.marker) {
    throw new ProductError('verification-failed', {
      subject: slot.secretName,
      message:
        secret === undefined
          ? `${slot.secretName} is not set in ${where}. Retry the step that puts it there.`
          : `${slot.secretName} in ${where} no longer carries our mark ${claimName(slot)}; somebody may have replaced it.`,
    });
  }
  const day = secret.updated_at.slice(0, 10);
  return `${slot.secretName} is set in ${where}, last changed on ${day}. GitHub never shows a secret’s value, so only its presence is proven.`;
}

/** The mark goes last: a run that ends half-way still knows that the rest is ours. */
async function removeSecret(client: ActionsClient, place: Place, slot: Slot): Promise<void> {
  if ((await client.findVariable(place, claimName(slot))) !== slot.marker) return;
  await client.deleteSecret(place, slot.secretName);
  await client.deleteVariable(place, claimName(slot));
}
