import type { Account } from '../domain/account.ts';
import { nextName, previousName, secretName } from '../domain/naming.ts';
import { changeCare, eventOf } from './change-care.ts';
import type { Activity } from './deps.ts';
import { after } from './due.ts';

/** What the store still holds of a closed account goes when its time is over. */
export const destroyWhenDue: Activity = async (account, deps) => {
  const now = deps.clock.now().toISOString();
  const { destroyAt, dueAt } = account.care;
  if (destroyAt === null) {
    // Closed just now, or everything is gone already.
    if (dueAt === null) return account;
    return changeCare(account, deps, () => ({ destroyAt: after(now, deps.rules.destroyAfterMs) }));
  }
  if (destroyAt > now) return account;
  const { store } = deps.useCases.ports;
  for (const name of namesOf(account)) await store.remove(name);
  return changeCare(account, deps, () => ({ destroyAt: null, dueAt: null }), [
    eventOf(account, 'secret-destroyed', { store: account.secret.store }),
  ]);
};

function namesOf({ id, secret }: Account): string[] {
  const names = (['token', 'api-key', 'password'] as const).map((part) => secretName(id, part));
  const all = names.flatMap((name) => [name, nextName(name), previousName(name)]);
  return [...new Set([...all, secret.name])];
}
