import { ProductError } from '../../domain/errors.ts';
import { path } from '../../lib/http.ts';
import { isAllowed } from '../automation.ts';
import type { GitlabCiConfig } from './schema.ts';

export interface Place {
  readonly kind: 'project' | 'group';
  /** Full path, such as `acme/platform/web`. */
  readonly path: string;
}

const TARGET = /^(project|group):(\w[\w.-]*(?:\/\w[\w.-]*)*)$/;

export function parseTarget(target: string): Place | undefined {
  const [, kind, fullPath = ''] = TARGET.exec(target) ?? [];
  if (kind === 'project') return fullPath.includes('/') ? { kind, path: fullPath } : undefined;
  return kind === 'group' ? { kind, path: fullPath } : undefined;
}

export function refuseTarget({ targets }: GitlabCiConfig, target: string): string | undefined {
  const place = parseTarget(target);
  if (place === undefined) {
    return `"${target}" is not a place; write project:acme/web or group:acme/platform.`;
  }
  return isAllowed(targets, place.path)
    ? undefined
    : `The policy does not allow ${place.path}; it allows ${targets.join(', ')}.`;
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

export function apiPath({ kind, path: fullPath }: Place): string {
  return kind === 'project' ? path`/projects/${fullPath}` : path`/groups/${fullPath}`;
}

export function settingsUrl({ kind, path: fullPath }: Place, baseUrl: string): string {
  const base = baseUrl.replace(/\/$/, '');
  const prefix = kind === 'project' ? '' : '/groups';
  return `${base}${prefix}/${fullPath}/-/settings/ci_cd`;
}
