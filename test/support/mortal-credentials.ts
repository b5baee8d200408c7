import { marker, secretName } from '../../src/domain/naming.ts';
import type { Request } from '../../src/domain/request.ts';
import type { MortalWorld } from './mortal-world.ts';
import type { Watcher } from './mortal.ts';

/** An account as the request that made it says; whatever is done with it later concerns the same. */
export type Subject = Pick<Request, 'id' | 'order'>;

/** An account's credentials as they are outside, whatever the app believes. */
export interface Credentials {
  /** Accepted by the vendor, or by Flow, at this moment. */
  readonly living: readonly string[];
  /** What is stored under the account's name. */
  readonly stored: string | undefined;
  /** What the pipeline or Flow works with; of a Flow user that is what is stored. */
  readonly used: string | undefined;
  /** Names in the store, without the account's mark. */
  readonly secrets: readonly string[];
}

export function credentialsOf(world: MortalWorld, account: Subject): Credentials {
  const { vault } = world.outside;
  const part = account.order.kind === 'flow-user' ? 'api-key' : 'token';
  const stored = vault.valueOf(secretName(account.id, part));
  const mark = `${marker(account.id)}-`;
  return {
    living: livingOf(world, account),
    stored,
    used: usedOf(world, account, stored),
    secrets: vault
      .secretsMeta()
      .filter(({ name, deleted }) => name.startsWith(mark) && !deleted)
      .map(({ name }) => name.slice(mark.length))
      .toSorted(),
  };
}

export interface Witness {
  readonly watch: Watcher;
  /** Moments in which nothing that works was in use, and what was about to happen then. */
  readonly seen: readonly string[];
  /** Every value that was stored at some time; of others the app cannot know. */
  readonly stored: ReadonlySet<string>;
}

/** Looks before every effect, and so after each one, whether the account's user can still work. */
export function witnessOf(world: MortalWorld, account: Subject): Witness {
  const seen: string[] = [];
  const stored = new Set<string>();
  return {
    seen,
    stored,
    watch({ what }) {
      for (const value of storedFor(world, account)) stored.add(value);
      const trouble = troubleOf(world, account);
      if (trouble !== undefined) seen.push(`${trouble}, before ${what}`);
    },
  };
}

function storedFor({ outside: { vault } }: MortalWorld, { id }: Subject): string[] {
  return vault
    .secretsMeta()
    .filter(({ name }) => name.startsWith(`${marker(id)}-`))
    .flatMap(({ name }) => vault.valueOf(name) ?? []);
}

function troubleOf(world: MortalWorld, account: Subject): string | undefined {
  const { living, stored, used } = credentialsOf(world, account);
  if (account.order.kind === 'flow-user') return troubleOfKey(world, account, living);
  if (used === undefined || !living.includes(used)) return 'What is in use does not work';
  return stored !== undefined && living.includes(stored) ? undefined : 'What is stored is dead';
}

/** Flow ends the old key when the new one is made, which is then in somebody's hands for a while. */
function troubleOfKey(
  world: MortalWorld,
  { id }: Subject,
  living: readonly string[],
): string | undefined {
  const name = secretName(id, 'api-key');
  const kept = [name, `${name}-next`].map((each) => world.outside.vault.valueOf(each));
  const inHands = [...world.performed.values()].map(({ deposit }) => deposit);
  return living.some((key) => [...kept, ...inHands].includes(key)) ? undefined : 'No key is left';
}

function livingOf({ outside }: MortalWorld, { id, order }: Subject): string[] {
  if (order.kind === 'flow-user') {
    const user = outside.flow.workspace.user(order.address);
    return [...outside.flow.workspace.keys].flatMap(([key, owner]) =>
      owner === user?.id ? [key] : [],
    );
  }
  if (order.connection === 'github') {
    const { tokens, users } = outside.github.world.state;
    const user = users.find(({ email }) => email === order.address);
    return tokens
      .filter(({ userId, state }) => userId === user?.id && state === 'active')
      .map(({ value }) => value);
  }
  return outside.gitlab.state.tokens
    .filter(({ name, revoked }) => name.startsWith(`${marker(id)}-`) && !revoked)
    .map(({ value }) => value);
}

function usedOf(
  { outside, inFlow }: MortalWorld,
  { id, order }: Subject,
  stored: string | undefined,
): string | undefined {
  switch (order.kind) {
    case 'flow-user':
      return stored;
    case 'integration':
      return inFlow.get(marker(id));
    case 'automation':
      return outside.ci
        .variables('projects acme/web')
        .find(({ description }) => description?.includes(marker(id)))?.value;
  }
}
