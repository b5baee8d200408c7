/** Every id that Slack sends back to us. Command, shortcuts and function are also in `manifest.yml`. */
export const COMMAND = '/flow-service-account';
export const SHORTCUT = 'request_service_account';
export const MESSAGE_SHORTCUT = 'request_service_account_from_message';
/** The step in Workflow Builder. */
export const FUNCTION = 'request_service_account';

export const VIEW = {
  request: 'request_form',
  deny: 'deny_reason',
  approveAlone: 'approve_alone_reason',
  answers: 'task_answers',
  settings: 'settings',
  notice: 'notice',
  closeAccount: 'close_account',
  snooze: 'snooze_reminder',
  handOver: 'hand_over_account',
} as const;

export const ACTION = {
  openForm: 'open_request_form',
  workflowForm: 'open_workflow_form',
  dryRun: 'dry_run',
  approve: 'approve',
  approveAlone: 'break_glass',
  deny: 'deny',
  cancel: 'cancel_request',
  retry: 'retry',
  undo: 'undo',
  taskDone: 'task_done',
  deposit: 'open_deposit',
  check: 'check_account',
  accept: 'accept_account',
  rotate: 'rotate_account',
  close: 'close_account_form',
  snooze: 'snooze_form',
  keep: 'keep_account',
  handOver: 'hand_over_form',
  takeOver: 'take_over_account',
  decline: 'decline_account',
  listAccounts: 'list_accounts',
  showAccount: 'show_account',
  accountStory: 'account_story',
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
  address: 'address',
  login: 'login',
  storedAs: 'storedAs',
  purpose: 'purpose',
  owner: 'owner',
  secondOwner: 'secondOwner',
  rotationDays: 'rotationDays',
  days: 'days',
  newOwner: 'newOwner',
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

/** Inputs of the settings. */
export const SETTING = {
  channel: 'setting_channel',
  users: 'setting_approvers',
  groups: 'setting_groups',
} as const;

export const REASON = 'reason';

/** Type of the metadata on our messages; its payload names the request and the message's key. */
export const METADATA_TYPE = 'flow_service_account';
