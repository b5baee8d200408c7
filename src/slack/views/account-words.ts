import type { Account, HealthState } from '../../domain/account.ts';
import { CREATE } from '../../domain/operation.ts';
import type { Order, Request } from '../../domain/request.ts';
import type { Catalogue } from '../catalogue.ts';
import { bold, clipMarkup, day, join, link, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { HEALTH } from './account-messages.ts';
import { titleOf } from './card-details.ts';

const SIGNS: Readonly<Record<HealthState, string>> = {
  healthy: ':white_check_mark:',
  expiring: ':hourglass_flowing_sand:',
  drifted: ':warning:',
  broken: ':x:',
  unknown: ':grey_question:',
};

/** How the account is, in words; a sign only stands beside them. */
export function healthWords(account: Account): Markup {
  if (account.state === 'closed') return say`:lock: Closed`;
  const { state } = account.care.health;
  return { mrkdwn: `${SIGNS[state]} ${HEALTH[state]}` };
}

/** Where it is used: the connection's name, or Flow itself. */
export function placeOfAccount({ connection }: Account, catalogue: Catalogue): string {
  if (connection === null) return 'Flow';
  return catalogue.connections.find(({ id }) => id === connection)?.name ?? connection;
}

/** "Service account to connect Flow to GitLab acme". */
export function titleOfAccount(order: Order, catalogue: Catalogue): string {
  return titleOf(
    { order, operation: CREATE } satisfies Pick<Request, 'order' | 'operation'>,
    catalogue,
  );
}

const LINE = 900;

/** An account on two lines, for lists. */
export function accountLine(account: Account, catalogue: Catalogue): Markup {
  const renewal = account.state === 'closed' ? [] : [say`next renewal ${day(account.rotateAt)}`];
  const facts = [
    healthWords(account),
    say`owner ${person(account.owner)}`,
    ...renewal,
    link(account.page.url, 'page'),
  ];
  const first = say`${bold(account.id)} ${words(account.address, 120)} · ${words(placeOfAccount(account, catalogue), 80)}`;
  return clipMarkup(join([first, join(facts, ' · ')]), LINE);
}
