import type { Account } from '../domain/account.ts';
import { CREATE } from '../domain/operation.ts';
import type { Request } from '../domain/request.ts';
import { inheritedOf, orderOf } from '../requests/operate.ts';

/** The account as the steps know it: its first request, with today's owners and facts. */
export function asRequest(account: Account, origin: Request): Request {
  const inherited = inheritedOf(account, origin);
  return { ...origin, operation: CREATE, order: orderOf(account, origin), steps: [], inherited };
}
