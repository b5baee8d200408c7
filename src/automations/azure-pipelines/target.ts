import { ProductError } from '../../domain/errors.ts';
import { isAllowed } from '../automation.ts';
import { notAllowed } from '../refusals.ts';
import type { AzurePipelinesConfig } from './schema.ts';

export interface Place {
  readonly project: string;
  /** Name of the variable group. */
  readonly group: string;
}

// A project's name holds none of \/:*?"<>|;#$*{},+=[] and a group's filter reads * as a wildcard.
const TARGET = /^group:([^\\/:*?"<>|;#${},+=[\]]{1,64})\/([\w][\w .()-]{0,99})$/;

export function parseTarget(target: string): Place | undefined {
  const [, project = '', group = ''] = TARGET.exec(target) ?? [];
  return project.trim() === '' || /^\.+$/.test(project) || group === ''
    ? undefined
    : { project, group };
}

export function refuseTarget(
  { targets }: AzurePipelinesConfig,
  target: string,
): string | undefined {
  const place = parseTarget(target);
  if (place === undefined) {
    return `"${target}" is not a place; write group: with a project and the name of a variable group, such as group:Web/flow-automation.`;
  }
  const name = `${place.project}/${place.group}`;
  return isAllowed(targets, name) ? undefined : notAllowed(name, targets);
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

export function placeName({ project, group }: Place): string {
  return `the variable group ${group} of ${project}`;
}

/** The page with all groups: a group's own page is known by its number only. */
export function libraryUrl({ url, organization }: AzurePipelinesConfig, target: string) {
  const place = parseTarget(target);
  if (place === undefined) return null;
  const base = `${url.replace(/\/$/, '')}/${organization}/${encodeURIComponent(place.project)}`;
  return `${base}/_library?itemType=VariableGroups`;
}
