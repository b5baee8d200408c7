import type { Account } from '../domain/account.ts';
import type { PostedMessage } from '../records/records.ts';
import type { Message } from './blocks.ts';
import { CARD, fingerprint, placeOf } from './card.ts';
import type { RoomDeps } from './deps.ts';
import { refreshHomes } from './home.ts';
import { showMessage } from './post-once.ts';
import { channelOf } from './render.ts';
import { showDirect } from './render-direct.ts';
import { slackWord } from './slack-errors.ts';
import {
  answeredMessage,
  handOverMessage,
  healthMessage,
  reminderMessage,
  reviewMessage,
} from './views/account-messages.ts';

const HEALTH = 'care:health:';
const REMINDER = 'care:reminder:';
const REVIEW = 'care:review:';
const HAND_OVER = 'care:handover:';
/** Stands for the thread under the account's card, where the approvers are. */
const CHANNEL = 'channel';
const APPROVERS = 'approvers';

interface Told {
  readonly key: string;
  readonly to: string;
  readonly message: Message;
}

/** Shows people what they have to know or answer about an account; drawn from the records alone. */
export async function renderAccount(account: Account, deps: RoomDeps): Promise<void> {
  const posted = await deps.records.messages.list(account.id);
  const isOpen = account.state === 'active';
  const wanted = isOpen ? [...health(account, posted), ...reminder(account)] : [];
  const review = isOpen ? reviewAsks(account) : [];
  const handOver = isOpen ? handOverAsks(account) : [];
  for (const told of [...wanted, ...review, ...handOver]) await tell(account, told, deps);
  await closePast(account, posted, REVIEW, review, answeredMessage(account, 'review'), deps);
  await closePast(account, posted, HAND_OVER, handOver, answeredMessage(account, 'handOver'), deps);
  const { owner, secondOwner } = account;
  await refreshHomes(secondOwner === null ? [owner] : [owner, secondOwner], deps);
}

/** Nothing is said of an account that has always been well. */
function health(account: Account, posted: readonly PostedMessage[]): Told[] {
  const { state, since } = account.care.health;
  const before = posted.filter(({ key }) => key.startsWith(HEALTH));
  if (state === 'healthy' && before.length === 0) return [];
  const knewOfTrouble = (to: string): boolean => before.some(({ key }) => key.endsWith(`|${to}`));
  const people = [account.owner, ...(state === 'broken' ? [CHANNEL] : [])];
  const toTell = state === 'healthy' ? [account.owner, CHANNEL].filter(knewOfTrouble) : people;
  const message = healthMessage(account);
  return toTell.map((to) => ({ key: `${HEALTH}${since}|${to}`, to, message }));
}

/** The owner first; the nearer the day, the more people. */
function reminder(account: Account): Told[] {
  const days = account.care.reminder.sentDays;
  if (days === null) return [];
  const second = account.secondOwner === null ? [] : [account.secondOwner];
  const people = [account.owner, ...(days <= 14 ? second : []), ...(days <= 3 ? [CHANNEL] : [])];
  const message = reminderMessage(account, days);
  return people.map((to) => ({
    key: `${REMINDER}${account.rotateAt}|${days}|${to}`,
    to,
    message,
  }));
}

function reviewAsks(account: Account): Told[] {
  const { askedAt, dueAt, escalations } = account.care.review;
  if (askedAt === null) return [];
  const second = account.secondOwner === null ? [] : [account.secondOwner];
  const people = [
    account.owner,
    ...(escalations >= 1 ? second : []),
    ...(escalations >= 2 ? [CHANNEL] : []),
  ];
  const message = reviewMessage(account);
  return people.map((to) => ({ key: `${REVIEW}${dueAt}|${to}`, to, message }));
}

function handOverAsks(account: Account): Told[] {
  const { handOver } = account.care;
  if (handOver === null) return [];
  const forApprovers = handOver.to === APPROVERS;
  const to = forApprovers ? CHANNEL : handOver.to;
  const message = handOverMessage(account, forApprovers);
  return [{ key: `${HAND_OVER}${handOver.askedAt}|${to}`, to, message }];
}

async function tell(account: Account, { key, to, message }: Told, deps: RoomDeps): Promise<void> {
  if (to !== CHANNEL) {
    await showDirect(account, key, to, message, true, deps);
    return;
  }
  const card = placeOf(await deps.records.messages.find(account.id, CARD));
  await showMessage(
    {
      requestId: account.id,
      key,
      channel: card?.channel ?? channelOf(deps),
      thread: card?.ts ?? null,
      message,
      once: true,
    },
    deps,
  );
}

/** A question that is answered loses its buttons, wherever it was asked. */
async function closePast(
  { id }: Account,
  posted: readonly PostedMessage[],
  prefix: string,
  current: readonly Told[],
  message: Message,
  deps: RoomDeps,
): Promise<void> {
  const open = new Set(current.map(({ key }) => key));
  for (const old of posted) {
    const place = placeOf(old);
    if (!old.key.startsWith(prefix) || open.has(old.key) || place === null) continue;
    if (old.shows.startsWith('closed')) continue;
    try {
      await deps.messenger.update(place, message);
    } catch (error) {
      // Gone, or no longer to be edited: its buttons answer “too late” by themselves.
      if (slackWord(error) === undefined) throw error;
    }
    const shows = `closed ${fingerprint(message)}`;
    await deps.records.messages.save({ ...old, requestId: id, shows });
  }
}
