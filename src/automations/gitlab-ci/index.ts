import { hasCode, isAmbiguous, ProductError, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { done } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import type { Clock } from '../../lib/clock.ts';
import { defineAutomation } from '../automation.ts';
import type { Automation, Slot, Target } from '../automation.ts';
import { openClient } from './client.ts';
import type { GitlabCiClient } from './client.ts';
import { configSchema } from './schema.ts';
import type { GitlabCiConfig, Variable } from './schema.ts';
import {
  isMaskable,
  needPlace,
  parseTarget,
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
  targetHint: 'project:acme/web or group:acme/platform',
  open,
});

function open(config: GitlabCiConfig, { clock }: AdapterDeps): Automation {
  const name = `GitLab CI/CD at ${new URL(config.base_url).host}`;
  const client = openClient(config, clock, name);
  return {
    check: () => check(client, clock, name),
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
      const present = await client.find(place, slot.secretName);
      if (present !== undefined && isOurs(present, slot)) {
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
  const refusal = refuseName(slot.secretName) ?? refuseValue(credential);
  if (refusal !== undefined) {
    throw new ProductError('invalid-input', { subject: slot.secretName, message: refusal });
  }
  const place = needPlace(config, slot.target);
  const wish = { key: slot.secretName, value: credential, description: describe(slot) };
  const present = await client.find(place, slot.secretName);
  if (present !== undefined) {
    if (!isOurs(present, slot)) throw taken(place, slot);
    await client.replace(place, wish);
    return;
  }
  try {
    await client.create(place, wish);
  } catch (error) {
    // 400 is both "taken meanwhile" and "will not have it"; only looking again tells.
    if (!isAmbiguous(error) && !hasCode(error, 'refused', 'exists')) throw error;
    const now = await client.find(place, slot.secretName);
    if (now === undefined) throw error;
    if (!isOurs(now, slot)) throw taken(place, slot);
    await client.replace(place, wish);
  }
}

function refuseValue(credential: Secret): string | undefined {
  return isMaskable(credential.reveal())
    ? undefined
    : 'GitLab cannot mask this credential in job logs: it must be one line without spaces and at least 8 characters. Make another one.';
}

// GitLab keeps at most 255 characters of description.
function describe({ marker, process }: Slot): string {
  return `${marker}: ${process.replaceAll(/\s+/g, ' ')}`.slice(0, 255);
}

function isOurs({ description }: Variable, { marker }: Slot): boolean {
  return description?.startsWith(`${marker}:`) === true;
}

function taken(place: Place, slot: Slot): ProductError {
  return new ProductError('name-taken', {
    subject: slot.secretName,
    message: `${slot.secretName} already exists in ${place.path} and is not ours; choose another name, such as ${slot.secretName}_2.`,
  });
}

async function describeVariable(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  slot: Slot,
): Promise<string> {
  const place = needPlace(config, slot.target);
  const variable = await client.find(place, slot.secretName);
  const flaw = findFlaw(variable, config, slot);
  if (variable === undefined || flaw !== undefined) {
    throw new ProductError('verification-failed', {
      subject: slot.secretName,
      message: `${slot.secretName} in ${place.path} ${flaw ?? 'is not set'}. Retry the step that puts it there.`,
    });
  }
  const words = [
    'masked',
    ...(variable.hidden ? ['hidden'] : []),
    variable.protected ? 'protected' : 'not limited to protected branches',
  ];
  return `${slot.secretName} is set in ${place.path}: ${words.join(', ')}.`;
}

function findFlaw(
  variable: Variable | undefined,
  config: GitlabCiConfig,
  slot: Slot,
): string | undefined {
  if (variable === undefined) return 'is not set';
  if (!isOurs(variable, slot)) return `no longer carries our mark ${slot.marker}`;
  if (!variable.masked) return 'is not masked any more';
  return variable.protected === config.protected
    ? undefined
    : `is ${variable.protected ? '' : 'not '}protected, unlike the configuration says`;
}

async function searchTargets(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  text: string,
): Promise<Target[]> {
  const words = text.replace(/^(?:project|group):/, '').trim();
  // GitLab's search looks at names, so of a path the last part is looked for.
  const search = words.split('/').at(-1) ?? '';
  const projects = await client.projects(search);
  const groups = await client.groups(search);
  const targets: Target[] = [
    ...projects.map((one) => ({
      id: `project:${one.path_with_namespace}`,
      name: one.path_with_namespace,
    })),
    ...groups.map((one) => ({ id: `group:${one.full_path}`, name: `Group ${one.full_path}` })),
  ];
  return targets
    .filter(({ id }) => refuseTarget(config, id) === undefined)
    .filter(({ id }) => id.toLowerCase().includes(words.toLowerCase()))
    .slice(0, 100);
}

const SOON_MS = 14 * 24 * 60 * 60 * 1000;

async function check(client: GitlabCiClient, clock: Clock, name: string): Promise<Finding[]> {
  try {
    const { scopes, expires_at: expiresAt } = await client.ownToken();
    const extra = scopes.filter((scope) => scope !== 'api');
    const ends = Date.parse(expiresAt ?? '');
    return [
      scopes.includes('api')
        ? ok(`${name}: scopes`, 'Our token has the scope api.')
        : problem(`${name}: scopes`, 'Our token lacks the scope api.', 'Make one with api.'),
      ...extra.map((scope) =>
        warning(
          `${name}: scopes`,
          `It has ${scope}, which is not needed.`,
          'Make one with api only.',
        ),
      ),
      ...(ends - clock.now().getTime() < SOON_MS
        ? [
            warning(
              `${name}: expiry`,
              `Our token expires on ${expiresAt}.`,
              'Make a new one in time.',
            ),
          ]
        : []),
    ];
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check base_url and token of this automation.')];
  }
}
