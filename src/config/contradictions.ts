import { isNobody, matches } from '../domain/policy.ts';
import { show } from './explain-issue.ts';
import type { ConfigProblem } from './problem.ts';
import { EXAMPLES } from './schema.ts';
import type { RawConfig } from './schema.ts';

/** Values that are each fine, but not together. */
export function contradictions(config: RawConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { slack, policy } = config;
  if (
    slack?.bot_token !== undefined &&
    slack.app_token === undefined &&
    slack.signing_secret === undefined
  ) {
    problems.push({
      key: 'slack',
      found: 'neither app_token nor signing_secret',
      problem: 'needs one of them: app_token for Socket Mode, signing_secret for HTTP',
      example: 'app_token: env:SLACK_APP_TOKEN',
    });
  }
  problems.push(
    ...duplicates('connections', config.connections),
    ...duplicates('automations', config.automations),
  );
  if (slack !== undefined && slack.approvals_channel === undefined && isNobody(config.admins)) {
    problems.push({
      key: 'slack.approvals_channel',
      found: 'nothing',
      problem: 'is missing; only where admins are named may it be left to them',
      example: EXAMPLES['slack.approvals_channel'] ?? null,
    });
  }
  problems.push(...operatorProblems(config));
  if (config.public_url !== undefined && !isSafe(config.public_url)) {
    problems.push({
      key: 'public_url',
      found: show(config.public_url),
      problem: 'must be https://, because credentials are pasted there (http:// only on localhost)',
      example: EXAMPLES['public_url'] ?? null,
    });
  }
  return [
    ...problems,
    ...policy.rules.flatMap((rule, index) => ruleProblems(rule, `policy.rules[${index}]`, config)),
  ];
}

function ruleProblems(
  rule: RawConfig['policy']['rules'][number],
  key: string,
  config: RawConfig,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (isNobody(rule.approvers) && isNobody(config.admins)) {
    const example = EXAMPLES['policy.rules[].approvers'] ?? null;
    problems.push({
      key: `${key}.approvers`,
      found: 'nobody',
      problem: 'must name at least one user or group, unless admins are named who choose in Slack',
      example,
    });
  }
  if (rule.escalate_after !== undefined && isNobody(rule.escalate_to)) {
    problems.push({
      key: `${key}.escalate_to`,
      found: 'nobody',
      problem: 'must name somebody when escalate_after is set',
      example: 'escalate_to: { groups: [S0123456789] }',
    });
  }
  const stray = rule.connections.filter(
    (pattern) => !config.connections.some(({ id }) => matches(pattern, id)),
  );
  const example = config.connections[0]?.id ?? null;
  return [
    ...problems,
    ...stray.map((pattern) => ({
      key: `${key}.connections`,
      found: show(pattern),
      problem: 'matches no configured connection',
      example,
    })),
  ];
}

function duplicates(key: string, list: readonly { readonly id: string }[]): ConfigProblem[] {
  return list.flatMap(({ id }, index) =>
    list.findIndex((other) => other.id === id) === index
      ? []
      : [
          {
            key: `${key}[${index}].id`,
            found: show(id),
            problem: 'is used twice',
            example: `${id}-2`,
          },
        ],
  );
}

/** Loopback protects nothing where a proxy on this machine passes on what comes from outside. */
function operatorProblems(config: RawConfig): ConfigProblem[] {
  const { operator, slack } = config;
  if (operator === undefined) return [];
  if (operator.protection === 'slack') return signInProblems(config);
  const local = config.public_url !== undefined && isLocal(config.public_url);
  const bySocket = slack?.app_token !== undefined || slack?.signing_secret === undefined;
  const isClosed = local || (config.public_url === undefined && bySocket);
  if (isClosed && !config.trust_proxy) return [];
  return [
    {
      key: 'operator.protection',
      found: 'loopback',
      problem:
        'must be slack, because this app is reached from elsewhere (public_url, trust_proxy or Slack over HTTP) and a proxy on this machine looks like this machine',
      example: 'slack',
    },
  ];
}

function signInProblems({ operator, public_url: url, admins }: RawConfig): ConfigProblem[] {
  const problem = 'is needed for operator.protection: slack';
  const needed = [
    ['operator.client_id', operator?.client_id],
    ['operator.client_secret', operator?.client_secret],
    ['public_url', url],
    ['admins', isNobody(admins) ? undefined : admins],
  ] as const;
  return needed
    .filter(([, value]) => value === undefined)
    .map(([key]) => ({ key, found: 'nothing', problem, example: EXAMPLES[key] ?? null }));
}

function isLocal(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

function isSafe(url: string): boolean {
  return new URL(url).protocol === 'https:' || isLocal(url);
}
