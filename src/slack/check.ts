import type { WebClient } from '@slack/web-api';
import { z } from 'zod';

import { refuseMember } from '../domain/approval.ts';
import { ok, problem, warning } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import { groupsOf } from '../domain/policy.ts';
import type { Policy, PolicyRule } from '../domain/policy.ts';
import type { SettingsDesk } from '../requests/settings.ts';
import type { SlackDirectory } from './directory.ts';
import { BOT_SCOPES } from './scopes.ts';
import { explainSlack, slackWord } from './slack-errors.ts';

export interface CheckDeps {
  readonly client: WebClient;
  readonly directory: SlackDirectory;
  readonly botUserId: string;
  readonly settings: SettingsDesk;
}

/** What `doctor` says of Slack: token, permissions, channel, and whether every rule has deciders. */
export async function checkSlack(policy: Policy, deps: CheckDeps): Promise<Finding[]> {
  const [access, channel, people] = await Promise.all([
    checkAccess(deps),
    checkChannel(deps),
    checkPeople(policy, deps),
  ]);
  return [...access, ...channel, ...people];
}

async function checkAccess({ client }: CheckDeps): Promise<Finding[]> {
  try {
    const { response_metadata: metadata, team } = await client.auth.test();
    const granted = metadata?.scopes ?? [];
    const missing = Object.entries(BOT_SCOPES).filter(([scope]) => !granted.includes(scope));
    if (granted.length > 0 && missing.length > 0) {
      const names = missing.map(([scope, use]) => `${scope} (${use})`).join(', ');
      return [
        problem('Slack: permissions', `Missing: ${names}.`, 'Reinstall the app from manifest.yml.'),
      ];
    }
    return [ok('Slack: token', `Connected to ${team ?? 'the workspace'} with what the app needs.`)];
  } catch (error) {
    const { message } = explainSlack(error, 'auth.test');
    return [problem('Slack: token', message, 'Set a valid bot token of this app.')];
  }
}

const channelAnswer = z.object({
  channel: z.object({
    name: z.string().optional(),
    is_member: z.boolean().optional(),
    is_archived: z.boolean().optional(),
    is_ext_shared: z.boolean().optional(),
  }),
});

const CHANNEL = 'Slack: approvals channel';

async function checkChannel({ client, settings }: CheckDeps): Promise<Finding[]> {
  const approvalsChannel = settings.channel();
  if (approvalsChannel === null) {
    const how =
      'Name it as slack.approvals_channel, or have an admin choose it with /flow-service-account settings.';
    return [problem(CHANNEL, 'No channel for requests is chosen yet.', how)];
  }
  const from = settings.file.channel === null ? ' It was chosen in Slack.' : '';
  try {
    const answer = await client.conversations.info({ channel: approvalsChannel });
    const { channel } = channelAnswer.parse(answer);
    const name = channel.name === undefined ? approvalsChannel : `#${channel.name}`;
    if (channel.is_archived === true)
      return [
        problem(CHANNEL, `${name} is archived.`, 'Name another channel as approvals_channel.'),
      ];
    if (channel.is_member !== true)
      return [problem(CHANNEL, `The app is not in ${name}.`, 'Invite it there with /invite.')];
    if (channel.is_ext_shared === true)
      return [
        warning(
          CHANNEL,
          `${name} is shared with another organisation, whose people can read the cards.`,
          'Use a channel of your own.',
        ),
      ];
    return [ok(CHANNEL, `Cards go to ${name}.${from}`)];
  } catch (error) {
    const known = explainSlack(error, 'conversations.info');
    // An optional permission: without it the first card shows whether the channel is right.
    return known.code === 'missing-permission' && slackWord(error) === 'missing_scope'
      ? [
          ok(
            CHANNEL,
            `Cards go to ${approvalsChannel}; with channels:read its state is shown here.${from}`,
          ),
        ]
      : [problem(CHANNEL, known.message, 'Check approvals_channel and invite the app there.')];
  }
}

/** Rules whose deciders have left are found here, not when the first request waits in vain. */
async function checkPeople(policy: Policy, deps: CheckDeps): Promise<Finding[]> {
  const groups = groupsOf(policy);
  await deps.directory.member(deps.botUserId, groups);
  const troubles = deps.directory
    .troubles(groups)
    .map((sentence) =>
      warning('Slack: user groups', sentence, 'Mend the group, or name approvers one by one.'),
    );
  const rules = await Promise.all(policy.rules.map((rule) => checkRule(rule, deps)));
  return [...troubles, ...rules.flat()];
}

async function checkRule(rule: PolicyRule, { directory, settings }: CheckDeps): Promise<Finding[]> {
  const subject = `Slack: approvers of “${rule.name}”`;
  const { users, groups } = rule.approvers;
  const members = await Promise.all(users.map((id) => directory.member(id, [])));
  const gone = users.filter((_, index) => {
    const member = members[index];
    return member === undefined || refuseMember(member, directory.teamId) !== undefined;
  });
  const left = users.length - gone.length;
  if (groups.length === 0 && left < rule.needed) {
    const found = `${left} of ${rule.needed} needed approvers can decide.`;
    return [problem(subject, found, 'Name more approvers who are active members.')];
  }
  if (gone.length > 0) {
    const found = `These can no longer decide: ${gone.join(', ')}.`;
    return [warning(subject, found, 'Remove them from the rule.')];
  }
  const from = settings.file.openRules.includes(rule.name) ? ' They were chosen in Slack.' : '';
  return [ok(subject, `Everybody named can decide.${from}`)];
}
