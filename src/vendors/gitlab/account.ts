import { ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { humanTask } from '../../domain/task.ts';
import type { AccountSpec, FoundAccount, VendorUser } from '../vendor.ts';
import type { GitlabClient } from './client.ts';
import { explainNoAccount } from './explain.ts';
import type { GitlabAccount, GitlabConfig } from './schema.ts';

export interface AccountContext {
  readonly client: GitlabClient;
  readonly config: GitlabConfig;
  readonly connectionName: string;
}

/** Finds the service account of this order by username and marker, or makes it. */
export async function ensureAccount(
  context: AccountContext,
  spec: AccountSpec,
): Promise<Outcome<VendorUser>> {
  const known = await ownAccount(context, spec);
  if (known !== undefined) return confirmed(context, spec, known);
  const { client, config } = context;
  const made = await client.createAccount({
    name: accountName(spec),
    username: spec.login,
    ...(config.send_address ? { email: spec.address } : {}),
  });
  if ('account' in made) return confirmed(context, spec, made.account);
  // GitLab's 400 means taken, invalid or too many. Another run of ours may have been faster.
  const other = await ownAccount(context, spec);
  if (other !== undefined) return confirmed(context, spec, other);
  throw explainRefusal(context, spec, made.refusal);
}

export async function findAccount(
  context: AccountContext,
  spec: AccountSpec,
): Promise<VendorUser | undefined> {
  const account = (await context.client.listAccounts()).find((one) => isOurs(one, spec));
  return account === undefined ? undefined : toUser(context, account);
}

/** Only service accounts: the token of a person's account is not ours to make or revoke. */
export async function findByLogin(
  context: AccountContext,
  login: string,
): Promise<VendorUser | undefined> {
  const wanted = login.toLowerCase();
  const accounts = await context.client.listAccounts();
  const account = accounts.find(({ username }) => username.toLowerCase() === wanted);
  return account === undefined ? undefined : toUser(context, account);
}

export async function searchAccounts(
  context: AccountContext,
  word: string,
): Promise<FoundAccount[]> {
  const accounts = await context.client.listAccounts();
  return accounts
    .filter(({ username, name }) => `${username} ${name}`.toLowerCase().includes(word))
    .map((account) => ({ ...toUser(context, account), name: account.name }));
}

/** Soft delete: what the account contributed goes to GitLab's ghost user. */
export async function removeAccount(
  context: AccountContext,
  user: VendorUser,
): Promise<Outcome<void>> {
  const { client, connectionName } = context;
  const accounts = await client.listAccounts();
  if (!accounts.some((account) => String(account.id) === user.id)) return done(undefined);
  const answer = await client.removeAccount(user.id);
  if (answer.status === 204) return done(undefined);
  throw new ProductError('refused', {
    subject: connectionName,
    message: `${connectionName} keeps ${user.login}, because it is the only owner of a group. Give that group another owner, then try again.`,
  });
}

/** The marker makes the account findable by people too, whatever the display name says. */
function accountName(spec: AccountSpec): string {
  return `${spec.displayName} (${spec.marker})`;
}

function isOurs(account: GitlabAccount, spec: AccountSpec): boolean {
  return sameLogin(account, spec) && account.name.includes(spec.marker);
}

/** GitLab compares usernames without case. */
function sameLogin(account: GitlabAccount, spec: AccountSpec): boolean {
  return account.username.toLowerCase() === spec.login.toLowerCase();
}

async function ownAccount(
  context: AccountContext,
  spec: AccountSpec,
): Promise<GitlabAccount | undefined> {
  const sameName = (await context.client.listAccounts()).find((one) => sameLogin(one, spec));
  if (sameName === undefined || isOurs(sameName, spec)) return sameName;
  throw nameTaken(context, `the username ${spec.login}`);
}

function confirmed(
  context: AccountContext,
  spec: AccountSpec,
  account: GitlabAccount,
): Outcome<VendorUser> {
  if ((account.unconfirmed_email ?? '') === '') return done(toUser(context, account));
  return human(
    humanTask({
      id: 'confirm-address',
      title: `Confirm the address of ${account.username} at ${context.connectionName}`,
      role: 'mail-admin',
      instructions: [
        `Open the mailbox of ${spec.address}.`,
        'Find the message from GitLab with the subject "Confirmation instructions".',
        'Open the link "Confirm your email address" in it. No sign-in is needed.',
      ],
      links: [{ label: `${account.username} at GitLab`, url: profileUrl(context, account) }],
      finding: `GitLab still waits for ${spec.address} to be confirmed.`,
    }),
  );
}

function toUser(context: AccountContext, account: GitlabAccount): VendorUser {
  return {
    id: String(account.id),
    login: account.username,
    url: profileUrl(context, account),
  };
}

function profileUrl(context: AccountContext, account: GitlabAccount): string {
  return `${context.config.base_url}/${account.username}`;
}

function explainRefusal(context: AccountContext, spec: AccountSpec, refusal: string): ProductError {
  const { connectionName: name } = context;
  if (/taken|already in use/i.test(refusal)) {
    return nameTaken(
      context,
      /e-?mail/i.test(refusal) ? `the address ${spec.address}` : `the username ${spec.login}`,
    );
  }
  const why = explainNoAccount(name, refusal);
  if (why !== undefined) return why;
  return new ProductError('refused', {
    subject: name,
    message: `${name} refused to create the service account ${spec.login}. Its username or address may break a rule of that GitLab.`,
  });
}

function nameTaken(context: AccountContext, what: string): ProductError {
  return new ProductError('name-taken', {
    subject: context.connectionName,
    message: `At ${context.connectionName} ${what} belongs to somebody else. Choose another address for this service account.`,
  });
}
