import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { ConfigError } from '../../src/config/problem.ts';
import { parseConfig } from '../../src/config/load.ts';
import { policyOf } from '../../src/config/policy.ts';
import type { AdapterSlice, Registries } from '../../src/config/validate.ts';
import { Secret } from '../../src/domain/secret.ts';

const forge: AdapterSlice = {
  id: 'forge',
  name: 'Forge',
  schema: z.object({
    base_url: z.url(),
    token: z.instanceof(Secret, { error: 'must be a reference to a secret' }),
  }),
  example: 'base_url: https://forge.example.com\ntoken: env:FORGE_TOKEN',
};
const plain: AdapterSlice = { id: 'plain', name: 'Plain', schema: z.object({}), example: '' };
const registries: Registries = {
  vendors: [forge],
  automations: [plain],
  mailboxes: [plain],
  stores: [plain],
  knowledge: [plain],
  flow: { ...plain, id: 'flow' },
};

const VALID = `
slack: { bot_token: env:BOT, app_token: env:APP, approvals_channel: C0123 }
flow: {}
mailboxes: { type: plain }
store: { type: plain }
knowledge: { type: plain }
connections:
  - { id: forge, name: Forge, vendor: forge, base_url: https://forge.example.com, token: env:FORGE }
policy:
  rules:
    - { name: all, approvers: { users: [U0001] }, expires_after: 2d }
`;
const ENV = { BOT: 'xoxb-planted', APP: 'xapp-planted', FORGE: 'forge-planted-token' };

function problemsOf(text: string, env: Record<string, string> = ENV) {
  try {
    parseConfig(text, registries, { env });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('Configuration', () => {
  it('delivers secrets only as Secret objects', () => {
    const config = parseConfig(VALID, registries, { env: ENV });

    expect(config.slack?.bot_token?.reveal()).toBe('xoxb-planted');
    expect(JSON.stringify(config)).not.toContain('planted');
    expect(config.slices.get('connections[0]')).toMatchObject({
      base_url: 'https://forge.example.com',
    });
  });

  it('turns durations and rules into the words of the domain', () => {
    const config = parseConfig(VALID, registries, { env: ENV });

    const policy = policyOf(config);

    expect(policy.rules[0]).toMatchObject({ name: 'all', needed: 1, selfApproval: false });
    expect(policy.rules[0]?.expiresAfterMs).toBe(2 * 86_400_000);
  });

  it('reports all problems at once, each with key, what was found and a valid example', () => {
    const broken = VALID.replace('token: env:FORGE }', 'token: plain-text-password-in-the-file }')
      .replace('C0123', 'general')
      .replace('expires_after: 2d', 'expires_after: soon')
      .replace('type: plain', 'type: plane');

    const { problems, message } = problemsOf(broken);

    expect(problems.map(({ key }) => key).sort()).toEqual([
      'connections[0].token',
      'mailboxes.type',
      'policy.rules[0].expires_after',
      'slack.approvals_channel',
    ]);
    expect(problems.every(({ example }) => example !== null)).toBe(true);
    expect(message).toContain('4 problems');
    expect(message).not.toContain('plain-text-password');
  });

  it('names the environment variable that is not set', () => {
    const { message } = problemsOf(VALID, { BOT: 'x', APP: 'y' });

    expect(message).toContain('connections[0].token: the environment variable FORGE is not set');
  });

  it('refuses keys that do not exist, in the file and in adapter slices', () => {
    const broken = VALID.replace('flow: {}', 'flow: {}\nlog_levle: debug').replace(
      'base_url: https',
      'base_ulr: x, base_url: https',
    );

    const { problems } = problemsOf(broken);

    expect(problems.map(({ key }) => key)).toEqual(['log_levle', 'connections[0].base_ulr']);
  });

  it('refuses a reference where a plain value belongs', () => {
    const { message } = problemsOf(VALID.replace('C0123', 'env:BOT'));

    expect(message).toContain('slack.approvals_channel: is not a place for a reference');
  });

  it('says which values contradict each other', () => {
    const broken = VALID.replace(', app_token: env:APP', '').replace(
      'expires_after: 2d',
      'connections: [other], escalate_after: 1h',
    );

    const { problems } = problemsOf(broken);

    expect(problems.map(({ key }) => key)).toEqual([
      'slack',
      'policy.rules[0].escalate_to',
      'policy.rules[0].connections',
    ]);
  });

  it.each([
    ['a public address', 'public_url: https://app.example.com'],
    ['a proxy', 'trust_proxy: true'],
  ])('lets nobody protect the operator’s pages by loopback behind %s', (_, line) => {
    const { problems } = problemsOf(`${VALID}${line}\noperator: {}\n`);

    expect(problems.map(({ key }) => key)).toEqual(['operator.protection']);
  });

  it('lets nobody protect them by loopback where Slack comes by HTTP', () => {
    const byHttp = VALID.replace('app_token: env:APP', 'signing_secret: env:APP');

    const { problems } = problemsOf(`${byHttp}operator: {}\n`);

    expect(problems.map(({ key }) => key)).toEqual(['operator.protection']);
  });

  it.each(['', 'public_url: http://localhost:3000\n'])(
    'takes loopback where the app is only reached from its own machine',
    (line) => {
      const config = parseConfig(`${VALID}${line}operator: {}\n`, registries, { env: ENV });

      expect(config.operator?.protection).toBe('loopback');
    },
  );

  it('says what Sign in with Slack needs, and takes it when all is there', () => {
    const { problems } = problemsOf(`${VALID}operator: { protection: slack }\n`);
    const whole = `${VALID}public_url: https://app.example.com
trust_proxy: true
admins: { groups: [S0001] }
operator: { protection: slack, client_id: "12.34", client_secret: env:APP }
`;

    expect(problems.map(({ key }) => key)).toEqual([
      'operator.client_id',
      'operator.client_secret',
      'public_url',
      'admins',
    ]);
    expect(problems.every(({ example }) => example !== null)).toBe(true);
    expect(parseConfig(whole, registries, { env: ENV }).operator?.protection).toBe('slack');
  });

  it('may leave channel and approvers open where admins are named, and nowhere else', () => {
    const open = VALID.replace(', approvals_channel: C0123', '').replace(
      'approvers: { users: [U0001] }, ',
      '',
    );
    const chosen = { users: ['U0009'], groups: [] };

    const { problems } = problemsOf(open);
    const config = parseConfig(`${open}admins: { users: [U0001] }\n`, registries, { env: ENV });

    expect(problems.map(({ key }) => key)).toEqual([
      'slack.approvals_channel',
      'policy.rules[0].approvers',
    ]);
    expect(policyOf(config).rules[0]?.approvers.users).toEqual([]);
    expect(policyOf(config, chosen).rules[0]?.approvers).toEqual(chosen);
  });

  it('lets nothing chosen in Slack win over the approvers that the file names', () => {
    const config = parseConfig(VALID, registries, { env: ENV });

    const [rule] = policyOf(config, { users: ['U0009'], groups: ['S0009'] }).rules;

    expect(rule?.approvers).toEqual({ users: ['U0001'], groups: [] });
  });

  it('points at the line when the file is not YAML', () => {
    const { message } = problemsOf('a: [1\nb: 2');

    expect(message).toMatch(/line \d+/);
  });
});
