import { ProductError } from '../../domain/errors.ts';
import { path } from '../../lib/http.ts';
import { isAllowed } from '../automation.ts';
import { notAllowed } from '../refusals.ts';
import type { GitlabCiConfig } from './schema.ts';

export interface Place {
  readonly kind: 'project' | 'group';
  /** Full path, such as `acme/platform/web`. */
  readonly path: string;
  /** Environment scope; `*` for all environments. */
  readonly scope: string;
}

const EVERY_ENVIRONMENT = '*';

// What GitLab takes for an environment's name, and * for any rest of it.
const TARGET =
  /^(project|group):(\w[\w.-]*(?:\/\w[\w.-]*)*)(?: environment:([\w /.${}*-]{1,255}))?$/;

export function parseTarget(target: string): Place | undefined {
  const [, kind, fullPath = '', scope = EVERY_ENVIRONMENT] = TARGET.exec(target) ?? [];
  if (scope.trim() !== scope) return undefined;
  const place = { path: fullPath, scope };
  if (kind === 'project') return fullPath.includes('/') ? { kind, ...place } : undefined;
  return kind === 'group' ? { kind, ...place } : undefined;
}

export function refuseTarget(config: GitlabCiConfig, target: string): string | undefined {
  const { targets, environments } = config;
  const place = parseTarget(target);
  if (place === undefined) {
    return `"${target}" is not a place; write project:acme/web or group:acme/platform, and after it, for one environment only, environment:production.`;
  }
  if (!isAllowed(targets, place.path)) return notAllowed(place.path, targets);
  if (isAllowed(environments, place.scope)) return undefined;
  const what =
    place.scope === EVERY_ENVIRONMENT ? 'all environments' : `the environment ${place.scope}`;
  return `The policy does not allow ${what}; it allows ${environments.join(', ')}: write, for example, ${place.kind}:${place.path} environment:${environments[0]?.replaceAll('*', 'production')}.`;
}

export function placeName({ path: fullPath, scope }: Place): string {
  return scope === EVERY_ENVIRONMENT ? fullPath : `${fullPath} for the environment ${scope}`;
}

export function needPlace(config: GitlabCiConfig, target: string): Place {
  const refusal = refuseTarget(config, target);
  const place = parseTarget(target);
  if (refusal === undefined && place !== undefined) return place;
  throw new ProductError('invalid-input', { subject: target, message: refusal ?? target });
}

export function refuseName(name: string): string | undefined {
  const example = 'a valid name is FLOW_TOKEN';
  if (!/^\w{1,255}$/.test(name)) {
    return `"${name}" does not work: only letters, digits and underscores; ${example}.`;
  }
  return /^(?:CI|GITLAB)_/i.test(name)
    ? `Names beginning with CI_ or GITLAB_ are GitLab’s own; ${example}.`
    : undefined;
}

// What GitLab can mask: one line without spaces, at least eight characters.
// https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable
export function isMaskable(value: string): boolean {
  return /^\S{8,}$/.test(value);
}

export function apiPath({ kind, path: fullPath }: Pick<Place, 'kind' | 'path'>): string {
  return kind === 'project' ? path`/projects/${fullPath}` : path`/groups/${fullPath}`;
}

export function settingsUrl({ kind, path: fullPath }: Place, baseUrl: string): string {
  const base = baseUrl.replace(/\/$/, '');
  const prefix = kind === 'project' ? '' : '/groups';
  return `${base}${prefix}/${fullPath}/-/settings/ci_cd`;
}
