import { ProductError } from '../../domain/errors.ts';
import { path } from '../../lib/http.ts';
import { isAllowed } from '../automation.ts';
import { notAllowed } from '../refusals.ts';
import type { JenkinsConfig } from './schema.ts';

/** A credentials domain of a folder; `_` is the one that every folder has. */
export interface Place {
  readonly folder: readonly string[];
  readonly domain: string;
}

export const GLOBAL_DOMAIN = '_';

// The characters that Jenkins refuses in a name, and / which separates them.
const NAME = String.raw`[^/?*\\%!@#$^&|<>[\]:;]+`;
const TARGET = new RegExp(`^(folder|domain):(${NAME}(?:/${NAME})*)$`);

export function parseTarget(target: string): Place | undefined {
  const [, kind, full = ''] = TARGET.exec(target) ?? [];
  const names = full.split('/');
  if (names.some((name) => name.trim() === '' || /^\.+$/.test(name))) return undefined;
  if (kind === 'folder') return { folder: names, domain: GLOBAL_DOMAIN };
  if (kind !== 'domain' || names.length < 2) return undefined;
  return { folder: names.slice(0, -1), domain: names.at(-1) ?? GLOBAL_DOMAIN };
}

export function refuseTarget({ targets }: JenkinsConfig, target: string): string | undefined {
  const place = parseTarget(target);
  if (place === undefined) {
    return `"${target}" is not a place; write folder:platform/release, or domain:platform/release/flow for a domain of that folder. Credentials of the whole Jenkins are never touched.`;
  }
  const folder = place.folder.join('/');
  return isAllowed(targets, folder) ? undefined : notAllowed(folder, targets);
}

export function needPlace(config: JenkinsConfig, target: string): Place {
  const refusal = refuseTarget(config, target);
  const place = parseTarget(target);
  if (refusal === undefined && place !== undefined) return place;
  throw new ProductError('invalid-input', { subject: target, message: refusal ?? target });
}

// https://github.com/jenkinsci/credentials-plugin/blob/master/docs/user.adoc#credentials-ids
export function refuseName(name: string): string | undefined {
  return /^\w[\w.-]{0,99}$/.test(name)
    ? undefined
    : `"${name}" does not work: only letters, digits, dots, dashes and underscores, at most 100; a valid name is FLOW_TOKEN.`;
}

/** Of an item: every folder on the way is a step of the path. */
function itemPath(folder: readonly string[]): string {
  return folder.map((name) => path`/job/${name}`).join('');
}

export function storePath(folder: readonly string[]): string {
  return `${itemPath(folder)}/credentials/store/folder`;
}

export function domainPath({ folder, domain }: Place): string {
  return storePath(folder) + path`/domain/${domain}`;
}

export function placeName({ folder, domain }: Place): string {
  const name = `the folder ${folder.join('/')}`;
  return domain === GLOBAL_DOMAIN ? name : `the domain ${domain} of ${name}`;
}

export function credentialUrl(baseUrl: string, target: string, id: string): string | null {
  const place = parseTarget(target);
  if (place === undefined) return null;
  return `${baseUrl.replace(/\/$/, '')}${domainPath(place)}${path`/credential/${id}`}/`;
}
