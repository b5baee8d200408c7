import { nextName, previousName, secretName } from '../domain/naming.ts';
import { accountIdOf } from '../domain/operation.ts';
import type { Request } from '../domain/request.ts';
import type { HumanTask } from '../domain/task.ts';
import type { Ports } from './ports.ts';

/**
 * A store without pages for people gives no link to follow, so a task names what is kept there:
 * whoever runs the app reveals it by its name.
 */
export async function nameSecrets(
  task: HumanTask,
  request: Pick<Request, 'id' | 'operation'>,
  { store, storeName }: Pick<Ports, 'store' | 'storeName'>,
): Promise<HumanTask> {
  const names = secretNames(request).filter((name) => store.url(name) === '');
  if (names.length === 0) return task;
  const found = await Promise.all(names.map((name) => store.find(name)));
  const stored = names.filter((_, index) => found[index] !== undefined);
  const links = task.links.filter(({ url }) => url !== '');
  if (stored.length === 0) return { ...task, links };
  const where = `Kept for this account in ${storeName}: ${stored.join(', ')}. Whoever runs this app can reveal to you the one that you need.`;
  return { ...task, links, instructions: [...task.instructions, where] };
}

function secretNames(request: Pick<Request, 'id' | 'operation'>): string[] {
  const parts = ['password', 'token', 'api-key'] as const;
  const names = parts.map((part) => secretName(accountIdOf(request), part));
  if (request.operation.kind !== 'rotate') return names;
  return names.flatMap((name) => [name, nextName(name), previousName(name)]);
}
