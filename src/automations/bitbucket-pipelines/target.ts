import { ProductError } from '../../domain/errors.ts';
import { path } from '../../lib/http.ts';
import { isAllowed } from '../automation.ts';
import { notAllowed } from '../refusals.ts';
import type { BitbucketPipelinesConfig } from './schema.ts';

/** A place that keeps variables: the workspace, a repository, or one of its deployments. */
export type Place =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'repo'; readonly repo: string }
  | { readonly kind: 'deployment'; readonly repo: string; readonly environment: string };

const TARGET = /^(repo|deployment):([\w-]+)\/([\w.-]+)(?:\/(.+))?$/;

function parseTarget(
  { workspace }: BitbucketPipelinesConfig,
  target: string,
): Place | 'elsewhere' | undefined {
  if (target === 'workspace') return { kind: 'workspace' };
  const [, kind, owner = '', repo = '', environment] = TARGET.exec(target) ?? [];
  if (/^\.*$/.test(repo)) return undefined;
  const isOurs = owner.toLowerCase() === workspace.toLowerCase();
  if (kind === 'repo' && environment === undefined) {
    return isOurs ? { kind, repo } : 'elsewhere';
  }
  if (kind !== 'deployment' || environment === undefined) return undefined;
  return isOurs ? { kind, repo, environment } : 'elsewhere';
}

export function refuseTarget(config: BitbucketPipelinesConfig, target: string): string | undefined {
  const place = parseTarget(config, target);
  const { workspace, targets } = config;
  if (place === undefined) {
    return `"${target}" is not a place; write repo:${workspace}/web, deployment:${workspace}/web/Production or workspace.`;
  }
  if (place === 'elsewhere') return notAllowed(target, targets);
  if (place.kind === 'workspace') {
    return targets.includes('workspace')
      ? undefined
      : `The policy does not allow variables of the whole workspace; choose a repository, such as repo:${workspace}/web.`;
  }
  const name = `${workspace}/${place.repo}`;
  return isAllowed(targets, name) ? undefined : notAllowed(name, targets);
}

export function needPlace(config: BitbucketPipelinesConfig, target: string): Place {
  const refusal = refuseTarget(config, target);
  const place = parseTarget(config, target);
  if (refusal === undefined && typeof place === 'object') return place;
  throw new ProductError('invalid-input', { subject: target, message: refusal ?? target });
}

// https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
export function refuseName(name: string): string | undefined {
  const example = 'a valid name is FLOW_TOKEN';
  if (!/^[a-z_]\w*$/i.test(name)) {
    return `"${name}" does not work: only letters, digits and underscores, not beginning with a digit; ${example}.`;
  }
  if (/^BITBUCKET_/i.test(name)) {
    return `Names beginning with BITBUCKET_ are Bitbucket’s own; ${example}.`;
  }
  return name.length > LONGEST_NAME ? `"${name}" is too long; ${example}.` : undefined;
}

// Room for the companion variable's longer name.
const LONGEST_NAME = 200;

/** Path of the list of variables; a deployment is known there by the id of its environment. */
export function variablesPath(
  { workspace }: BitbucketPipelinesConfig,
  place: Place,
  environmentId: string,
): string {
  if (place.kind === 'workspace') return path`/workspaces/${workspace}/pipelines-config/variables`;
  const repository = path`/repositories/${workspace}/${place.repo}`;
  return place.kind === 'repo'
    ? `${repository}/pipelines_config/variables`
    : `${repository}/deployments_config/environments${path`/${environmentId}`}/variables`;
}

export function placeName({ workspace }: BitbucketPipelinesConfig, place: Place): string {
  if (place.kind === 'workspace') return `the workspace ${workspace}`;
  const name = `${workspace}/${place.repo}`;
  return place.kind === 'repo' ? name : `the deployment ${place.environment} of ${name}`;
}

export function settingsUrl(config: BitbucketPipelinesConfig, target: string): string | null {
  const place = parseTarget(config, target);
  if (typeof place !== 'object') return null;
  const base = `${config.web_url.replace(/\/$/, '')}/${config.workspace}`;
  if (place.kind === 'workspace') {
    return `${base}/workspace/settings/addon/admin/pipelines/account-variables`;
  }
  const page = place.kind === 'repo' ? 'repository-variables' : 'deployment-settings';
  return `${base}/${place.repo}/admin/pipelines/${page}`;
}
