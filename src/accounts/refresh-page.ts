import type { Account } from '../domain/account.ts';
import { hasCode } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import { accountPage } from '../steps/account-page.ts';
import { labelSecret } from '../steps/label-secret.ts';
import { asRequest } from './as-request.ts';
import { changeCare } from './change-care.ts';
import type { Activity, CareDeps } from './deps.ts';

const OUTAGES = [
  'timeout',
  'unreachable',
  'unavailable',
  'rate-limited',
] as const satisfies readonly ErrorCode[];

/**
 * Brings the account's page, and the labels of its credential, up to its present owners; everything
 * else on them is written by requests.
 */
export const refreshPage: Activity = async (account, deps) => {
  const shows = ownersOf(account);
  const { pageShows } = account.care;
  if (pageShows === shows) return account;
  let current = account;
  if (pageShows !== null) {
    const { records, ports } = deps.useCases;
    const request = asRequest(account, await records.get(account.id));
    const page = await accountPage(request, ports, 'active', deps.clock.now());
    try {
      current = await relabel(account, request, deps);
      await ports.knowledge.publish(page, { link: account.page, answers: {} });
    } catch (error) {
      // A page that cannot be written now is written with the next look; nothing waits for it.
      if (!hasCode(error, ...OUTAGES)) throw error;
      deps.log.warn({ account: account.id, err: error }, 'A page could not be brought up to date');
      return current;
    }
  }
  return changeCare(current, deps, () => ({ pageShows: shows }));
};

/** The store names the owner beside the credential, too. */
async function relabel(account: Account, request: Request, deps: CareDeps): Promise<Account> {
  const { records, ports } = deps.useCases;
  try {
    const secret = await labelSecret(request, ports, account);
    if (secret.version === account.secret.version) return account;
    return await records.updateAccount(account.id, (now) => ({
      account: { ...now, secret },
      events: [],
    }));
  } catch (error) {
    if (hasCode(error, ...OUTAGES)) throw error;
    // That it is not there, or closed to us, is for the check to find.
    deps.log.warn({ account: account.id, err: error }, 'A credential could not be labelled anew');
    return account;
  }
}

function ownersOf({ owner, secondOwner }: Account): string {
  return [owner, secondOwner ?? ''].join(' ');
}
