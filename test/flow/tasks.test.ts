import { describe, expect, it } from 'vitest';

import type { HumanTask } from '../../src/domain/task.ts';
import type { FlowRole } from '../../src/flow/flow.ts';
import { inviteTask } from '../../src/flow/invite-task.ts';
import { createTasks } from '../../src/flow/tasks.ts';

const BASE_URL = 'https://acme.appfireflow.com';
const ADDRESS = 'flow-api@acme.example';
const PASSWORD_URL = 'https://vault.acme.example/ui/password';
const ADMIN: FlowRole = { kind: 'admin', permissions: [] };
const READER: FlowRole = { kind: 'permissions', permissions: ['users', 'repos'] };
const DETAILS = {
  tile: 'GitHub',
  name: 'GitHub acme (SA-7K3F9Q)',
  credentialUrl: 'https://vault.acme.example/ui/token',
  fields: [{ label: 'Base URL', value: 'https://github.acme.example' }],
  services: ['repositories', 'webhooks'],
  notes: ['Add the account to each private repository.'],
};
const tasks = createTasks(BASE_URL);
const EVERY: Readonly<Record<string, HumanTask>> = {
  invite: inviteTask(BASE_URL, ADDRESS, ADMIN, null),
  inviteReader: inviteTask(BASE_URL, ADDRESS, READER, null),
  createIntegration: tasks.createIntegration(DETAILS, null),
  replaceCredential: tasks.replaceCredential(DETAILS, null),
  signUp: tasks.signUp(ADDRESS, PASSWORD_URL, null),
  giveRole: tasks.giveRole(ADDRESS, READER, null),
  createKey: tasks.createKey(ADDRESS, PASSWORD_URL, 'flow-sa-7k3f9q-api-key'),
  hideFromReports: tasks.hideFromReports(ADDRESS, null),
  deleteUser: tasks.deleteUser(ADDRESS),
  deleteKey: tasks.deleteKey(ADDRESS),
  disconnect: tasks.disconnect(DETAILS.name),
};

describe("Tasks in Flow's pages", () => {
  it.each(Object.keys(EVERY))('%s links to the workspace and names a path to follow', (name) => {
    const task = EVERY[name]!;

    expect(task.links[0]).toEqual({ label: 'Open Flow', url: BASE_URL });
    expect(task.instructions.join('\n')).toMatch(/Settings > |Create your account/);
    expect(task.warnings).not.toHaveLength(0);
    const texts = [task.title, ...task.instructions, ...task.warnings];
    expect(texts.filter((text) => text.length > 300 || /[*_`]\w|undefined/.test(text))).toEqual([]);
  });

  it('warns in every integration task that deleting is no way to change credentials', () => {
    for (const task of [EVERY['createIntegration'], EVERY['replaceCredential']]) {
      expect(task?.warnings[0]).toContain('Never delete an integration');
      expect(task?.warnings).toContain(DETAILS.notes[0]);
      expect(task?.instructions).toContain('Field "Base URL": https://github.acme.example');
      expect(task?.links).toContainEqual({
        label: 'Open the credential',
        url: DETAILS.credentialUrl,
      });
    }
  });

  it('mentions webhooks only when they were ordered', () => {
    const without = tasks.createIntegration({ ...DETAILS, services: ['tickets'] }, null);

    expect(EVERY['createIntegration']?.instructions.join('\n')).toContain('webhooks');
    expect(without.instructions.join('\n')).not.toContain('webhooks');
    expect(without.instructions.join('\n')).toContain('choose exactly: Tickets');
  });

  it('tells what an Admin sees, and how a narrower role is made', () => {
    expect(EVERY['invite']?.warnings.join('\n')).toContain('An Admin sees');
    expect(EVERY['inviteReader']?.warnings.join('\n')).not.toContain('An Admin sees');
    expect(EVERY['inviteReader']?.instructions.join('\n')).toContain('tick exactly: users, repos.');
  });

  it('asks for the key as a deposit under the name it is stored by', () => {
    expect(EVERY['createKey']?.deposit).toEqual({
      label: 'Flow API key',
      secretName: 'flow-sa-7k3f9q-api-key',
    });
  });

  it('leaves out links to a store that has no pages', () => {
    const signUp = tasks.signUp(ADDRESS, '', null);
    const create = tasks.createIntegration({ ...DETAILS, credentialUrl: '' }, null);

    expect([signUp.links.length, create.links.length]).toEqual([1, 1]);
    expect(signUp.instructions.join('\n')).toContain('see the secret store');
    expect(create.instructions.join('\n')).toContain('from the secret store');
  });
});
