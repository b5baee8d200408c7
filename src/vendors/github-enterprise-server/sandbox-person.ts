import type { Clock } from '../../lib/clock.ts';
import type { HumanTask } from '../../domain/task.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { Performed } from '../../sandbox/kit/adapter-sandbox.ts';
import { performTask, told } from '../github/sandbox-person.ts';
import type { SandboxWorld } from '../github/sandbox-world.ts';
import type { ServerState } from './sandbox-server.ts';
import { TASK_IDS } from './tasks.ts';

interface About {
  readonly address: string;
  readonly marker: string;
}

/** Does what a task says, word for word: the directory's administrator, or the account itself. */
export function performServerTask(
  world: SandboxWorld,
  { state }: ServerState,
  clock: Clock,
  task: HumanTask,
  about: About,
): Performed {
  if (task.id === TASK_IDS.token) return performTask(world, task, about);
  if (task.id === TASK_IDS.directory) return enterDirectory(world, task, about);
  if (task.id !== TASK_IDS.leave) throw new Error(`nobody here knows the task ${task.id}`);
  const user = world.state.users.find(({ email }) => email === about.address);
  if (user === undefined) throw new Error('there is nobody to disable');
  state.suspended.set(user.id, clock.now().toISOString());
  return NOTHING;
}

function enterDirectory(world: SandboxWorld, task: HumanTask, { address }: About): Performed {
  const wish = told(task, /Username: (\S+)$/);
  if (told(task, /^Email: (\S+)$/) !== address) throw new Error('the task names another address');
  const login = world.findUser(wish) === undefined ? wish : `${wish}-flow`;
  world.register(login, { email: address, name: told(task, /^Display name: (.+)$/) });
  return { answers: { login }, deposit: null };
}
