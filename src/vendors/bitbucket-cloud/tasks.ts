import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { tokenScopesOf } from './access-profile.ts';
import type { BitbucketConfig } from './schema.ts';

const TOKEN_PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens';
const ADMINISTRATION = 'https://admin.atlassian.com';
const SENDERS = ['atlassian.com', 'bitbucket.org'];
const DAY_MS = 24 * 60 * 60_000;
const PRIVATE_WINDOW =
  'Use a private browser window, so that you do not act as yourself by mistake.';

/** The app has invited; whoever has the mailbox signs up. */
export function signUpTask(config: BitbucketConfig, spec: AccountSpec): HumanTask {
  return humanTask({
    id: 'finish-sign-up',
    title: `Finish the sign-up of ${spec.address} at Atlassian`,
    role: 'mail-admin',
    instructions: signUpInstructions(config, spec),
    links: passwordLinks(spec),
    warnings: [PRIVATE_WINDOW],
    finding: `The workspace ${config.workspace} has no member ${spec.address} called "${spec.displayName}" yet. If there is no invitation in the mailbox, invite the address again under admin.atlassian.com, Directory, Users.`,
    expectsMail: { from: SENDERS },
  });
}

/** Bitbucket's API can neither invite nor show invitations, so one person does both halves. */
export function inviteTask(config: BitbucketConfig, spec: AccountSpec): HumanTask {
  return humanTask({
    id: 'invite-and-sign-up',
    title: `Invite ${spec.address} to Bitbucket and sign it up`,
    role: 'vendor-admin',
    instructions: [
      `As an administrator of the workspace ${config.workspace}, open the page "User directory" from the link below. Where Atlassian Administration manages its users, open admin.atlassian.com, Directory, Users instead.`,
      `Invite ${spec.address} to Bitbucket as an ordinary user. Choose no group that gives access to repositories: the app gives it.`,
      ...signUpInstructions(config, spec),
    ],
    links: [
      {
        label: 'User directory of the workspace',
        url: `https://bitbucket.org/${config.workspace}/workspace/settings/user-directory`,
      },
      ...passwordLinks(spec),
    ],
    warnings: [PRIVATE_WINDOW],
    finding: `The workspace ${config.workspace} has no member with the address ${spec.address} yet.`,
    expectsMail: { from: SENDERS },
  });
}

export function tokenTask(
  spec: AccountSpec,
  token: { readonly name: string; readonly days: number; readonly now: Date },
): HumanTask {
  const expires = new Date(token.now.getTime() + token.days * DAY_MS).toISOString().slice(0, 10);
  return humanTask({
    id: 'create-api-token',
    title: `Make the Bitbucket API token of ${spec.address}`,
    role: 'vendor-admin',
    instructions: [
      `Open a private browser window and sign in at id.atlassian.com as ${spec.address}.`,
      'Open the page "API tokens" from the link below.',
      'Click "Create API token with scopes". Do not choose "Create API token": Bitbucket does not accept those.',
      `Type ${token.name} as the name, choose ${expires} as the expiry date, and click "Next".`,
      'Choose "Bitbucket" as the app and click "Next".',
      `Tick exactly these scopes and no others: ${tokenScopesOf(spec).join(', ')}. Click "Next".`,
      'Click "Create token", copy the token, and hand it over with the button of this task.',
      'Sign out.',
    ],
    links: [...passwordLinks(spec), { label: 'API tokens at Atlassian', url: TOKEN_PAGE }],
    warnings: [PRIVATE_WINDOW, 'Never paste the token into Slack. It is shown only once.'],
    deposit: { label: 'Bitbucket API token', secretName: `${spec.marker}-token` },
    pollMs: null,
  });
}

export function removeTask(config: BitbucketConfig, user: VendorUser): HumanTask {
  return humanTask({
    id: 'remove-member',
    title: `Remove ${user.login} from the workspace ${config.workspace}`,
    role: 'vendor-admin',
    instructions: [
      `As an administrator of the workspace ${config.workspace}, open Settings, Workspace settings, User directory in Bitbucket. Where Atlassian Administration manages its users, open Directory, Users there, from the link below.`,
      `Find ${user.login}, open its menu, choose "Remove user" and confirm.`,
    ],
    links: [{ label: 'Atlassian Administration', url: ADMINISTRATION }],
    finding: `${user.login} is still a member of the workspace ${config.workspace}.`,
  });
}

function signUpInstructions(config: BitbucketConfig, spec: AccountSpec): string[] {
  const password =
    spec.passwordUrl === null
      ? 'make a new strong password and keep it in the secret store'
      : 'use the password that is kept in the secret store (link below)';
  return [
    'Open a private browser window.',
    `Open the mailbox of ${spec.address} and the invitation from Atlassian in it.`,
    `Follow its link and sign up with exactly that address; ${password}. If it has signed up before, just sign in.`,
    `Type ${spec.displayName} as the full name: the app knows the account by it. If it has another name, change full name and public name at id.atlassian.com, Profile and visibility.`,
    `Open bitbucket.org once as the account and accept the workspace ${config.workspace} if it asks.`,
  ];
}

function passwordLinks(spec: AccountSpec): { label: string; url: string }[] {
  return spec.passwordUrl === null
    ? []
    : [{ label: 'Password in the secret store', url: spec.passwordUrl }];
}
