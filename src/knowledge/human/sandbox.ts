import { NOTHING } from '../../sandbox/kit/adapter-sandbox.ts';
import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';
import type { HumanTask } from '../../domain/task.ts';

export interface HandWrittenPage {
  readonly url: string;
  title: string;
  text: string;
}

export interface HumanKnowledgeSandbox extends AdapterSandbox {
  /** Pages by their reference. */
  readonly pages: Map<string, HandWrittenPage>;
  /** How often a page was written. */
  writes(): number;
  answers(task: HumanTask): Readonly<Record<string, string>>;
}

/** A wiki without an API, and a person who does what the task says. */
export function openSandbox(_deps: SandboxDeps): Promise<HumanKnowledgeSandbox> {
  const pages = new Map<string, HandWrittenPage>();
  let writes = 0;

  function write(task: HumanTask): Readonly<Record<string, string>> {
    writes += 1;
    const reference = after(task, 'Reference: ').at(-1) ?? '';
    const text = task.instructions.slice(1, -1).join('\n');
    const title = after(task, 'Title: ')[0] ?? '';
    const present = pages.get(reference);
    if (present === undefined) {
      const url = `https://wiki.example.com/page-${pages.size + writes}`;
      pages.set(reference, { url, title, text });
    } else Object.assign(present, { title, text });
    return { page_url: pages.get(reference)?.url ?? '' };
  }

  function close(task: HumanTask): Readonly<Record<string, string>> {
    writes += 1;
    const link = task.links[0]?.url;
    const page = [...pages.values()].find(({ url }) => url === link);
    if (page !== undefined) page.text = `${task.instructions[1] ?? ''}\n${page.text}`;
    return { page_closed: 'closed' };
  }

  const answers = (task: HumanTask) =>
    task.id.startsWith('close-page') ? close(task) : write(task);
  return Promise.resolve({
    servers: [],
    config: { system: 'the team wiki', hosts: ['wiki.example.com'] },
    pages,
    writes: () => writes,
    answers,
    perform: (task) => Promise.resolve({ ...NOTHING, answers: answers(task) }),
    close: () => Promise.resolve(),
  });
}

function after({ instructions }: HumanTask, label: string): string[] {
  return instructions
    .filter((line) => line.startsWith(label))
    .map((line) => line.slice(label.length));
}
