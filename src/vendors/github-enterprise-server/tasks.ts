import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import { classicShape } from '../../lib/github-rights.ts';
import { makeTokenTask } from '../../lib/github-token-task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ServerContext } from './context.ts';

export const LOGIN_FIELD = 'login';
export const TASK_IDS = {
  directory: 'make-directory-user',
  token: 'make-token',
  leave: 'disable-directory-user',
} as const;

export function directoryTask(
  { name, webUrl }: ServerContext,
  spec: AccountSpec,
  finding: string,
): HumanTask {
  return humanTask({
    id: TASK_IDS.directory,
    title: `Put ${spec.login} into the directory of ${name}`,
    role: 'vendor-admin',
    instructions: [
      `Make a user in the directory that ${name} signs people in with. Username: ${spec.login}`,
      `Email: ${spec.address}`,
      `Display name: ${spec.displayName}`,
      ...(spec.passwordUrl === null
        ? []
        : ['Password: the one from the secret store (link below). Do not keep a copy.']),
      `Let it into ${name}: add it to the group, or assign it to the application, that people need for that.`,
      `In a private browser window, sign in to ${name} once as this user, so that its account is made there.`,
      'Tell us the username here, then press "Done".',
    ],
    links: [
      { label: 'Sign in', url: `${webUrl}/login` },
      ...(spec.passwordUrl === null
        ? []
        : [{ label: 'Password in the secret store', url: spec.passwordUrl }]),
    ],
    warnings: ['Give it no administrator’s role, in the directory or on the server.'],
    fields: [
      {
        id: LOGIN_FIELD,
        label: 'Username on the server',
        hint: `As the server shows it; ${spec.login} unless the directory refused that.`,
        example: spec.login,
      },
    ],
    finding,
  });
}

/** A person signed in as the account makes its classic token, which outlives our own credential. */
export function tokenTask(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
  name: string,
  days: number,
): HumanTask {
  return makeTokenTask(context, spec, {
    id: TASK_IDS.token,
    shape: classicShape(spec),
    signIn: `Sign in to ${context.name} as ${user.login}, in a private browser window, ${wayIn(context, spec)}. Not as yourself: your own token is refused.`,
    name,
    days,
  });
}

/** The server makes accounts without a password; only a mail to the address can set one. */
function wayIn({ config }: ServerContext, spec: AccountSpec): string {
  if (config.external_auth) return 'through the directory';
  const choice =
    spec.passwordUrl === null
      ? 'choose a long random one and do not keep it, the same way leads back in'
      : 'take the one from the secret store (link below)';
  return `with a password that you first set under "Forgot password" for ${spec.address}; ${choice}`;
}

export function leaveDirectoryTask(
  { name }: ServerContext,
  spec: AccountSpec,
  login: string,
): HumanTask {
  return humanTask({
    id: TASK_IDS.leave,
    title: `Disable ${login} in the directory of ${name}`,
    role: 'vendor-admin',
    instructions: [
      `Open ${login} in the directory that ${name} signs people in with; its address is ${spec.address}.`,
      'Disable or delete it there. The server suspends the account when it next looks at the directory.',
    ],
    finding: `${name} does not let us suspend ${login}, and it is not suspended yet.`,
  });
}
