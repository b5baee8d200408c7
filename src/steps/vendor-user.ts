import { secretName } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { Outcome } from '../domain/outcome.ts';
import { whenDone } from '../domain/outcome.ts';
import { done } from '../domain/outcome.ts';
import { accountSpec, connectionOf, knownVendorUser } from './account-spec.ts';
import { ensurePassword } from './password.ts';
import type { Connection } from './ports.ts';
import type { Step, StepContext } from './step.ts';

/** Finds or makes the user at the vendor; where a person registers it, its password comes first. */
export const vendorUser: Step = {
  id: 'vendor-user',
  title: (_request, names) => `Create the ${names.vendor} user`,
  async run({ request, ports, answers }) {
    const connection = connectionOf(request, ports);
    const password = needsPassword(connection) ? await ensurePassword(request, ports) : null;
    const spec = accountSpec(request, ports, password?.url ?? null);
    const outcome = await connection.vendor.ensureUser(spec, answers);
    return whenDone(outcome, ({ id, login, url }) => ({ id, login, url, password }));
  },
  async undo(context) {
    const { request, ports } = context;
    const outcome = await removeVendorUser(context);
    if (outcome.kind === 'done') {
      await ports.store.remove(secretName(accountIdOf(request), 'password'));
    }
    return outcome;
  },
};

/** Deletes or disables the user, as the vendor allows; its password stays in the store. */
export async function removeVendorUser({ request, ports }: StepContext): Promise<Outcome<void>> {
  const { vendor } = connectionOf(request, ports);
  const spec = accountSpec(request, ports);
  const user = knownVendorUser(request) ?? (await vendor.findUser(spec));
  return user === undefined ? done(undefined) : vendor.removeUser(spec, user);
}

/** People sign in as the account where they make it or its token; elsewhere the adapter may. */
function needsPassword(connection: Connection): boolean {
  const { abilities, setsPassword, passwordless } = connection.definition;
  if (passwordless === true) return false;
  return abilities.user === 'human' || abilities.credential === 'human' || setsPassword === true;
}
