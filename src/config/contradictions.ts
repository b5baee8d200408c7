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
  if (isNobody(rule.approvers)) {
    const example = EXAMPLES['policy.rules[].approvers'] ?? null;
    problems.push({
      key: `${key}.approvers`,
      found: 'nobody',
      problem: 'must name at least one user or group',
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

function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
