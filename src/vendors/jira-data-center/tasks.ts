import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { JiraConfig } from './schema.ts';

/** For Jiras that take no passwords over their REST API: a person makes the token in the browser. */
export function tokenTask(
  config: JiraConfig,
  spec: AccountSpec,
  user: VendorUser,
  token: { readonly name: string; readonly days: number },
): HumanTask {
  const signIn = { label: 'Sign in to Jira', url: `${config.base_url}/login.jsp` };
  const password =
    spec.passwordUrl === null
      ? []
      : [{ label: 'Password in the secret store', url: spec.passwordUrl }];
  return humanTask({
    id: 'create-token',
    title: `Make the personal access token of ${user.login} at Jira`,
    role: 'vendor-admin',
    instructions: [
      'Open a private browser window, and in it the page "Sign in to Jira" from the link below.',
      `Sign in with the username ${user.login} and the password that is kept in the secret store (link below).`,
      'Open the menu of your profile picture, then Profile, then Personal Access Tokens.',
      'Click "Create token".',
      `Type ${token.name} as the token name, leave automatic expiry on, and choose ${token.days} days.`,
      'Click "Create", copy the token, and hand it over with the button of this task.',
      'Sign out.',
    ],
    links: [...password, signIn],
    warnings: [
      'Use a private browser window, so that you do not make a token of your own account by mistake.',
      'If Jira offers only single sign-on, a Jira administrator can show the form for username and password under Administration, System, Authentication methods.',
      'Make no second token for this account: then nobody could tell which one Flow uses.',
      'Never paste the token into Slack. It is shown only once.',
    ],
    deposit: { label: 'Jira personal access token', secretName: `${spec.marker}-token` },
    pollMs: null,
  });
}
