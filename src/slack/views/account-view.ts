import type { KnownBlock } from '@slack/types';

import type { AccountView } from '../../accounts/inventory.ts';
import type { Account } from '../../domain/account.ts';
import { context, fields, header, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { KINDS } from '../sentences.ts';
import { bold, day, join, joinUpTo, link, moment, person, quote, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { accountButtons } from './account-actions.ts';
import { healthWords, placeOfAccount, titleOfAccount } from './account-words.ts';
import { accountLines } from './card-details.ts';
import { requestLine } from './answers.ts';
import type { Request } from '../../domain/request.ts';

export interface AccountShowData {
  readonly view: AccountView;
  readonly catalogue: Catalogue;
  urlOf(request: Request): string | null;
}

/** Everything about one account, and what this person may do with it. */
export function accountMessage({ view, catalogue, urlOf }: AccountShowData): Message {
  const { account, origin, requests } = view;
  const text = say`${account.id}, ${words(account.address, 200)}: ${healthWords(account)}.`;
  const buttons = accountButtons(view);
  const blocks: KnownBlock[] = [
    header(titleOfAccount(origin.order, catalogue)),
    whatItIs(account, catalogue),
    section(say`${bold('Purpose')}\n${quote(account.purpose, 600)}`, 800),
    section(
      say`${bold('Access')}\n${joinUpTo(accountLines(account, catalogue.storeName).slice(1), 1600)}`,
      1800,
    ),
    section(healthLines(account), 1800),
    section(say`${bold('Dates')}\n${join(dates(account))}`, 1200),
    section(join(links(account, catalogue, urlOf(origin))), 3000),
    section(
      say`${bold('Requests about it, newest first')}\n${history(requests, catalogue, urlOf)}`,
      2500,
    ),
    ...underWay(view, urlOf),
    ...(buttons.length === 0 ? [] : [{ type: 'actions' as const, elements: buttons }]),
  ];
  return message(text, blocks);
}

function whatItIs(account: Account, catalogue: Catalogue): KnownBlock {
  const owners =
    account.secondOwner === null
      ? person(account.owner)
      : say`${person(account.owner)}, then ${person(account.secondOwner)}`;
  return fields([
    fact('Account', words(account.id)),
    fact('State', account.state === 'closed' ? say`Closed` : say`In use`),
    fact('Address', words(account.address, 200)),
    fact('Login', words(account.login, 200)),
    fact('For', words(KINDS[account.kind].label)),
    fact('Connection', words(placeOfAccount(account, catalogue), 150)),
    fact('Owner', owners),
    fact('Credential', say`number ${account.generation}`),
  ]);
}

function fact(label: string, value: Markup): Markup {
  return say`${bold(label)}\n${value}`;
}

function healthLines(account: Account): Markup {
  const { health } = account.care;
  if (account.state === 'closed') return say`${bold('Health')}\n${healthWords(account)}`;
  const checked =
    health.checkedAt === null
      ? say`not checked yet`
      : say`last checked ${moment(health.checkedAt)}`;
  const first = say`${healthWords(account)}, since ${moment(health.since)}; ${checked}.`;
  const says = health.says.slice(0, 8).map((sentence) => say`• ${words(sentence, 300)}`);
  return join([bold('Health'), first, ...(says.length === 0 ? [] : [joinUpTo(says, 1300)])]);
}

/** What has been, and what comes. */
function dates(account: Account): Markup[] {
  const { verification, care } = account;
  const made = [say`• Made ${day(account.createdAt)}`, say`• Verified ${moment(verification.at)}`];
  if (account.state === 'closed') {
    const { destroyAt } = care;
    return [
      ...made,
      ...(destroyAt === null ? [] : [say`• Stored secrets are destroyed ${day(destroyAt)}`]),
    ];
  }
  const { expiresAt } = verification;
  const reviewed = care.review.answers.at(-1);
  return [
    ...made,
    say`• Next renewal ${day(account.rotateAt)}, every ${account.rotationDays} days`,
    expiresAt === null
      ? say`• The credential does not expire`
      : say`• The credential expires ${day(expiresAt)}`,
    ...(care.review.dueAt === null ? [] : [say`• Next review ${day(care.review.dueAt)}`]),
    ...(reviewed === undefined
      ? []
      : [say`• Last review ${day(reviewed.at)}, answered by ${person(reviewed.by)}`]),
  ];
}

function links(account: Account, catalogue: Catalogue, card: string | null): Markup[] {
  const { secret, page } = account;
  return [
    say`${link(secret.url, 'Open the stored credential')} (${words(secret.name, 200)})`,
    link(page.url, `Open the page in ${catalogue.knowledgeName}`),
    ...(card === null ? [] : [link(card, 'Open the card of its request')]),
  ];
}

function history(
  requests: readonly Request[],
  catalogue: Catalogue,
  urlOf: AccountShowData['urlOf'],
): Markup {
  return joinUpTo(
    requests.map((request) => requestLine(request, catalogue, urlOf(request))),
    2300,
  );
}

function underWay(
  { underWay: request }: AccountView,
  urlOf: AccountShowData['urlOf'],
): KnownBlock[] {
  if (request === null) return [];
  const url = urlOf(request);
  const name = url === null ? words(request.id) : link(url, request.id);
  return [context(say`${name} is under way. Nothing else can begin until it is over.`)];
}
