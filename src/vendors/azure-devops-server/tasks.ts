import { humanTask } from '../../domain/task.ts';
import type { HumanTask, TaskLink } from '../../domain/task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { scopeWords } from './access-profile.ts';
import { orderedGroups } from './groups.ts';
import type { Difference } from './groups.ts';
import type { ServerConfig } from './schema.ts';

export const ACCOUNT_FIELD = 'account';
const DAY_MS = 24 * 60 * 60_000;

/** The server learns of a directory account when it is put into a group, so both are one task. */
export function accountTask(
  config: ServerConfig,
  spec: AccountSpec,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: 'make-account',
    title: `Make the directory account for ${spec.address}`,
    role: 'vendor-admin',
    instructions: [
      `Make an account in the directory of the server. Logon name: ${spec.login.slice(0, LONGEST_LOGON)}`,
      `E-mail: ${spec.address}`,
      `Display name: ${spec.displayName} (${spec.marker})`,
      spec.passwordUrl === null
        ? 'Password: a new strong one, kept in the secret store.'
        : 'Password: take it from the secret store, by the link below. Do not choose one yourself.',
      `At the server, give it the access level Basic, and put it into exactly these groups (Project or Collection settings > Permissions > the group > Members > Add): ${orderedGroups(config, spec).join(', ')}.`,
      'Tell us the account here as the server knows it, then press "Done".',
    ],
    links: [collectionLink(config), ...passwordLinks(spec)],
    warnings: [`Leave ${spec.marker} in the display name: it is how the app knows the account.`],
    fields: [
      {
        id: ACCOUNT_FIELD,
        label: 'Account',
        hint: 'Domain and logon name, with a backslash between.',
        example: `ACME\\${spec.login.slice(0, LONGEST_LOGON)}`,
      },
    ],
    finding,
    pollMs: null,
  });
}

/** https://learn.microsoft.com/windows/win32/adschema/a-samaccountname */
const LONGEST_LOGON = 20;

export function groupsTask(
  config: ServerConfig,
  user: VendorUser,
  { missing, superfluous }: Difference,
): HumanTask {
  const where = 'Project or Collection settings > Permissions > the group > Members';
  return humanTask({
    id: 'set-groups',
    title:
      missing.length === 0
        ? `Take ${user.login} out of our groups`
        : `Put ${user.login} into the right groups`,
    role: 'vendor-admin',
    instructions: [
      ...missing.map((group) => `Add ${user.login} to ${group}: ${where} > Add.`),
      ...superfluous.map((group) => `Remove ${user.login} from ${group}: ${where}.`),
    ],
    links: [collectionLink(config)],
    warnings: ['If it is in a group through another group, change it there.'],
    finding: `${user.login} ${[
      ...(missing.length === 0 ? [] : [`is not yet in ${missing.join(', ')}`]),
      ...(superfluous.length === 0 ? [] : [`must not be in ${superfluous.join(', ')}`]),
    ].join(', and ')}.`,
  });
}

export function tokenTask(
  config: ServerConfig,
  spec: AccountSpec,
  user: VendorUser,
  token: { readonly name: string; readonly days: number; readonly now: Date },
): HumanTask {
  const expires = new Date(token.now.getTime() + token.days * DAY_MS).toISOString().slice(0, 10);
  const page = `${config.collection_url}/_usersSettings/tokens`;
  return humanTask({
    id: 'make-token',
    title: `Make the personal access token of ${user.login}`,
    role: 'vendor-admin',
    instructions: [
      'Open a private browser window, and in it the page "Personal access tokens" from the link below.',
      `Sign in as ${user.login}${spec.passwordUrl === null ? '' : ' with the password that is kept in the secret store (link below)'}.`,
      'Click "New Token".',
      `Name: ${token.name}`,
      `Expiration: "Custom defined", ${expires}.`,
      `Scopes: "Custom defined", then "Show all scopes", and tick only: ${scopeWords(spec)}.`,
      'Click "Create", copy the token, and hand it over with the button of this task.',
      'Sign out.',
    ],
    links: [{ label: 'Personal access tokens', url: page }, ...passwordLinks(spec)],
    warnings: [
      'Use a private browser window, so that you do not make a token of your own account by mistake.',
      'Never choose "Full access". The server does not show us the scopes, so tick them exactly.',
      'Never paste the token into Slack. It is shown only once.',
    ],
    deposit: {
      label: 'Azure DevOps Server personal access token',
      secretName: `${spec.marker}-token`,
    },
    pollMs: null,
  });
}

export function removeTask(config: ServerConfig, user: VendorUser): HumanTask {
  return humanTask({
    id: 'remove-account',
    title: `Remove the account ${user.login}`,
    role: 'vendor-admin',
    instructions: [
      `Remove ${user.login} from every group of the server (Collection settings > Permissions > Users > the account > Member of).`,
      `Disable or delete ${user.login} in the directory.`,
    ],
    links: [collectionLink(config)],
    warnings: ['The server may take an hour to notice. We look again by ourselves.'],
    finding: `The server still knows ${user.login} as an active account.`,
  });
}

function collectionLink({ collection_url }: ServerConfig): TaskLink {
  return { label: 'Collection settings', url: `${collection_url}/_settings` };
}

function passwordLinks(spec: AccountSpec): TaskLink[] {
  return spec.passwordUrl === null
    ? []
    : [{ label: 'Password in the secret store', url: spec.passwordUrl }];
}
