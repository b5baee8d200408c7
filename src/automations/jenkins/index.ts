import { hasCode, ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation, Slot } from '../automation.ts';
import { ensureEntry } from '../ensure-entry.ts';
import { carriesMark, describeSlot } from '../mark.ts';
import { orGone } from '../or-gone.ts';
import { nameTaken, notVerified, refuseWith } from '../refusals.ts';
import { check } from './check.ts';
import { openClient } from './client.ts';
import type { JenkinsClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { JenkinsConfig, JenkinsCredential } from './schema.ts';
import { searchTargets } from './search.ts';
import { isCarriable, SECRET_TEXT } from './secret-text.ts';
import { credentialUrl, needPlace, placeName, refuseName, refuseTarget } from './target.ts';
import type { Place } from './target.ts';

/** Secret texts in the credentials of a Jenkins folder. */
export const jenkins = defineAutomation({
  id: 'jenkins',
  name: 'Jenkins',
  schema: configSchema,
  example: [
    'type: jenkins',
    'base_url: https://jenkins.acme.example',
    'user: flow-service-accounts',
    'api_token: env:JENKINS_TOKEN',
    'targets: ["platform/*"]',
  ].join('\n'),
  targetHint: 'folder:platform/release, or domain:platform/release/flow for a domain in it',
  open,
});

function open(config: JenkinsConfig, { clock }: AdapterDeps): Automation {
  const name = `Jenkins at ${new URL(config.base_url).host}`;
  const client = openClient(config, clock, name);
  return {
    check: () => check(client, config, name),
    searchTargets: (text) => searchTargets(client, config, text),
    refuseName,
    refuseTarget: (target) => refuseTarget(config, target),
    async ensure(slot, credential) {
      await ensureCredential(client, config, slot, credential);
      return done(undefined);
    },
    verify: async (slot) => done(await describeCredential(client, config, slot)),
    async remove(slot) {
      const place = needPlace(config, slot.target);
      const all = (await orGone(client.credentials(place))) ?? [];
      const present = find(all, slot);
      if (present !== undefined && isOurs(present, slot)) {
        await client.remove(place, slot.secretName);
      }
      return done(undefined);
    },
    url: (slot) => credentialUrl(config.base_url, slot.target, slot.secretName),
  };
}

async function ensureCredential(
  client: JenkinsClient,
  config: JenkinsConfig,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  refuseWith(slot.secretName, refuseName(slot.secretName), refuseValue(credential));
  const place = needPlace(config, slot.target);
  const wish = {
    id: slot.secretName,
    description: describeSlot(slot, 200),
    value: credential,
  };
  await ensureEntry<JenkinsCredential>({
    find: async () => find(await credentialsIn(client, place), slot),
    isOurs: (found) => isOurs(found, slot),
    create: () => client.create(place, wish),
    replace: () => client.replace(place, wish),
    taken: () => nameTaken(placeName(place), slot),
  });
}

function refuseValue(credential: Secret): string | undefined {
  return isCarriable(credential.reveal())
    ? undefined
    : 'Jenkins cannot take this credential: it has control characters in it. Make another one.';
}

async function credentialsIn(client: JenkinsClient, place: Place): Promise<JenkinsCredential[]> {
  try {
    return await client.credentials(place);
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    const where = placeName(place);
    throw new ProductError('not-found', {
      subject: where,
      message: `Jenkins has no credentials for us at ${where}: it is not there, or our user may not view its credentials. Correct that, then retry.`,
    });
  }
}

function find(all: readonly JenkinsCredential[], slot: Slot): JenkinsCredential | undefined {
  return all.find(({ id }) => id === slot.secretName);
}

function isOurs({ description, typeName }: JenkinsCredential, slot: Slot): boolean {
  return typeName === SECRET_TEXT && carriesMark(description, slot);
}

async function describeCredential(
  client: JenkinsClient,
  config: JenkinsConfig,
  slot: Slot,
): Promise<string> {
  const place = needPlace(config, slot.target);
  const where = placeName(place);
  const present = find(await credentialsIn(client, place), slot);
  if (present === undefined) throw notVerified(slot, `is not set in ${where}`);
  if (!isOurs(present, slot)) {
    throw notVerified(slot, `in ${where} no longer carries our mark ${slot.marker}`);
  }
  return `${slot.secretName} is set as a secret text in ${where}. Jenkins never shows its value, so only its presence is proven.`;
}
