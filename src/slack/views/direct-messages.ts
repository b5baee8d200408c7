import type { Account } from '../../domain/account.ts';
import { counted } from '../../domain/counted.ts';
import { isLater } from '../../domain/operation.ts';
import type { Request, State } from '../../domain/request.ts';
import { note } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { day, join, link, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';

/** What the requester is told about an outcome; undefined while there is none to tell. */
export function outcomeDirectMessage(
  request: Request,
  account: Account | undefined,
  catalogue: Catalogue,
  cardUrl: string | null,
): Message | undefined {
  const text =
    request.state === 'done' && account !== undefined
      ? ready(request, account)
      : OUTCOMES[request.state](request, catalogue);
  if (text === undefined) return undefined;
  return note(cardUrl === null ? text : join([text, link(cardUrl, 'Open the request')]));
}

type Say = (request: Request, catalogue: Catalogue) => Markup | undefined;

const nothing: Say = () => undefined;

const OUTCOMES: Readonly<Record<State, Say>> = {
  pending: nothing,
  undoing: nothing,
  cancelled: nothing,
  approved,
  provisioning: approved,
  waiting: approved,
  denied({ id, decisions }) {
    const last = decisions.at(-1);
    return say`Your request ${id} was denied by ${person(last?.by ?? 'system')}: ${words(last?.reason ?? 'no reason given', 800)}`;
  },
  expired: ({ id }) =>
    say`Your request ${id} expired because nobody decided in time. You can send it again.`,
  failed(request, catalogue) {
    const { failure } = request;
    if (failure === null) return undefined;
    const step = catalogue.stepTitle(request, failure.step);
    if (failure.undoing === true) {
      return say`Your request ${request.id} is not undone yet, it stopped at “${step}”: ${words(failure.message, 600)} The approvers can have it tried again.`;
    }
    return say`Your request ${request.id} stopped at “${step}”: ${words(failure.message, 600)} The approvers can have it tried again or undone; what is done so far is kept.`;
  },
  undone: ({ id, operation, failure }) =>
    operation.kind === 'rotate' && failure !== null
      ? say`Your request ${id} stopped: ${words(failure.message, 600)} The account goes on with a credential that works; what was made beside it is taken back.`
      : say`Your request ${id} was stopped, and what was made for it is undone.`,
  done: ({ id }) => say`Your request ${id} is done.`,
};

function approved({ id, decisions, policy }: Request): Markup {
  const last = decisions.at(-1);
  return policy.autoApproved || last === undefined
    ? say`Your request ${id} was approved at once by a rule. Setting up begins now.`
    : say`Your request ${id} was approved by ${person(last.by)}. Setting up begins now.`;
}

function ready({ id, operation }: Request, account: Account): Markup {
  if (operation.kind === 'rotate') {
    return say`Your request ${id} is done: ${words(account.address, 200)} has a new credential, verified and in use. The next renewal is due ${day(account.rotateAt)}.`;
  }
  if (operation.kind === 'close') {
    return say`Your request ${id} is done: ${words(account.address, 200)} is closed.`;
  }
  const { count, noun } = account.verification.sees;
  return say`Your request ${id} is done: ${words(account.address, 200)} was verified and sees ${counted(count, noun)}. ${link(account.secret.url, 'Open the stored credential')}. The next renewal is due ${day(account.rotateAt)}.`;
}

/** To an owner who did not ask for the account themselves. */
export function ownerDirectMessage(request: Request, account: Account, owner: string): Message {
  if (isLater(request.operation)) return operationTold(request, account);
  const role =
    owner === account.owner
      ? say`You are its owner and are asked when it needs a person.`
      : say`You are its second owner and are asked when ${person(account.owner)} is away.`;
  return note(
    say`The service account ${words(account.address, 200)} is ready (${request.id}, asked for by ${person(request.requester)}). ${role} ${link(account.page.url, 'Open its page')}. The next renewal is due ${day(account.rotateAt)}.`,
  );
}

function operationTold({ id, operation, requester }: Request, account: Account): Message {
  const what =
    operation.kind === 'close'
      ? say`The service account ${words(account.address, 200)} is closed`
      : say`The service account ${words(account.address, 200)} has a new credential, verified and in use`;
  return note(say`${what} (${id}, asked for by ${person(requester)}).`);
}
