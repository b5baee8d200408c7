import type { GoogleConfig } from './schema.ts';

/** https://developers.google.com/identity/protocols/oauth2/scopes */
export const SCOPE = {
  users: 'https://www.googleapis.com/auth/admin.directory.user',
  aliases: 'https://www.googleapis.com/auth/admin.directory.user.alias',
  groups: 'https://www.googleapis.com/auth/admin.directory.group',
  settings: 'https://www.googleapis.com/auth/apps.groups.settings',
  /** Headers only: with it nobody can read what a mail says, so no invitation's link either. */
  gmail: 'https://www.googleapis.com/auth/gmail.metadata',
} as const;

const MODES = {
  user: [SCOPE.users],
  alias: [SCOPE.aliases],
  group: [SCOPE.groups, SCOPE.settings],
} as const satisfies Record<GoogleConfig['mode'], readonly string[]>;

export function neededScopes({ mode, read }: GoogleConfig): string[] {
  return [...MODES[mode], ...(read === 'gmail' ? [SCOPE.gmail] : [])];
}

/** Scopes that are often granted with the others and would let the app do far more. */
const WIDE = [
  ...Object.values(SCOPE),
  'https://mail.google.com/',
  'https://www.googleapis.com/auth/gmail.modify',
  'https://www.googleapis.com/auth/gmail.readonly',
  'https://www.googleapis.com/auth/drive',
  'https://www.googleapis.com/auth/cloud-platform',
];

export function unneededScopes(config: GoogleConfig): string[] {
  const needed = neededScopes(config);
  return WIDE.filter((scope) => !needed.includes(scope));
}
