import { humanTask } from '../../domain/task.ts';
import type { HumanTask, TaskLink } from '../../domain/task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { tokenScopes } from './access-profile.ts';
import type { AzureConfig } from './schema.ts';
import { scopeWords } from './token-scopes.ts';

export const PRINCIPAL_FIELD = 'principal';
const TASK_IDS = { identity: 'make-identity', token: 'make-token' } as const;

const DAY_MS = 24 * 60 * 60_000;

/** The name that carries our mark. */
export function markedName(spec: Pick<AccountSpec, 'displayName' | 'marker'>): string {
  return `${spec.displayName} (${spec.marker})`;
}

export function identityTask(
  config: AzureConfig,
  spec: AccountSpec,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: TASK_IDS.identity,
    title: `Make the identity ${spec.address} in Microsoft Entra`,
    role: 'mail-admin',
    instructions: [
      'Open the Microsoft Entra admin center and in it Users > New user > Create new user.',
      `User principal name: ${spec.address}`,
      `Display name: ${markedName(spec)}`,
      spec.passwordUrl === null
        ? 'Password: a new strong one, kept in the secret store.'
        : 'Password: take it from the secret store, by the link below. Do not choose one yourself.',
      'Assign no roles and no groups, and leave the account enabled. Press "Create".',
      `If it exists already for this request, only set its display name. It must be in the directory that the organisation ${config.organization} is connected to.`,
      'Type the user principal name here as the directory shows it, with its upper and lower case, then press "Done".',
    ],
    links: [{ label: 'Microsoft Entra admin center', url: 'https://entra.microsoft.com' }].concat(
      passwordLinks(spec),
    ),
    warnings: [`Leave ${spec.marker} in the display name: it is how the app knows the account.`],
    fields: [
      {
        id: PRINCIPAL_FIELD,
        label: 'User principal name',
        hint: `Exactly as the directory shows it; ${spec.address} but for upper and lower case.`,
        example: spec.address,
      },
    ],
    finding,
    pollMs: null,
  });
}

/** Azure DevOps lets only the account itself make its tokens. */
export function tokenTask(
  config: AzureConfig,
  spec: AccountSpec,
  user: VendorUser,
  token: { readonly name: string; readonly days: number; readonly now: Date },
): HumanTask {
  const expires = new Date(token.now.getTime() + token.days * DAY_MS).toISOString().slice(0, 10);
  const page = `${config.url}/${config.organization}/_usersSettings/tokens`;
  return humanTask({
    id: TASK_IDS.token,
    title: `Make the personal access token of ${user.login} at Azure DevOps`,
    role: 'vendor-admin',
    instructions: [
      'Open a private browser window, and in it the page "Personal access tokens" from the link below.',
      `Sign in as ${user.login}${spec.passwordUrl === null ? '' : ' with the password that is kept in the secret store (link below)'}. If Microsoft asks for a new password or a second factor, keep both in the secret store.`,
      'Click "New Token".',
      `Name: ${token.name}`,
      `Organization: ${config.organization}, never "All accessible organizations".`,
      `Expiration: "Custom defined", ${expires}.`,
      `Scopes: "Custom defined", then "Show all scopes", and tick only: ${scopeWords(tokenScopes(spec)).join('; ')}.`,
      'Click "Create", copy the token, and hand it over with the button of this task.',
      'Sign out.',
    ],
    links: [{ label: 'Personal access tokens', url: page }, ...passwordLinks(spec)],
    warnings: [
      'Use a private browser window, so that you do not make a token of your own account by mistake.',
      'Make no other token for this account: the check refuses an account with a wider one.',
      'Never paste the token into Slack. It is shown only once.',
    ],
    deposit: { label: 'Azure DevOps personal access token', secretName: `${spec.marker}-token` },
    pollMs: null,
  });
}

function passwordLinks(spec: AccountSpec): TaskLink[] {
  return spec.passwordUrl === null
    ? []
    : [{ label: 'Password in the secret store', url: spec.passwordUrl }];
}
