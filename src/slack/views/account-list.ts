import type { Button, KnownBlock } from '@slack/types';

import type { AccountPage } from '../../accounts/inventory.ts';
import { filterWords } from '../../accounts/inventory-filter.ts';
import type { InventoryFilter } from '../../accounts/inventory-filter.ts';
import type { Account } from '../../domain/account.ts';
import type { Request } from '../../domain/request.ts';
import { button, context, message, note, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { ACTION, COMMAND } from '../ids.ts';
import { KINDS } from '../sentences.ts';
import { bold, join, joinUpTo, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { HEALTH } from './account-messages.ts';
import { accountLine } from './account-words.ts';
import { requestLine } from './answers.ts';

export interface AccountListData {
  readonly page: AccountPage;
  /** The person's requests that are not over; only beside their own accounts. */
  readonly requests: readonly Request[];
  readonly catalogue: Catalogue;
  urlOf(request: Request): string | null;
}

/** One page of accounts, with a way to the next one, and the person's open requests. */
export function accountList({ page, requests, catalogue, urlOf }: AccountListData): Message {
  const { accounts, filter } = page;
  const first = filter.before === undefined;
  if (accounts.length === 0 && requests.length === 0) return note(nothing(filter, catalogue));
  const title = say`${heading(filter, catalogue)}, newest first${first ? '' : ', continued'}:`;
  return message(title, [
    ...(accounts.length === 0 ? [section(nothing(filter, catalogue))] : [section(title)]),
    ...accounts.map((account) => accountRow(account, catalogue)),
    ...turns(page),
    ...(requests.length === 0 ? [] : [requestsBlock(requests, catalogue, urlOf)]),
    ...(first ? [context(HINT)] : []),
  ]);
}

const HINT = say`To find one: \`${COMMAND} list broken\`, \`list connection:gitlab\`, \`list kind:automation\`, \`list closed\`. Admins see those of others too: \`list all\`, \`list owner:@somebody\`.`;

/** An account with the button that opens it. */
export function accountRow(account: Account, catalogue: Catalogue): KnownBlock {
  return {
    ...section(accountLine(account, catalogue)),
    accessory: button({
      id: ACTION.showAccount,
      label: 'Show',
      spoken: `Show account ${account.id}`,
      value: account.id,
    }),
  };
}

function turns({ filter, next }: AccountPage): KnownBlock[] {
  const { before, ...firstPage } = filter;
  const buttons = [
    ...(before === undefined ? [] : [turn('First page', 'first', firstPage)]),
    ...(next === null ? [] : [turn('Next', 'next', { ...filter, before: next })]),
  ];
  return buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }];
}

function turn(label: string, suffix: string, filter: InventoryFilter): Button {
  const spoken = `${label}: accounts`;
  return button({
    id: `${ACTION.listAccounts}:${suffix}`,
    label,
    spoken,
    value: filterWords(filter),
  });
}

function requestsBlock(
  requests: readonly Request[],
  catalogue: Catalogue,
  urlOf: AccountListData['urlOf'],
): KnownBlock {
  const lines = requests.map((request) => requestLine(request, catalogue, urlOf(request)));
  return section(join([bold('Your requests that are not over'), joinUpTo(lines, 2500)]));
}

function nothing(filter: InventoryFilter, catalogue: Catalogue): Markup {
  if (filter.before !== undefined) return say`There are no more accounts.`;
  const plain = filterWords(filter) === 'mine';
  return plain
    ? say`You own no service accounts and have no open requests. \`${COMMAND}\` opens the form.`
    : say`${heading(filter, catalogue)}: there are none. ${knownConnections(filter, catalogue)}`;
}

/** Somebody who mistyped a connection sees which there are. */
function knownConnections({ connection }: InventoryFilter, catalogue: Catalogue): Markup {
  const known = catalogue.connections.map(({ id }) => id);
  if (connection === undefined || known.includes(connection)) return say``;
  return say`Connections are: ${words(known.join(', '), 400)}.`;
}

/** "Your accounts in use that are broken, at GitLab acme". */
function heading(filter: InventoryFilter, catalogue: Catalogue): Markup {
  const { scope, state, health, kind, connection, owner } = filter;
  const whose =
    owner === undefined ? (scope === 'all' ? 'All accounts' : 'Your accounts') : 'Accounts';
  const name = catalogue.connections.find(({ id }) => id === connection)?.name ?? connection;
  const parts = [
    say`${whose} ${state === 'closed' ? 'that are closed' : 'in use'}`,
    ...(owner === undefined ? [] : [say`owner ${person(owner)}`]),
    ...(health === undefined ? [] : [say`${HEALTH[health].toLowerCase()}`]),
    ...(kind === undefined ? [] : [say`kind “${KINDS[kind].label}”`]),
    ...(name === undefined ? [] : [say`connection ${words(name, 80)}`]),
  ];
  return join(parts, ', ');
}
