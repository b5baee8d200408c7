import type { HumanTask } from '../domain/task.ts';
import type { Ports } from './ports.ts';

/**
 * Completes a "make a credential" task with the way it travels: the one-time page where there is
 * one, else straight into the store, from where the check reads it.
 */
export function depositTask(
  task: HumanTask,
  name: string,
  ports: Ports,
  finding: string | null,
): HumanTask {
  const deposit = { label: task.deposit?.label ?? task.title, secretName: name };
  const url = ports.store.url(name);
  if (ports.depositPage) {
    const handOver =
      'Press "Get the one-time page" below and paste it there. Never paste it into Slack.';
    return { ...task, deposit, instructions: [...task.instructions, handOver], finding };
  }
  return {
    ...task,
    deposit: null,
    links: url === '' ? task.links : [...task.links, { label: `Open ${ports.storeName}`, url }],
    instructions: [
      ...task.instructions,
      `Put it into ${ports.storeName} under the name ${name}, in the field "value". Never paste it into Slack.`,
      'Press "Done" here. The app reads it from there and checks it.',
    ],
    finding: finding ?? (task.finding === null ? null : task.finding),
  };
}
