/** Every id that Slack sends back to us. The command and the shortcut are also in `manifest.yml`. */
export const COMMAND = '/flow-service-account';
export const SHORTCUT = 'request_service_account';

export const VIEW = {
  request: 'request_form',
  deny: 'deny_reason',
  answers: 'task_answers',
  notice: 'notice',
} as const;

export const ACTION = {
  openForm: 'open_request_form',
  approve: 'approve',
  deny: 'deny',
  cancel: 'cancel_request',
  retry: 'retry',
  undo: 'undo',
  taskDone: 'task_done',
  deposit: 'open_deposit',
  link: 'link',
} as const;

/** Inputs of the request form; also the keys under which their values come back. */
export const FIELD = {
  kind: 'kind',
  connection: 'connection',
  access: 'access',
  scope: 'scope',
  services: 'services',
  process: 'process',
  automation: 'automation',
  target: 'target',
  secretName: 'secretName',
  hideFromReports: 'hideFromReports',
  role: 'role',
  permissions: 'permissions',
  localPart: 'localPart',
  purpose: 'purpose',
  owner: 'owner',
  secondOwner: 'secondOwner',
  rotationDays: 'rotationDays',
} as const;

/** Inputs whose change alters the rest of the form. */
export const REFRESHING: readonly string[] = [
  FIELD.kind,
  FIELD.connection,
  FIELD.automation,
  FIELD.role,
  FIELD.localPart,
  FIELD.purpose,
];

/**
 * Slack keeps what was typed while a block id stays the same, so an input whose choices depend on
 * another one carries that one in its id: a change there empties it.
 */
export function blockId(field: string, dependsOn = ''): string {
  return dependsOn === '' ? field : `${field}:${dependsOn}`;
}

/** What `blockId` was given as second part; empty when there was none. */
export function dependsOn(id: string): string {
  const at = id.indexOf(':');
  return at === -1 ? '' : id.slice(at + 1);
}

export const REASON = 'reason';

/** Type of the metadata on our messages; its payload names the request and the message's key. */
export const METADATA_TYPE = 'flow_service_account';
