import type { KnownBlock } from '@slack/types';

import type { Account } from '../../domain/account.ts';
import { counted } from '../../domain/counted.ts';
import { accountIdOf } from '../../domain/operation.ts';
import type { AdoptOperation, LaterOperation } from '../../domain/operation.ts';
import type { Request } from '../../domain/request.ts';
import { context, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { bold, day, join, joinUpTo, link, moment, person, quote, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { accountLines, titleOf } from './card-details.ts';

/** What an operation will do, and what is told beforehand; undefined for a new account. */
export function operationBlock(request: Request): KnownBlock | undefined {
  const { operation } = request;
  if (operation.kind === 'create') return undefined;
  if (operation.kind === 'adopt') return section(join(adoptionLines(request, operation)), 2000);
  const lines = operation.kind === 'rotate' ? rotationLines(request) : closingLines(request);
  const asked =
    operation.reason === '' ? [] : [say`${bold('Why')}\n${quote(operation.reason, 500)}`];
  return section(join([...asked, bold('What happens'), ...lines]), 2000);
}

function rotationLines({ order }: Request): Markup[] {
  if (order.kind === 'flow-user') {
    return [
      say`• Flow allows one API key per user: making the new key ends the old one at once. Whatever uses the old key stops until it gets the new one.`,
      say`• The new key is stored as the next version and proven before this ends.`,
    ];
  }
  const end = order.kind === 'automation' ? say`the pipeline` : say`Flow`;
  return [
    say`• A new credential is made beside the old one, stored, and proven.`,
    say`• Then ${end} gets the new one. The old one works until the grace period is over.`,
    say`• If anything fails before that, the old one stays in use.`,
  ];
}

function adoptionLines({ order }: Request, { login, storedAs }: AdoptOperation): Markup[] {
  const where =
    storedAs === null
      ? say`• The owner is asked to hand in its credential through the one-time page.`
      : say`• Its credential is copied from ${words(storedAs, 127)} in the store; what is there stays.`;
  const reached =
    order.kind === 'automation'
      ? say`• The pipeline gets the credential from the store. A secret of that name that the app did not put there is left alone, and the request stops until it is gone.`
      : say`• Nothing is made, and nothing about the account is changed.`;
  return [
    bold('What happens'),
    say`• The account ${bold(words(login, 254))}, which is there already, comes under care.`,
    where,
    say`• The credential is proven like a new one, and must be no more than is asked for here.`,
    reached,
    say`• From then on it is checked, renewed, reviewed and closed like any other.`,
  ];
}

function closingLines({ order }: Request): Markup[] {
  const first =
    order.kind === 'automation'
      ? say`• Its secret is taken out of the pipeline.`
      : order.kind === 'integration'
        ? say`• It is disconnected from Flow. :warning: Deleting an integration in Flow deletes all data that Flow has read through it.`
        : say`• Its user in Flow is deleted, and its API key ends with it.`;
  return [
    first,
    say`• Its credential is revoked, its access and its user are removed, its page is archived.`,
    say`• :warning: This cannot be undone.`,
  ];
}

/** The last word of an operation on an account. */
export function operationDoneMessage(
  request: Request,
  operation: LaterOperation,
  account: Account,
  catalogue: Catalogue,
): Message {
  return operation.kind === 'rotate'
    ? rotatedMessage(request, account, catalogue)
    : closedMessage(request, account, catalogue);
}

function rotatedMessage(request: Request, account: Account, catalogue: Catalogue): Message {
  const { verification, secret } = account;
  const { count, noun } = verification.sees;
  const text = say`${accountIdOf(request)} has a new credential: verified, it sees ${counted(count, noun)}.`;
  return message(text, [
    section(
      say`:white_check_mark: ${bold(titleOf(request, catalogue))}\n${person(request.requester)}, the new credential is in use and the old one is revoked. Verified at ${moment(verification.at)}: sees ${counted(count, noun)}.`,
    ),
    section(joinUpTo(accountLines(account, catalogue.storeName), 2900)),
    section(say`${link(secret.url, 'Open the stored credential')} (${secret.name})`),
    context(say`${request.id} · account ${account.id} · next renewal ${day(account.rotateAt)}`),
  ]);
}

function closedMessage(request: Request, account: Account, catalogue: Catalogue): Message {
  const { destroyAt } = account.care;
  const text = say`${account.id} is closed: ${words(account.address, 200)} can no longer be used.`;
  const kept =
    destroyAt === null
      ? say`• What ${catalogue.storeName} still holds of it is destroyed when its time is over.`
      : say`• What ${catalogue.storeName} still holds of it is destroyed ${day(destroyAt)}.`;
  return message(text, [
    section(say`:white_check_mark: ${bold(titleOf(request, catalogue))}\n${text}`),
    section(
      joinUpTo(
        [...request.steps.map(({ id }) => say`• Done: ${catalogue.stepTitle(request, id)}`), kept],
        2500,
      ),
    ),
    section(say`${link(account.page.url, `Open the archived page in ${catalogue.knowledgeName}`)}`),
    context(say`${request.id} · account ${account.id}`),
  ]);
}
