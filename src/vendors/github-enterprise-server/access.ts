import { hasCode, isAmbiguous, ProductError } from '../../domain/errors.ts';
import { done, later } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { needLogin } from '../../lib/github-login.ts';
import { isWholeOrganisation, membershipRole } from '../../lib/github-rights.ts';
import { ensureRoles } from '../../lib/github-roles.ts';
import type { Membership } from '../../lib/github-schema.ts';
import { chosenRepositories } from '../../lib/github-scope.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ServerContext } from './context.ts';
import { asAccount } from './impersonation.ts';

const SHORTLY_MS = 10_000;

/** Membership with the approved role, then the chosen repositories one by one. */
export async function ensureAccess(
  context: ServerContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  chosenRepositories(spec, context.org);
  const login = await needLogin(context, user);
  await refuseWideBase(context, spec);
  const membership = await ensureMembership(context, spec, login);
  const accepted = membership.state === 'active' ? membership : await accept(context, spec, login);
  if (accepted.state !== 'active') {
    return later(SHORTLY_MS, `${context.name} is still taking ${login} into ${context.org}.`);
  }
  await ensureRoles(context, spec, login);
  return done(undefined);
}

/**
 * Classic tokens cannot be limited to repositories, so what the base permission opens is open to
 * the account too, and single repositories would be chosen in vain.
 */
async function refuseWideBase({ client, org }: ServerContext, spec: AccountSpec): Promise<void> {
  if (spec.access === 'owner' || isWholeOrganisation(spec)) return;
  const base = (await client.organisation()).default_repository_permission ?? 'none';
  if (base === 'none') return;
  throw new ProductError('refused', {
    subject: org,
    message: `Every member of ${org} has the base permission "${base}", so the account would see all repositories and not only the chosen ones. Request the whole organisation, or set the base permission to "No permission" under Settings > Member privileges and retry.`,
  });
}

async function ensureMembership(
  context: ServerContext,
  spec: AccountSpec,
  login: string,
): Promise<Membership> {
  const { client } = context;
  const wanted = membershipRole(spec.access);
  const present = await client.findMembership(login);
  if (present?.role === wanted) return present;
  // An open invitation keeps its role; it is taken back so that the right one can be sent.
  if (present?.state === 'pending') await client.removeMember(login);
  try {
    await client.setRole(login, wanted);
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    if ((await client.findMembership(login))?.role !== wanted) throw error;
  }
  const membership = await client.findMembership(login);
  if (membership?.role === wanted) return membership;
  throw new ProductError('unexpected-answer', {
    subject: login,
    message: `${context.name} took the membership of ${login} in ${context.org} but does not show it yet.`,
  });
}

async function accept(
  context: ServerContext,
  spec: AccountSpec,
  login: string,
): Promise<Membership> {
  return context.turns(spec.marker, () =>
    asAccount(context, login, ['write:org'], async (account) => {
      try {
        return await account.acceptMembership();
      } catch (error) {
        if (!isAmbiguous(error) && !hasCode(error, 'refused')) throw error;
        const there = await context.client.findMembership(login);
        if (there?.state === 'active') return there;
        throw error;
      }
    }),
  );
}
