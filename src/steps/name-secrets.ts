import { secretName } from '../domain/naming.ts';
import type { Request } from '../domain/request.ts';
import type { HumanTask } from '../domain/task.ts';
import type { Ports } from './ports.ts';

/**
 * A store without pages for people gives no link to follow, so a task names what is kept there:
 * whoever runs the app reveals it by its name.
 */
export async function nameSecrets(
  task: HumanTask,
  { id }: Request,
  { store, storeName }: Pick<Ports, 'store' | 'storeName'>,
): Promise<HumanTask> {
  const parts = ['password', 'token', 'api-key'] as const;
  const names = parts.map((part) => secretName(id, part)).filter((name) => store.url(name) === '');
  if (names.length === 0) return task;
  const found = await Promise.all(names.map((name) => store.find(name)));
  const stored = names.filter((_, index) => found[index] !== undefined);
  const links = task.links.filter(({ url }) => url !== '');
  if (stored.length === 0) return { ...task, links };
  const where = `Kept for this account in ${storeName}: ${stored.join(', ')}. Whoever runs this app can reveal to you the one that you need.`;
  return { ...task, links, instructions: [...task.instructions, where] };
}
