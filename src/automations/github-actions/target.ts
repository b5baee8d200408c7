import { ProductError } from '../../domain/errors.ts';
import { path } from '../../lib/http.ts';
import { isAllowed } from '../automation.ts';
import type { GitHubActionsConfig } from './schema.ts';

/** A place that keeps secrets: the organisation, a repository, or one of its environments. */
export type Place =
  | { readonly kind: 'org' }
  | { readonly kind: 'repo'; readonly owner: string; readonly repo: string }
  | {
      readonly kind: 'environment';
      readonly owner: string;
      readonly repo: string;
      readonly environment: string;
    };

const TARGET_EXAMPLES = 'org, repo:acme/web or environment:acme/web/production';

const TARGET = /^(repo|environment):([\w.-]+)\/([\w.-]+)(?:\/(.+))?$/;

export function parseTarget(target: string): Place | undefined {
  if (target === 'org') return { kind: 'org' };
  const [, kind, owner = '', repo = '', environment] = TARGET.exec(target) ?? [];
  if ([owner, repo].some((name) => /^\.*$/.test(name))) return undefined;
  if (kind === 'repo' && environment === undefined) return { kind, owner, repo };
  if (kind !== 'environment' || environment === undefined) return undefined;
  return { kind, owner, repo, environment };
}

export function refuseTarget(config: GitHubActionsConfig, target: string): string | undefined {
  const place = parseTarget(target);
  if (place === undefined) return `"${target}" is not a place; write ${TARGET_EXAMPLES}.`;
  if (place.kind === 'org') {
    return config.targets.includes('org')
      ? undefined
      : 'The policy does not allow secrets of the whole organisation; choose a repository, such as repo:acme/web.';
  }
  const name = `${place.owner}/${place.repo}`;
  const isOurs = place.owner.toLowerCase() === config.org.toLowerCase();
  return isOurs && isAllowed(config.targets, name)
    ? undefined
    : `The policy does not allow ${name}; it allows ${config.targets.join(', ')}.`;
}

export function needPlace(config: GitHubActionsConfig, target: string): Place {
  const refusal = refuseTarget(config, target);
  const place = parseTarget(target);
  if (refusal === undefined && place !== undefined) return place;
  throw new ProductError('invalid-input', { subject: target, message: refusal ?? target });
}

// GitHub keeps names in capitals and compares without case:
// https://docs.github.com/en/actions/concepts/security/secrets
export function refuseName(name: string): string | undefined {
  const example = 'a valid name is FLOW_TOKEN';
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) {
    return `"${name}" does not work: only capitals, digits and underscores, not beginning with a digit; ${example}.`;
  }
  if (name.startsWith('GITHUB_'))
    return `Names beginning with GITHUB_ are GitHub’s own; ${example}.`;
  return name.length > LONGEST_NAME ? `"${name}" is too long; ${example}.` : undefined;
}

// Shorter than GitHub's limit, so that the companion variable's longer name fits as well.
const LONGEST_NAME = 200;

/** Path below which the place keeps `/secrets` and `/variables`. */
export function apiPath(place: Place, org: string): string {
  if (place.kind === 'org') return path`/orgs/${org}/actions`;
  const { owner, repo } = place;
  return place.kind === 'repo'
    ? path`/repos/${owner}/${repo}/actions`
    : path`/repos/${owner}/${repo}/environments/${place.environment}`;
}

export function placeName(place: Place, org: string): string {
  if (place.kind === 'org') return `the organisation ${org}`;
  const name = `${place.owner}/${place.repo}`;
  return place.kind === 'repo' ? name : `the environment ${place.environment} of ${name}`;
}

export function settingsUrl(place: Place, { web_url, org }: GitHubActionsConfig): string {
  const web = web_url.replace(/\/$/, '');
  if (place.kind === 'org') return `${web}/organizations/${org}/settings/secrets/actions`;
  const settings = `${web}/${place.owner}/${place.repo}/settings`;
  return place.kind === 'repo' ? `${settings}/secrets/actions` : `${settings}/environments`;
}
