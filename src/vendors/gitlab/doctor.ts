import { counted } from '../../domain/counted.ts';
import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { VendorDeps } from '../vendor.ts';
import { LEVELS, roleName } from './access-profile.ts';
import type { AccountContext } from './account.ts';

type Context = AccountContext & { readonly deps: VendorDeps };

const DAY_MS = 24 * 60 * 60_000;
const SOON_DAYS = 30;
/** Listing and revoking a group account's tokens came with 17.11. */
const OLDEST = { major: 17, minor: 11 };

/** Looks at everything our own token needs; a failing look is a finding, never an exception. */
export async function checkGitlab(context: Context): Promise<Finding[]> {
  const looks: readonly (readonly [string, (subject: string) => Promise<Finding[]>])[] = [
    ['version', (subject) => checkVersion(context, subject)],
    ['our token', (subject) => checkToken(context, subject)],
    ['our role', (subject) => checkRole(context, subject)],
    ['service accounts', (subject) => checkAccounts(context, subject)],
  ];
  const findings: Finding[] = [];
  for (const [what, look] of looks) {
    const subject = `${context.connectionName}: ${what}`;
    try {
      findings.push(...(await look(subject)));
    } catch (error) {
      const { message } = toProductError(error, context.connectionName);
      findings.push(
        problem(subject, message, 'Check base_url, token and group of this connection.'),
      );
    }
  }
  return findings;
}

async function checkVersion({ client }: Context, subject: string): Promise<Finding[]> {
  const { version, enterprise } = await client.metadata();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  if (isOld) {
    return [
      problem(
        subject,
        `GitLab ${version} cannot list the tokens of service accounts.`,
        'Update to GitLab 17.11 or newer.',
      ),
    ];
  }
  const edition = enterprise === false ? 'Community Edition' : 'Enterprise Edition';
  return [
    ok(
      subject,
      `GitLab ${version}, ${edition}. The plan decides how many service accounts it allows: 100 on Free where offered, any number on Premium and Ultimate.`,
    ),
  ];
}

async function checkToken(context: Context, subject: string): Promise<Finding[]> {
  const { client, config, deps } = context;
  const token = await client.ownToken();
  const allowed = config.ownership === 'instance' ? ['api', 'admin_mode'] : ['api'];
  const superfluous = token.scopes.filter((scope) => !allowed.includes(scope));
  const findings: Finding[] = [];
  if (!token.scopes.includes('api')) {
    findings.push(
      problem(subject, 'It lacks the scope "api".', 'Make a new token with the scope "api".'),
    );
  }
  if (superfluous.length > 0) {
    findings.push(
      warning(
        subject,
        `It has more scopes than we use: ${superfluous.join(', ')}.`,
        `Make a new token with only: ${allowed.join(', ')}.`,
      ),
    );
  }
  const end = token.expires_at;
  const left = end === null ? Infinity : Date.parse(end) - deps.clock.now().getTime();
  if (left < SOON_DAYS * DAY_MS) {
    findings.push(
      warning(subject, `It expires on ${end}.`, 'Make a new token in good time and replace it.'),
    );
  }
  return findings.length > 0 ? findings : [ok(subject, `Its scopes are exactly sufficient.`)];
}

async function checkRole(context: Context, subject: string): Promise<Finding[]> {
  return context.config.ownership === 'instance'
    ? checkAdministrator(context, subject)
    : checkOwner(context, subject);
}

async function checkAdministrator({ client }: Context, subject: string): Promise<Finding[]> {
  const self = await client.ownUser();
  return self.is_admin === true
    ? [ok(subject, `${self.username} is an administrator.`)]
    : [
        problem(
          subject,
          `${self.username} is not an administrator.`,
          'Use the token of an administrator, or set ownership: group.',
        ),
      ];
}

async function checkOwner({ client }: Context, subject: string): Promise<Finding[]> {
  const group = await client.ownGroup();
  if (group.parent_id !== null) {
    return [
      problem(
        subject,
        `${group.full_path} is not a top-level group.`,
        'Set group to the top-level group; smaller parts of it are chosen with each request.',
      ),
    ];
  }
  const self = await client.ownUser();
  const member = await client.ownMembership(self.id);
  return member.access_level >= LEVELS.Owner
    ? [ok(subject, `${self.username} is Owner of ${group.full_path}.`)]
    : [
        problem(
          subject,
          `${self.username} is only ${roleName(member.access_level)} of ${group.full_path}.`,
          'Make it Owner; only Owners may create service accounts.',
        ),
      ];
}

async function checkAccounts({ client }: Context, subject: string): Promise<Finding[]> {
  const accounts = await client.listAccounts();
  return [ok(subject, `${counted(accounts.length, 'service accounts')} can be listed.`)];
}
