import type { Account } from '../domain/account.ts';
import { credentialStep, generationOf } from '../domain/operation.ts';
import { factsOf } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import type { Change } from '../records/records.ts';
import { rotateAt } from './account-page.ts';
import { BREAK_GLASS, breakGlassFacts } from './break-glass.ts';
import { accountFrom } from './confirm.ts';
import { pageOf, storedCredential, verificationOf } from './known-facts.ts';

/** What a finished request makes of its account. */
export function accountChange(
  request: Request,
  now: Date,
): Pick<Change, 'account' | 'changeAccount'> {
  switch (request.operation.kind) {
    case 'create':
    case 'adopt':
      return { account: accountFrom(request, now) };
    case 'rotate':
      return { changeAccount: (account) => rotated(account, request, now) };
    case 'close':
      return {
        changeAccount: (account) => ({
          ...account,
          state: 'closed',
          care: closedCare(account, now),
        }),
      };
  }
}

function rotated(account: Account, request: Request, now: Date): Account {
  const verification = verificationOf(request) ?? account.verification;
  const made = factsOf(request, 'new-credential');
  const secret = storedCredential(request) ?? account.secret;
  return {
    ...account,
    secret,
    verification,
    page: pageOf(request) ?? account.page,
    generation: generationOf(request),
    facts: {
      ...account.facts,
      [credentialStep(account.kind)]: { ...made, secret },
      verify: { verification },
      'verify-connection': factsOf(request, 'verify-connection') ?? {},
      [BREAK_GLASS]: breakGlassFacts(request),
    },
    rotateAt: rotateAt(request, now),
    care: rotatedCare(account, now),
  };
}

/** Reminded of anew, and looked at soon. */
function rotatedCare({ care }: Account, now: Date): Account['care'] {
  const at = now.toISOString();
  const reminder = { sentDays: null, snoozedUntil: null, reason: null };
  return { ...care, dueAt: at, checkAt: at, reminder };
}

/** Nobody is reminded of a closed account; only what is still stored is due to go. */
function closedCare({ care }: Account, now: Date): Account['care'] {
  return {
    ...care,
    dueAt: now.toISOString(),
    checkAt: null,
    review: { ...care.review, dueAt: null, askedAt: null, asked: null },
    handOver: null,
  };
}
