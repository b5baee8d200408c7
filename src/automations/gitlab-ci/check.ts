import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Clock } from '../../lib/clock.ts';
import { compareRights } from '../compare-rights.ts';
import type { GitlabCiClient } from './client.ts';
import type { GitlabCiConfig } from './schema.ts';
import { refuseTarget } from './target.ts';

const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/** Doctor: reachable, exactly the scope api, not about to expire, and at home in the policy. */
export async function check(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  clock: Clock,
  name: string,
): Promise<Finding[]> {
  try {
    const { scopes, expires_at: expiresAt } = await client.ownToken();
    const rights = compareRights(`${name}: scopes`, ['api'], scopes);
    if (!scopes.includes('api')) return rights;
    return [
      ...rights,
      ...checkExpiry(clock, name, expiresAt),
      ...(await checkPlaces(client, config, name)),
      ...(config.hidden ? checkVersion(name, await client.version()) : []),
    ];
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check base_url and token of this automation.')];
  }
}

function checkExpiry(clock: Clock, name: string, expiresAt: string | null): Finding[] {
  const ends = Date.parse(expiresAt ?? '');
  if (!(ends - clock.now().getTime() < SOON_MS)) return [];
  return [
    warning(`${name}: expiry`, `Our token expires on ${expiresAt}.`, 'Make a new one in time.'),
  ];
}

async function checkPlaces(
  client: GitlabCiClient,
  config: GitlabCiConfig,
  name: string,
): Promise<Finding[]> {
  const subject = `${name}: places`;
  const everywhere = { ...config, environments: ['*'] };
  const projects = (await client.projects('')).map((one) => `project:${one.path_with_namespace}`);
  const groups = (await client.groups('')).map((one) => `group:${one.full_path}`);
  const allowed = [...projects, ...groups].filter(
    (id) => refuseTarget(everywhere, id) === undefined,
  );
  return [
    allowed.length > 0
      ? ok(subject, 'Our token may manage variables where targets allows it.')
      : problem(
          subject,
          'Our token may manage variables in none of the places that targets allows.',
          'Make its user Maintainer of those projects or Owner of those groups, or correct targets.',
        ),
  ];
}

function checkVersion(name: string, version: string): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major > 17 || (major === 17 && minor >= 4)) return [];
  return [
    warning(
      `${name}: hidden`,
      `GitLab ${version} cannot hide variables; that came with 17.4.`,
      'Update GitLab, or set hidden: false so that nobody relies on it.',
    ),
  ];
}
