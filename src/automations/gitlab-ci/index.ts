import { ProductError } from '../../domain/errors.ts';
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
import type { GitlabCiClient, VariableWish } from './client.ts';
import { configSchema } from './schema.ts';
import type { GitlabCiConfig, Variable } from './schema.ts';
import { searchTargets } from './search.ts';
import {
  isMaskable,
  needPlace,
  parseTarget,
  placeName,
  refuseName,
  refuseTarget,
  settingsUrl,
} from './target.ts';
import type { Place } from './target.ts';

/** CI/CD variables of a GitLab project or group. */
export const gitlabCi = defineAutomation({
  id: 'gitlab-ci',
  name: 'GitLab CI/CD',
  schema: configSchema,
  example: [
    'type: gitlab-ci',
    'base_url: https://gitlab.com',
    'token: env:GITLAB_CI_TOKEN',
    'targets: ["acme/*"]',
  ].join('\n'),
  targetHint:
    'project:acme/web or group:acme/platform; then, for one environment only, environment:production',
  open,
});

function open(config: GitlabCiConfig, { clock }: AdapterDeps): Automation {
  const name = `GitLab CI/CD at ${new URL(config.base_url).host}`;
  const client = openClient(config, clock, name);
  return {
    check: () => check(client, config, clock, name),
    searchTargets: (text) => searchTargets(client, config, text),
    refuseName,
    refuseTarget: (target) => refuseTarget(config, target),
    async ensure(slot, credential) {
      await ensureVariable(client, config, slot, credential);
      return done(undefined);
    },
    verify: async (slot) => done(await describeVariable(client, config, slot)),
    async remove(slot) {
      const place = needPlace(config, slot.target);
      const present = await orGone(client.find(place, slot.secretName));
      if (present !== undefined && carriesMark(present.description, slot)) {
        await client.remove(place, slot.secretName);
      }
      return done(undefined);
    },
    url(slot) {
      const place = parseTarget(slot.target);
      return place === undefined ? null : settingsUrl(place, config.base_url);
    },
  };
}

async function ensureVariable(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  slot: Slot,
  credential: Secret,
): Promise<void> {
  refuseWith(slot.secretName, refuseName(slot.secretName), refuseValue(credential));
  const place = needPlace(config, slot.target);
  const wish = {
    key: slot.secretName,
    value: credential,
    // GitLab keeps at most 255 characters of description.
    description: describeSlot(slot, 255),
  };
  const create = () => createInScope(client, place, wish);
  await ensureEntry<Variable>({
    find: () => client.find(place, slot.secretName),
    isOurs: ({ description }) => carriesMark(description, slot),
    create,
    async replace({ hidden }) {
      if (!config.hidden || hidden !== false) return client.replace(place, wish);
      // Hidden from the start or never: GitLab does not hide a variable that people could read.
      await client.remove(place, slot.secretName);
      return create();
    },
    taken: () => nameTaken(placeName(place), slot),
  });
}

/** Groups have environment scopes from GitLab Premium on; without, ours would be for all of them. */
async function createInScope(
  client: GitlabCiClient,
  place: Place,
  wish: VariableWish,
): Promise<void> {
  const { environment_scope: scope } = await client.create(place, wish);
  if (scope === place.scope) return;
  await client.remove({ ...place, scope }, wish.key);
  throw new ProductError('invalid-input', {
    subject: placeName(place),
    message: `This GitLab cannot limit a variable of the group ${place.path} to one environment. Choose a project, or the group without an environment.`,
  });
}

function refuseValue(credential: Secret): string | undefined {
  return isMaskable(credential.reveal())
    ? undefined
    : 'GitLab cannot mask this credential in job logs: it must be one line without spaces and at least 8 characters. Make another one.';
}

async function describeVariable(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  slot: Slot,
): Promise<string> {
  const place = needPlace(config, slot.target);
  const variable = await client.find(place, slot.secretName);
  const where = placeName(place);
  if (variable === undefined) throw notVerified(slot, `is not set in ${where}`);
  const flaw = findFlaw(variable, config, slot);
  if (flaw !== undefined) throw notVerified(slot, `in ${where} ${flaw}`);
  const words = [
    'masked',
    ...(variable.hidden === true ? ['hidden'] : []),
    variable.protected ? 'protected' : 'not limited to protected branches',
  ];
  return `${slot.secretName} is set in ${where}: ${words.join(', ')}.`;
}

function findFlaw(variable: Variable, config: GitlabCiConfig, slot: Slot): string | undefined {
  if (!carriesMark(variable.description, slot)) return `no longer carries our mark ${slot.marker}`;
  if (!variable.masked) return 'is not masked any more';
  if (config.hidden && variable.hidden === false) {
    return 'is not hidden, unlike the configuration says';
  }
  return variable.protected === config.protected
    ? undefined
    : `is ${variable.protected ? '' : 'not '}protected, unlike the configuration says`;
}
