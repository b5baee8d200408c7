import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AccountSpec } from '../vendor.ts';
import type { JiraConfig } from './schema.ts';

const TOKEN_PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens';
const SENDERS = ['atlassian.com'];
const DAY_MS = 24 * 60 * 60_000;

/** Jira says that the account is not active: its sign-up is open, or somebody switched it off. */
export function signUpTask(config: JiraConfig, spec: AccountSpec): HumanTask {
  return humanTask({
    id: 'finish-sign-up',
    title: `Finish the sign-up of ${spec.address} at Atlassian`,
    role: 'mail-admin',
    instructions: signUpInstructions(config, spec),
    links: passwordLinks(spec),
    warnings: [PRIVATE_WINDOW],
    finding: `Jira still says that ${spec.address} is not active. If somebody deactivated the account, reactivate it under admin.atlassian.com, Directory, Users.`,
    expectsMail: { from: SENDERS },
  });
}

/**
 * Sign-up and token in one sitting: Jira's API does not show whether an invited person has signed
 * up, so the working token is the proof of both.
 */
export function tokenTask(
  config: JiraConfig,
  spec: AccountSpec,
  token: { readonly name: string; readonly days: number; readonly now: Date },
): HumanTask {
  const expires = new Date(token.now.getTime() + token.days * DAY_MS).toISOString().slice(0, 10);
  return humanTask({
    id: 'create-api-token',
    title: `Make the API token of ${spec.address} at Atlassian`,
    role: 'vendor-admin',
    instructions: [
      ...signUpInstructions(config, spec),
      'Signed in as the service account, open the page "API tokens" from the link below.',
      'Click "Create API token". Do not choose "Create API token with scopes": Flow cannot use those.',
      `Type ${token.name} as the name and choose ${expires} as the expiry date.`,
      'Click "Create", copy the token, and hand it over with the button of this task.',
      'Sign out.',
    ],
    links: [...passwordLinks(spec), { label: 'API tokens at Atlassian', url: TOKEN_PAGE }],
    warnings: [PRIVATE_WINDOW, 'Never paste the token into Slack. It is shown only once.'],
    deposit: { label: 'Atlassian API token', secretName: `${spec.marker}-token` },
    expectsMail: { from: SENDERS },
    pollMs: null,
  });
}

const PRIVATE_WINDOW =
  'Use a private browser window, so that you do not make a token of your own account by mistake.';

function signUpInstructions(config: JiraConfig, spec: AccountSpec): string[] {
  const password =
    spec.passwordUrl === null
      ? 'make a new strong password and keep it in the secret store'
      : 'use the password that is kept in the secret store (link below)';
  return [
    'Open a private browser window.',
    `Open the mailbox of ${spec.address} and the message in it that invites it to ${new URL(config.base_url).hostname}.`,
    `Follow its link and sign up with exactly that address; ${password}. If it has signed up before, just sign in.`,
  ];
}

function passwordLinks(spec: AccountSpec): { label: string; url: string }[] {
  return spec.passwordUrl === null
    ? []
    : [{ label: 'Password in the secret store', url: spec.passwordUrl }];
}
