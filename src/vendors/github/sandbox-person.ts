import type { HumanTask } from '../../domain/task.ts';
import type { SandboxToken, SandboxWorld } from './sandbox-world.ts';
import { TASK_IDS } from './tasks.ts';

interface About {
  readonly address: string;
  readonly marker: string;
}

interface Performed {
  readonly answers: Readonly<Record<string, string>>;
  readonly deposit: string | null;
}

const NOTHING: Performed = { answers: {}, deposit: null };

/** A person who does what a task says, word for word, and nothing that it does not say. */
export function performTask(world: SandboxWorld, task: HumanTask, about: About): Performed {
  const login = () => loginOf(world, about);
  switch (task.id) {
    case TASK_IDS.register:
      return register(world, task, about);
    case TASK_IDS.accept:
      world.accept(login());
      return NOTHING;
    case TASK_IDS.token:
      return { answers: {}, deposit: makeToken(world, task, login()).value };
    case TASK_IDS.delete:
      world.deleteUser(login());
      return NOTHING;
    default:
      throw new Error(`GitHub's person does not know the task ${task.id}.`);
  }
}

function loginOf(world: SandboxWorld, { address }: About): string {
  const user = world.state.users.find((one) => one.email === address);
  if (user === undefined) throw new Error(`nobody is registered with ${address}`);
  return user.login;
}

function register(world: SandboxWorld, task: HumanTask, { address }: About): Performed {
  const bio = told(task, /Bio: ([^\s.]+)/);
  const name = told(task, /Name: ([^.]+)\./);
  const wish = told(task, /^Username: (\S+)$/);
  const login = world.findUser(wish) === undefined ? wish : `${wish}-flow`;
  if (told(task, /^Email: (\S+)$/) !== address) throw new Error('the task names another address');
  world.register(login, { email: address, bio, name });
  return { answers: { login }, deposit: null };
}

function makeToken(world: SandboxWorld, task: HumanTask, login: string): SandboxToken {
  const expiresAt = `${told(task, /^Expiration: Custom, (\d{4}-\d\d-\d\d)/)}T00:00:00.000Z`;
  const note = find(task, /^Note: (\S+)$/);
  if (note !== undefined) {
    const scopes = told(task, /^Select scopes: exactly (.+)\.$/).split(', ');
    return world.makeToken(login, { name: note, expiresAt, scopes });
  }
  const chosen = find(task, /^Repository access: Only select repositories, exactly (.+)\.$/);
  return world.makeToken(login, {
    name: told(task, /^Token name: (\S+)$/),
    expiresAt,
    owner: told(task, /^Resource owner: ([^.\s]+)\./),
    selection: chosen === undefined ? 'all' : 'subset',
    repositories: chosen?.split(', ').map((name) => `${world.org}/${name}`) ?? [],
    permissions: {
      repository: levels(find(task, /^Repository permissions: exactly (.+)\.$/)),
      organization: levels(find(task, /^Organization permissions: exactly (.+)\.$/)),
    },
  });
}

/** "Contents: Read-only, Pull requests: Read and write" as the API names them. */
function levels(text: string | undefined): Record<string, string> {
  const parts = (text ?? '').split(', ').filter((part) => part !== '');
  return Object.fromEntries(
    parts.map((part) => {
      const [label = '', level] = part.split(': ');
      const key = label.toLowerCase().replaceAll(' ', '_');
      return [key, level === 'Read-only' ? 'read' : 'write'];
    }),
  );
}

/** What the task says at this place; a person cannot do what it does not say. */
export function told(task: HumanTask, pattern: RegExp): string {
  const text = find(task, pattern);
  if (text === undefined) throw new Error(`the task does not say ${pattern}`);
  return text;
}

function find(task: HumanTask, pattern: RegExp): string | undefined {
  const hits = task.instructions.map((line) => pattern.exec(line)?.[1]);
  return hits.find((hit) => hit !== undefined);
}
