import type { ManagedUsersConfig } from './schema.ts';

const LONGEST = 39;

/**
 * The username that is provisioned: short enough for GitHub to add `_shortcode` to it, and always
 * with the request's mark at its end.
 */
export function provisionedName(login: string, { short_code }: ManagedUsersConfig): string {
  const plain = login
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const room = LONGEST - 1 - short_code.length;
  if (plain.length <= room) return plain;
  const end = plain.lastIndexOf('-');
  const mark = plain.slice(end);
  return plain.slice(0, room - mark.length).replace(/-+$/, '') + mark;
}

/** What GitHub makes of a provisioned name. */
export function managedLogin(name: string, config: ManagedUsersConfig): string {
  const suffix = `_${config.short_code.toLowerCase()}`;
  return name.toLowerCase().endsWith(suffix) ? name : provisionedName(name, config) + suffix;
}
