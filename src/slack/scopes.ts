/** The bot scopes in `manifest.yml`, each with what it is for; `doctor` names those that miss. */
export const BOT_SCOPES = {
  commands: 'the command and the shortcut',
  'chat:write': 'cards, threads and private answers',
  'im:write': 'direct messages to requesters, owners and assignees',
  'users:read': 'who somebody is: member, guest, deactivated, other workspace',
  'usergroups:read': 'approvers by user group',
} as const satisfies Record<string, string>;
