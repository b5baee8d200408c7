import { isAmbiguous, ProductError } from '../../domain/errors.ts';
import { done } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { needLogin } from '../../lib/github-login.ts';
import { membershipRole } from '../../lib/github-rights.ts';
import { ensureRoles } from '../../lib/github-roles.ts';
import { chosenRepositories } from '../../lib/github-scope.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import type { ManagedUsersContext } from './context.ts';

/** Managed users join at once, without an invitation; then the chosen repositories. */
export async function ensureAccess(
  context: ManagedUsersContext,
  spec: AccountSpec,
  user: VendorUser,
): Promise<Outcome<void>> {
  chosenRepositories(spec, context.org);
  const login = await needLogin(context, user);
  await ensureMembership(context, spec, login);
  await ensureRoles(context, spec, login);
  return done(undefined);
}

async function ensureMembership(
  { client, org }: ManagedUsersContext,
  spec: AccountSpec,
  login: string,
): Promise<void> {
  const wanted = membershipRole(spec.access);
  const present = await client.findMembership(login);
  if (present?.state === 'active' && present.role === wanted) return;
  try {
    await client.setRole(login, wanted);
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    if ((await client.findMembership(login))?.role !== wanted) throw error;
  }
  const membership = await client.findMembership(login);
  if (membership?.state === 'active' && membership.role === wanted) return;
  throw new ProductError('refused', {
    subject: login,
    message: `GitHub did not take ${login} into ${org} at once, as it does with managed users of the same enterprise. Check enterprise and org of this connection, then retry.`,
  });
}
