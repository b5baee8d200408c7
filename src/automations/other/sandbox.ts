import type { AdapterSandbox, SandboxDeps } from '../../sandbox/kit/adapter-sandbox.ts';

/** There is no system to stand in for; its person does what the task says and reports back. */
export function openSandbox(_deps: SandboxDeps): Promise<AdapterSandbox> {
  return Promise.resolve({
    servers: [],
    config: { system: 'Jenkins', targets: ['jenkins/*'] },
    perform(task) {
      const answers: Record<string, string> = {};
      for (const field of task.fields) answers[field.id] = field.example;
      return Promise.resolve({ answers, deposit: null });
    },
    close: () => Promise.resolve(),
  });
}
