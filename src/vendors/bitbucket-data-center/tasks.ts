import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { levelOf } from './access-profile.ts';
import type { BitbucketConfig } from './schema.ts';

/** For Bitbuckets that take no passwords over their REST API: a person makes the token. */
export function tokenTask(
  config: BitbucketConfig,
  spec: AccountSpec,
  user: VendorUser,
  token: { readonly name: string; readonly days: number },
): HumanTask {
  const words = { READ: 'read', WRITE: 'write', ADMIN: 'admin' } as const;
  const level = levelOf(spec);
  const signIn = { label: 'Sign in to Bitbucket', url: `${config.base_url}/login` };
  const password =
    spec.passwordUrl === null
      ? []
      : [{ label: 'Password in the secret store', url: spec.passwordUrl }];
  return humanTask({
    id: 'create-token',
    title: `Make the HTTP access token of ${user.login} at Bitbucket`,
    role: 'vendor-admin',
    instructions: [
      'Open a private browser window, and in it the page "Sign in to Bitbucket" from the link below.',
      `Sign in with the username ${user.login} and the password that is kept in the secret store (link below).`,
      'Open the menu of your profile picture, then Manage account, then HTTP access tokens.',
      'Click "Create token".',
      `Type ${token.name} as the token name.`,
      `Choose "Project ${level === 'ADMIN' ? 'admin' : 'read'}" as project permissions and "Repository ${words[level]}" as repository permissions.`,
      `Choose automatic expiry after ${token.days} days.`,
      'Click "Create", copy the token, and hand it over with the button of this task.',
      'Sign out.',
    ],
    links: [...password, signIn],
    warnings: [
      'Use a private browser window, so that you do not make a token of your own account by mistake.',
      'If Bitbucket offers only single sign-on, a Bitbucket administrator can show the form for username and password under Administration, Authentication methods.',
      'Never paste the token into Slack. It is shown only once.',
    ],
    deposit: { label: 'Bitbucket HTTP access token', secretName: `${spec.marker}-token` },
    pollMs: null,
  });
}
