import { hasCode } from '../domain/errors.ts';
import type { Account } from '../domain/account.ts';
import { operate } from '../requests/operate.ts';
import type { Activity, CareDeps } from './deps.ts';
import { theApp } from './the-app.ts';

/** Renews a credential that is due, where nobody has to do anything and policy lets the app ask. */
export const rotateWhenDue: Activity = async (account, deps) => {
  const isDue = account.rotateAt <= deps.clock.now().toISOString();
  if (!isDue || !deps.rules.rotateByItself || !needsNobody(account, deps)) return account;
  const { useCases, directory } = deps;
  try {
    await operate(
      {
        account: account.id,
        kind: 'rotate',
        by: theApp(directory.teamId),
        reason: 'Its rotation period is over.',
        dedupeKey: `rotate ${account.id} ${account.generation + 1} ${account.rotateAt}`,
      },
      useCases,
      directory.teamId,
    );
  } catch (error) {
    // Another operation is under way; the next look finds out whether it is still due.
    if (!hasCode(error, 'exists')) throw error;
  }
  return account;
};

/** Only a pipeline takes a new credential without a person, and only some vendors make one. */
function needsNobody(account: Account, { useCases }: CareDeps): boolean {
  if (account.kind !== 'automation' || account.connection === null) return false;
  return useCases.ports.connections.get(account.connection)?.vendor.credential.how === 'minted';
}
