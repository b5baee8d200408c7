import { humanTask } from '../../domain/task.ts';
import type { HumanTask, TaskLink } from '../../domain/task.ts';
import { tokenShape } from '../../lib/github-rights.ts';
import { makeTokenTask } from '../../lib/github-token-task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ManagedUsersContext } from './context.ts';
import { managedLogin, provisionedName } from './login.ts';

export const LOGIN_FIELD = 'login';
export const TASK_IDS = {
  provision: 'provision-user',
  token: 'make-token',
  leave: 'deprovision-user',
} as const;

/** The name that carries our mark, for people and, where no external id is ours, for the check. */
export function markedName(spec: Pick<AccountSpec, 'displayName' | 'marker'>): string {
  return `${spec.displayName} (${spec.marker})`;
}

export function provisionTask(
  { config }: ManagedUsersContext,
  spec: AccountSpec,
  finding: string,
): HumanTask {
  const login = managedLogin(spec.login, config);
  return humanTask({
    id: TASK_IDS.provision,
    title: `Make ${login} in the identity provider`,
    role: 'vendor-admin',
    instructions: [
      `Make a user in the identity provider of the enterprise ${config.enterprise}. Username: ${provisionedName(spec.login, config)}`,
      `Email: ${spec.address}`,
      `Display name: ${markedName(spec)}`,
      ...(spec.passwordUrl === null
        ? []
        : [
            'Password: take it from the secret store, by the link below. Do not choose one yourself.',
          ]),
      'Assign it to the GitHub Enterprise Managed User application with the role "User", and let that provision it now.',
      'Tell us the username that GitHub shows, then press "Done".',
    ],
    links: passwordLink(spec),
    warnings: [`Leave ${spec.marker} in the display name: it is how the app knows the account.`],
    fields: [
      {
        id: LOGIN_FIELD,
        label: 'GitHub username',
        hint: `With the ending _${config.short_code.toLowerCase()}; ${login} unless that was refused.`,
        example: login,
      },
    ],
    finding,
  });
}

/** GitHub has no password of a managed user: the way in is always the identity provider. */
export function tokenTask(
  context: ManagedUsersContext,
  spec: AccountSpec,
  user: VendorUser,
  name: string,
  days: number,
): HumanTask {
  const { config, webUrl } = context;
  const byApp =
    context.scim === null
      ? ''
      : ` The identity provider must know it by the username ${provisionedName(spec.login, config)}; if it does not, add it there first.`;
  const task = makeTokenTask(context, spec, {
    id: TASK_IDS.token,
    shape: tokenShape(spec),
    signIn: `In a private browser window, open the sign-in page below and sign in through the identity provider as ${user.login}. Not as yourself: your own token is refused.${byApp}`,
    name,
    days,
  });
  const signIn = { label: 'Sign in', url: `${webUrl}/enterprises/${config.enterprise}/sso` };
  return { ...task, links: [signIn, ...task.links] };
}

export function leaveTask(
  { config }: ManagedUsersContext,
  spec: AccountSpec,
  login: string,
): HumanTask {
  return humanTask({
    id: TASK_IDS.leave,
    title: `Take ${login} out of the identity provider`,
    role: 'vendor-admin',
    instructions: [
      `Open the user with the address ${spec.address} in the identity provider of the enterprise ${config.enterprise}.`,
      'Unassign it from the GitHub Enterprise Managed User application, and let that provision now.',
      'Disable or delete the user there.',
    ],
    finding: `GitHub still has ${login} as an active user.`,
  });
}

function passwordLink({ passwordUrl }: AccountSpec): TaskLink[] {
  return passwordUrl === null ? [] : [{ label: 'Password in the secret store', url: passwordUrl }];
}
