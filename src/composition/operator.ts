import type { ValidConfig } from '../config/validate.ts';
import { includes, refuseMember } from '../domain/approval.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Queue } from '../queue/queue.ts';
import type { Records } from '../records/records.ts';
import type { SlackApp } from '../slack/app.ts';
import type { Protection } from '../web/operator/guard.ts';
import { createOperatorPages, QUEUES, RETURN } from '../web/operator/routes.ts';
import type { OperatorDeps, OperatorPages } from '../web/operator/routes.ts';
import { createSlackSignIn } from '../web/operator/slack-sign-in.ts';
import { metricsFrom } from './metrics.ts';

interface Around {
  readonly slack: SlackApp;
  readonly records: Records;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  readonly slackWaits: ReadonlyMap<string, number>;
  readonly readiness: OperatorDeps['readiness'];
}

const SLACK_API = 'https://slack.com/api/';

/** The operator's pages as configured; null when they are not. */
export function operatorPages(config: ValidConfig, around: Around): OperatorPages | null {
  if (config.operator === undefined) return null;
  return createOperatorPages({
    protection: protectionOf(config, around),
    metricsToken: config.operator.metrics_token ?? null,
    clock: around.clock,
    log: around.log,
    trustProxy: config.trust_proxy,
    queues: around.queue.board(QUEUES),
    metrics: metricsFrom(config, around),
    readiness: around.readiness,
  });
}

/** What must be there with `protection: slack` was checked with the configuration. */
function protectionOf(config: ValidConfig, { slack, clock }: Around): Protection {
  const { operator, public_url: publicUrl } = config;
  const { client_id: clientId, client_secret: clientSecret } = operator ?? {};
  if (operator?.protection !== 'slack') return { kind: 'loopback' };
  if (clientId === undefined || clientSecret === undefined || publicUrl === undefined) {
    throw new Error('The configuration was not validated: operator');
  }
  const signIn = createSlackSignIn(
    {
      clientId,
      clientSecret,
      redirectUrl: publicUrl.replace(/\/$/, '') + RETURN,
      teamId: slack.directory.teamId,
      apiUrl: config.slack?.api_url ?? SLACK_API,
    },
    clock,
  );
  return {
    kind: 'slack',
    signIn,
    secret: clientSecret,
    secure: publicUrl.startsWith('https:'),
    async mayOperate(person) {
      const member = await slack.directory.recent(person, config.admins.groups);
      if (member === undefined) return false;
      return (
        refuseMember(member, slack.directory.teamId) === undefined &&
        includes(config.admins, member)
      );
    },
  };
}
