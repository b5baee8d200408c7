import { ProductError } from '../../domain/errors.ts';
import { isAllowed } from '../automation.ts';
import { notAllowed } from '../refusals.ts';
import type { AzurePipelinesConfig } from './schema.ts';

export interface GroupPlace {
  readonly kind: 'group';
  readonly project: string;
  /** Name of the variable group. */
  readonly group: string;
}

/** A service connection, called as the secret is, of a project. */
export interface ConnectionPlace {
  readonly kind: 'connection';
  readonly project: string;
}

export type Place = GroupPlace | ConnectionPlace;

// A project's name holds none of \/:*?"<>|;#$*{},+=[] and a group's filter reads * as a wildcard.
const PROJECT = String.raw`[^\\/:*?"<>|;#{}$,+=[\]]{1,64}`;
const GROUP = new RegExp(String.raw`^group:(${PROJECT})\/([\w][\w .()-]{0,99})$`);
const CONNECTION = new RegExp(`^connection:(${PROJECT})$`);

export function parseTarget(target: string): Place | undefined {
  const [, project = CONNECTION.exec(target)?.[1] ?? '', group] = GROUP.exec(target) ?? [];
  if (project.trim() === '' || /^\.+$/.test(project)) return undefined;
  return group === undefined ? { kind: 'connection', project } : { kind: 'group', project, group };
}

export function refuseTarget(config: AzurePipelinesConfig, target: string): string | undefined {
  const place = parseTarget(target);
  if (place === undefined) {
    return `"${target}" is not a place; write group: with a project and the name of a variable group, such as group:Web/flow-automation, or connection: with a project, such as connection:Web.`;
  }
  if (place.kind === 'connection') return refuseConnections(config, place.project);
  const name = `${place.project}/${place.group}`;
  return isAllowed(config.targets, name) ? undefined : notAllowed(name, config.targets);
}

function refuseConnections(
  { service_connections: policy }: AzurePipelinesConfig,
  project: string,
): string | undefined {
  if (policy === undefined) {
    return 'The policy allows no service connections; choose a variable group, such as group:Web/flow-automation.';
  }
  const { projects } = policy;
  return isAllowed(projects, project)
    ? undefined
    : notAllowed(`service connections of ${project}`, projects);
}

export function needPlace(config: AzurePipelinesConfig, target: string): Place {
  const refusal = refuseTarget(config, target);
  const place = parseTarget(target);
  if (refusal === undefined && place !== undefined) return place;
  throw new ProductError('invalid-input', { subject: target, message: refusal ?? target });
}

// https://learn.microsoft.com/azure/devops/pipelines/process/variables#variable-naming-restrictions
const RESERVED = /^(?:endpoint|input|secret|path|securefile|agent\.|build\.|system\.|release\.)/i;

export function refuseName(name: string): string | undefined {
  const example = 'a valid name is FLOW_TOKEN';
  if (!/^[a-z_][\w.]{0,199}$/i.test(name)) {
    return `"${name}" does not work: only letters, digits, dots and underscores, beginning with a letter; ${example}.`;
  }
  return RESERVED.test(name)
    ? `Names that begin like "${name}" are Azure’s own; ${example}.`
    : undefined;
}

export function placeName({ project, group }: GroupPlace): string {
  return `the variable group ${group} of ${project}`;
}

/** The page with all of them: a group's or connection's own page is known by its number only. */
export function pageUrl({ url, organization }: AzurePipelinesConfig, target: string) {
  const place = parseTarget(target);
  if (place === undefined) return null;
  const base = `${url.replace(/\/$/, '')}/${organization}/${encodeURIComponent(place.project)}`;
  return place.kind === 'group'
    ? `${base}/_library?itemType=VariableGroups`
    : `${base}/_settings/adminservices`;
}
