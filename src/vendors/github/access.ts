import { hasCode, isAmbiguous, ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { needLogin } from '../../lib/github-login.ts';
import { membershipRole } from '../../lib/github-rights.ts';
import { ensureRoles } from '../../lib/github-roles.ts';
import type { Membership } from '../../lib/github-schema.ts';
import { chosenRepositories } from '../../lib/github-scope.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { GitHubContext } from './context.ts';
import { acceptTask } from './tasks.ts';

/** Membership with the approved role, then the chosen repositories one by one. */
export async function ensureAccess(
  context: GitHubContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  chosenRepositories(spec, context.org);
  const login = await needLogin(context, user);
  const membership = await ensureMembership(context, spec, user, login);
  if (membership.state === 'pending') {
    return human(acceptTask(context, spec, login, 'The invitation has not been accepted yet.'));
  }
  await ensureRoles(context, spec, login);
  return done(undefined);
}

async function ensureMembership(
  context: GitHubContext,
  spec: AccountSpec,
  user: VendorUser,
  login: string,
): Promise<Membership> {
  const { client } = context;
  const wanted = membershipRole(spec.access);
  const present = await client.findMembership(login);
  if (present?.role === wanted) return present;
  if (present === undefined) return invite(context, spec, user, login);
  if (present.state === 'pending') {
    // An open invitation keeps its role; it is taken back so that the right one can be sent.
    await client.removeMember(login);
    return invite(context, spec, user, login);
  }
  await client.setRole(login, wanted);
  return needMembership(context, login);
}

async function invite(
  context: GitHubContext,
  spec: AccountSpec,
  user: VendorUser,
  login: string,
): Promise<Membership> {
  await refuseHopeless(context, login);
  const role = spec.access === 'owner' ? 'admin' : 'direct_member';
  try {
    await context.client.invite(user.id, role);
  } catch (error) {
    // 422 says "already invited", "no seats left" and "too many today" alike; we look again.
    if (!isAmbiguous(error) && !hasCode(error, 'refused', 'exists')) throw error;
    const there = await context.client.findMembership(login);
    if (there !== undefined) return there;
    if (isAmbiguous(error)) throw error;
    await mustHaveSeat(context, login);
    throw new ProductError('refused', {
      subject: login,
      message: `GitHub refused to invite ${login} to ${context.org}. The usual causes are that no seat is free or that the day’s 50 invitations are used up; an owner sees which under People > Invitations.`,
      cause: error,
    });
  }
  return needMembership(context, login);
}

/** Quiet also where GitHub does not show us the plan. */
async function mustHaveSeat({ client, org }: GitHubContext, login: string): Promise<void> {
  const { seats, filled_seats: filled } = (await client.organisation()).plan ?? {};
  if (seats === undefined || filled === undefined || filled < seats) return;
  throw new ProductError('limit-reached', {
    subject: login,
    message: `GitHub does not invite ${login}: ${org} has no free seat. An owner buys one under Billing and licensing, or removes somebody; then try again.`,
  });
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** An expired invitation is sent anew; one that failed today for another reason would fail again. */
async function refuseHopeless({ client, org, clock }: GitHubContext, login: string): Promise<void> {
  const failures = await client.failedInvitations();
  const recent = failures.find(
    (failure) =>
      failure.login?.toLowerCase() === login.toLowerCase() &&
      clock.now().getTime() - Date.parse(failure.failed_at ?? '') < DAY_MS &&
      !/expired/i.test(failure.failed_reason ?? ''),
  );
  if (recent === undefined) return;
  throw new ProductError('refused', {
    subject: login,
    message: `GitHub could not deliver the invitation of ${login} to ${org}. An owner sees the reason under People > Failed invitations; retry tomorrow or when it is mended.`,
  });
}

async function needMembership({ client, org }: GitHubContext, login: string): Promise<Membership> {
  const membership = await client.findMembership(login);
  if (membership !== undefined) return membership;
  throw new ProductError('unexpected-answer', {
    subject: login,
    message: `GitHub took the membership of ${login} in ${org} but does not show it yet.`,
  });
}
