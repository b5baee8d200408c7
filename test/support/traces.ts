import { marker } from '../../src/domain/naming.ts';
import type { Request } from '../../src/domain/request.ts';
import type { WikiPage } from '../../src/knowledge/confluence/sandbox-wiki.ts';
import { CHANNEL } from '../../src/sandbox/people.ts';
import type { Message } from '../../src/sandbox/slack/world.ts';
import type { SecretStore } from '../../src/stores/store.ts';
import type { MortalWorld } from './mortal-world.ts';

/** What a request has left in the world outside, as its owner would find it. */
export interface Traces {
  readonly users: number;
  /** Living tokens and keys, and how many of them are in the store. */
  readonly credentials: number;
  readonly storedCredentials: number;
  readonly secrets: readonly string[];
  /** Status lines of the pages about it. */
  readonly pages: readonly string[];
  readonly integrations: number;
  readonly variables: number;
}

/** Everything about `request` in a world in which there is no other. */
export async function tracesOf(
  world: MortalWorld,
  request: Request,
  store: SecretStore,
): Promise<Traces> {
  const { outside } = world;
  const values = livingCredentials(world, request);
  const secrets = outside.vault.secretsMeta().map(({ name }) => name);
  const stored = await Promise.all(
    secrets
      .filter((name) => /-(?:token|api-key)$/.test(name))
      .map(async (name) => (await store.read(name)).reveal()),
  );
  return {
    users: userCount(world, request),
    credentials: values.length,
    storedCredentials: values.filter((value) => stored.includes(value)).length,
    secrets: secrets.map((name) => name.replace(`${marker(request.id)}-`, '')).sort(),
    pages: pagesOf(world, request.id),
    integrations: outside.flow.workspace.integrations.length,
    variables: outside.ci.variables('projects acme/web').length,
  };
}

/** Status lines of the pages about an account. */
export function pagesOf({ outside }: MortalWorld, account: string): string[] {
  return outside.confluence
    .pages()
    .filter(({ body }) => body.includes(marker(account)))
    .map((page) => statusOf(page));
}

/** What was called or shown that should not have been, anywhere. */
export function mistakesIn({ outside, slack }: MortalWorld): string[] {
  return [
    ...outside.servers.flatMap(({ unexpected }) => unexpected),
    ...slack.unexpected,
    ...slack.advice,
    ...outside.confluence.exposures(),
  ];
}

/** Messages at the top of the channel that are, or were, the request's card. */
export function cardsOf({ slack }: MortalWorld, id: string): readonly Message[] {
  return slack.messages(CHANNEL.id).filter(({ metadata }) => payloadOf(metadata)['request'] === id);
}

/** How often each message of the request was posted, by what it is for. */
export function postsOf({ slack }: MortalWorld, id: string): Record<string, number> {
  const keys = slack.world.messages
    .map(({ metadata }) => payloadOf(metadata))
    .filter((payload) => payload['request'] === id)
    .map((payload) => String(payload['key']));
  return Object.fromEntries(
    [...new Set(keys)].map((key) => [key, keys.filter((each) => each === key).length]),
  );
}

function payloadOf(metadata: unknown): Record<string, unknown> {
  return (metadata as { event_payload?: Record<string, unknown> } | null)?.event_payload ?? {};
}

function userCount({ outside }: MortalWorld, { order }: Request): number {
  if (order.kind === 'flow-user')
    return outside.flow.workspace.users.filter(({ email }) => email === order.address).length;
  if (order.connection === 'github')
    return outside.github.world.state.users.filter(({ email }) => email === order.address).length;
  return outside.gitlab.state.users.filter(({ serviceOf }) => serviceOf !== null).length;
}

function livingCredentials({ outside }: MortalWorld, { order }: Request): string[] {
  if (order.kind === 'flow-user') {
    const user = outside.flow.workspace.user(order.address);
    return [...outside.flow.workspace.keys].flatMap(([key, id]) => (id === user?.id ? [key] : []));
  }
  if (order.connection === 'github') {
    const { tokens, users } = outside.github.world.state;
    const user = users.find(({ email }) => email === order.address);
    return tokens.filter(({ userId }) => userId === user?.id).map(({ value }) => value);
  }
  const { tokens } = outside.gitlab.state;
  const own = outside.gitlab.ownToken;
  return tokens.filter((token) => token !== own && !token.revoked).map(({ value }) => value);
}

function statusOf({ body, status }: WikiPage): string {
  return `${status}: ${/Status: ([^<]+)</.exec(body)?.[1] ?? 'none'}`;
}
