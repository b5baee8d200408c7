import { Secret } from '../domain/secret.ts';
import { CONNECTIONS } from './outside-vendors.ts';
import { AUTOMATIONS } from './outside-automations.ts';
import type { Outside } from './outside.ts';
import { CHANNEL, GROUPS, PEOPLE } from './people.ts';
import type { SlackWorkspace } from './slack/workspace.ts';

export interface RawOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly logLevel?: string;
  /** Other rules than "one approver for everything". */
  readonly policy?: unknown;
  readonly blocks?: 'plan' | 'plain';
  /** Top-level keys that replace what is here. */
  readonly change?: ConfigChange | ((outside: Outside, slack: SlackWorkspace) => ConfigChange);
}

type ConfigChange = Readonly<Record<string, unknown>>;

/** The configuration of the sandbox, as a person would write it, with its secrets in place. */
export function rawConfig(slack: SlackWorkspace, outside: Outside, options: RawOptions): unknown {
  const { change } = options;
  return {
    slack: {
      bot_token: new Secret(slack.botToken),
      signing_secret: new Secret(slack.signingSecret),
      api_url: slack.slackApiUrl,
      approvals_channel: CHANNEL.id,
      blocks: options.blocks ?? 'plan',
    },
    flow: outside.flow.config,
    listen: { host: '127.0.0.1', port: options.port },
    public_url: `http://127.0.0.1:${options.port}`,
    data_dir: options.dataDir,
    log_level: options.logLevel ?? 'warn',
    ...(options.databaseUrl === undefined ? {} : { database_url: new Secret(options.databaseUrl) }),
    ...(options.redisUrl === undefined ? {} : { redis_url: new Secret(options.redisUrl) }),
    mailboxes: { type: 'catch-all', ...outside.mail.config },
    store: { type: 'vault', ...outside.vault.config },
    knowledge: { type: 'confluence', ...outside.confluence.config },
    connections: connectionsTo(outside),
    automations: automationsAt(outside),
    people: { mail_admin: PEOPLE.admin.id, flow_admin: PEOPLE.admin.id },
    policy: options.policy ?? {
      rules: [
        {
          name: 'one approver for everything',
          approvers: { groups: [GROUPS.approvers.id] },
          escalate_after: '48h',
          escalate_to: { groups: [GROUPS.leads.id] },
        },
      ],
    },
    // Nobody who tries it waits a day for the old credential to be revoked.
    accounts: { rotation_grace: '5s' },
    ...(typeof change === 'function' ? change(outside, slack) : change),
  };
}

function connectionsTo(outside: Outside) {
  return CONNECTIONS.map(({ id, name, vendor, system }) => ({
    id,
    name,
    vendor,
    admin: PEOPLE.admin.id,
    ...outside[system].config,
  }));
}

function automationsAt(outside: Outside) {
  return AUTOMATIONS.map(({ type, name, system }) => ({
    id: type,
    name,
    type,
    ...outside[system].config,
  }));
}
