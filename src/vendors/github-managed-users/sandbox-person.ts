import type { HumanTask } from '../../domain/task.ts';
import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { Performed } from '../../sandbox/kit/adapter-sandbox.ts';
import { performTask, told } from '../github/sandbox-person.ts';
import type { SandboxWorld } from '../github/sandbox-world.ts';
import type { Provisioning } from './sandbox-scim.ts';
import { TASK_IDS } from './tasks.ts';

interface About {
  readonly address: string;
  readonly marker: string;
}

/** Does what a task says, word for word: the identity provider's administrator, or the account. */
export function performManagedTask(
  world: SandboxWorld,
  provisioning: Provisioning,
  task: HumanTask,
  about: About,
): Performed {
  if (task.id === TASK_IDS.token) return performTask(world, task, about);
  if (task.id === TASK_IDS.provision) return provide(provisioning, task, about);
  if (task.id !== TASK_IDS.leave) throw new Error(`nobody here knows the task ${task.id}`);
  const record = provisioning.records.find(({ address }) => address === about.address);
  if (record === undefined) throw new Error('there is nobody to take out');
  provisioning.deactivate(record);
  return NOTHING;
}

/** An identity provider has external ids of its own. */
function provide(provisioning: Provisioning, task: HumanTask, { address }: About): Performed {
  if (told(task, /^Email: (\S+)$/) !== address) throw new Error('the task names another address');
  const record = provisioning.provision({
    externalId: `idp-${provisioning.records.length}`,
    userName: told(task, /Username: (\S+)$/),
    displayName: told(task, /^Display name: (.+)$/),
    address,
  });
  if (record === undefined) throw new Error('the identity provider has such a user already');
  return { answers: { login: record.user.login }, deposit: null };
}
