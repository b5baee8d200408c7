import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import { tokenShape } from '../../lib/github-rights.ts';
import { makeTokenTask, singleSignOnWarnings } from '../../lib/github-token-task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { GitHubContext } from './context.ts';

export const LOGIN_FIELD = 'login';
export const TASK_IDS = {
  register: 'register-account',
  accept: 'accept-invitation',
  token: 'make-token',
  delete: 'delete-account',
} as const;

export function registerTask(
  { webUrl }: Pick<GitHubContext, 'webUrl'>,
  spec: AccountSpec,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: TASK_IDS.register,
    title: `Register the GitHub account ${spec.login}`,
    role: 'vendor-admin',
    instructions: [
      'Open a private browser window, so that you are not signed in as yourself, and open the sign-up page.',
      `Email: ${spec.address}`,
      'Password: take it from the secret store, by the link below. Do not choose one yourself.',
      `Username: ${spec.login}`,
      'Confirm the email address with the code that GitHub sends to it.',
      `Open Settings > Public profile. Name: ${spec.displayName}. Bio: ${spec.marker}. Press "Update profile".`,
      'Open Settings > Password and authentication and turn on two-factor authentication; keep the recovery codes beside the password in the secret store.',
      'Tell us the username here, then press "Done".',
    ],
    links: [
      { label: 'Sign up at GitHub', url: `${webUrl}/signup` },
      ...(spec.passwordUrl === null
        ? []
        : [{ label: 'Password in the secret store', url: spec.passwordUrl }]),
    ],
    warnings: [
      'By registering you accept GitHub’s terms for this account; GitHub allows one free machine account per person or organisation.',
      `Leave ${spec.marker} in the bio: it is how the app knows the account.`,
    ],
    fields: [
      {
        id: LOGIN_FIELD,
        label: 'GitHub username',
        hint: `As registered; ${spec.login} unless GitHub refused that.`,
        example: spec.login,
      },
    ],
    finding,
    pollMs: null,
  });
}

export function acceptTask(
  { webUrl, org }: Pick<GitHubContext, 'webUrl' | 'org'>,
  spec: AccountSpec,
  login: string,
  finding: string,
): HumanTask {
  return humanTask({
    id: TASK_IDS.accept,
    title: `Accept the invitation to ${org}`,
    role: 'vendor-admin',
    instructions: [
      `Sign in to GitHub as ${login}, in a private browser window.`,
      `Open the invitation page below, or the mail that GitHub sent to ${spec.address}.`,
      `Press "Join ${org}".`,
    ],
    links: [
      { label: 'Invitation', url: `${webUrl}/orgs/${org}/invitation` },
      ...(spec.passwordUrl === null
        ? []
        : [{ label: 'Password in the secret store', url: spec.passwordUrl }]),
    ],
    finding,
    // Registering led to mail from GitHub, too.
    expectsMail: { from: ['github.com'], ofThisStep: true },
  });
}

export function tokenTask(
  context: GitHubContext,
  spec: AccountSpec,
  user: VendorUser,
  name: string,
  days: number,
): HumanTask {
  const shape = tokenShape(spec);
  return makeTokenTask(context, spec, {
    id: TASK_IDS.token,
    shape,
    signIn: `Sign in to GitHub as ${user.login}, in a private browser window. Not as yourself: your own token is refused.`,
    name,
    days,
    warnings: singleSignOnWarnings(shape, context.org),
  });
}

export function deleteAccountTask(
  { webUrl }: Pick<GitHubContext, 'webUrl'>,
  spec: AccountSpec,
  login: string,
): HumanTask {
  return humanTask({
    id: TASK_IDS.delete,
    title: `Delete the GitHub account ${login}`,
    role: 'vendor-admin',
    instructions: [
      `Sign in to GitHub as ${login}, in a private browser window.`,
      'Open Settings > Account > Delete account and press "Delete your account".',
      'Confirm with the username and the password from the secret store.',
    ],
    links: [
      { label: 'Account settings', url: `${webUrl}/settings/admin` },
      ...(spec.passwordUrl === null
        ? []
        : [{ label: 'Password in the secret store', url: spec.passwordUrl }]),
    ],
    warnings: ['The account is no longer in the organisation; deleting it cannot be undone.'],
    finding: `GitHub still has the account ${login}.`,
  });
}
