import { readFilter } from '../accounts/inventory-filter.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import { parseRequestId } from '../domain/naming.ts';
import type { Request } from '../domain/request.ts';
import type { Tell } from './answering.ts';
import { note } from './blocks.ts';
import type { RoomDeps } from './deps.ts';
import { COMMAND } from './ids.ts';
import { explainRefusal, viewer } from './members.ts';
import { say, words } from './text.ts';
import { accountList } from './views/account-list.ts';
import { accountStory } from './views/account-story.ts';
import { accountMessage } from './views/account-view.ts';
import { statusAnswer } from './views/answers.ts';

/** `list`, with filters as words. */
export async function answerList(
  person: string,
  text: string,
  tell: Tell,
  deps: RoomDeps,
): Promise<void> {
  const read = readFilter(text);
  if (read.kind === 'unknown') {
    await tell(note(unknownFilter(read.word)));
    return;
  }
  await asViewer(person, deps, tell, async (member) => {
    const page = await deps.inventory.list(member, read.filter);
    if (page === 'not-an-admin') {
      await tell(note(ONLY_ADMINS));
      return undefined;
    }
    if (typeof page === 'string') return page;
    const { scope, before, owner } = page.filter;
    const own = scope === 'mine' && before === undefined && owner === undefined;
    const requests = own ? (await deps.inventory.openRequests(person)).slice(0, MOST_REQUESTS) : [];
    const urlOf = await cardUrls(requests, deps);
    await tell(accountList({ page, requests, catalogue: deps.catalogue, urlOf }));
    return undefined;
  });
}

const ONLY_ADMINS = say`Only the admins of this app see the accounts of others. \`${COMMAND} list\` shows yours.`;
const MOST_REQUESTS = 20;

/** `show` and `status`: an account, or a request that made none or is not over. */
export async function answerShow(
  person: string,
  verb: string,
  text: string,
  tell: Tell,
  deps: RoomDeps,
): Promise<void> {
  await asViewer(person, deps, tell, async (member) => {
    const id = parseRequestId(text);
    const view = id === undefined ? undefined : await deps.inventory.find(member, id);
    if (view !== undefined) {
      const requests = [view.origin, ...view.requests];
      const urlOf = await cardUrls(requests, deps);
      await tell(accountMessage({ view, catalogue: deps.catalogue, urlOf }));
      return undefined;
    }
    const request = id === undefined ? undefined : await deps.requests.find(id);
    if (request === undefined) await tell(unknownId(verb, text));
    else await tell(statusAnswer(request, deps.catalogue, await deps.card.url(request.id)));
    return undefined;
  });
}

/** As many as are readable in one message, and within what Slack takes. */
const MOST_EVENTS = 28;

/** `audit`: what happened with an account. */
export async function answerStory(
  person: string,
  text: string,
  tell: Tell,
  deps: RoomDeps,
): Promise<void> {
  await asViewer(person, deps, tell, async (member) => {
    const id = parseRequestId(text);
    const story =
      id === undefined ? undefined : await deps.inventory.story(member, id, MOST_EVENTS);
    if (story === undefined) await tell(unknownAccount('audit', text));
    else if (typeof story === 'string') return story;
    else await tell(accountStory(story, deps.catalogue));
    return undefined;
  });
}

/** What `work` returns is why it was refused. */
async function asViewer(
  person: string,
  deps: RoomDeps,
  tell: Tell,
  work: (member: Member) => Promise<Refusal | undefined>,
): Promise<void> {
  const seen = await viewer(person, deps);
  const refusal = 'refusal' in seen ? seen.refusal : await work(seen.member);
  if (refusal !== undefined) await tell(note(explainRefusal(refusal, null, deps)));
}

/** Where the cards of these requests are. */
export async function cardUrls(
  requests: readonly Request[],
  deps: RoomDeps,
): Promise<(request: Request) => string | null> {
  const ids = [...new Set(requests.map(({ id }) => id))];
  const urls = new Map(
    await Promise.all(ids.map(async (id) => [id, await deps.card.url(id)] as const)),
  );
  return ({ id }) => urls.get(id) ?? null;
}

function unknownFilter(word: string) {
  return say`“${words(word, 60)}” is no filter that \`list\` knows. Use for example \`${COMMAND} list broken\`, \`list all connection:gitlab\`, \`list kind:automation\`, \`list closed\` or \`list owner:@somebody\`.`;
}

export function unknownId(verb: string, text: string) {
  return note(
    text === ''
      ? say`Please add the id, for example \`${COMMAND} ${verb} SA-7K3F9Q\`.`
      : say`There is no request or account “${words(text, 60)}”. An id looks like SA-7K3F9Q; \`${COMMAND} list\` shows yours.`,
  );
}

function unknownAccount(verb: string, text: string) {
  return note(
    text === ''
      ? say`Please add the account’s id, for example \`${COMMAND} ${verb} SA-7K3F9Q\`.`
      : say`There is no account “${words(text, 60)}”. An id looks like SA-7K3F9Q; \`${COMMAND} list\` shows yours.`,
  );
}
