import { secretName } from '../domain/naming.ts';
import { whenDone } from '../domain/outcome.ts';
import { done } from '../domain/outcome.ts';
import { accountSpec, connectionOf, knownVendorUser } from './account-spec.ts';
import { ensurePassword } from './password.ts';
import type { Connection } from './ports.ts';
import type { Step } from './step.ts';

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
  async undo({ request, ports }) {
    const connection = connectionOf(request, ports);
    const spec = accountSpec(request, ports);
    const user = knownVendorUser(request) ?? (await connection.vendor.findUser(spec));
    const outcome =
      user === undefined ? done(undefined) : await connection.vendor.removeUser(spec, user);
    if (outcome.kind === 'done') await ports.store.remove(secretName(request.id, 'password'));
    return outcome;
  },
};

/** People sign in as the account where they make it or its token; elsewhere the adapter may. */
function needsPassword(connection: Connection): boolean {
  const { abilities, setsPassword } = connection.definition;
  return abilities.user === 'human' || abilities.credential === 'human' || setsPassword === true;
}
