import type { InputBlockElement, KnownBlock, ModalView } from '@slack/types';

import type { SettingsDesk } from '../../requests/settings.ts';
import { context, plain, section } from '../blocks.ts';
import { SETTING, VIEW } from '../ids.ts';
import { say, words } from '../text.ts';
import { input, options } from './inputs.ts';
import type { Choice } from './inputs.ts';

/** What admins can set; what the configuration file says is shown and cannot be changed here. */
export function settingsView(desk: SettingsDesk, groups: readonly Choice[]): ModalView {
  const { channel, openRules } = desk.file;
  const isOpen = channel === null || openRules.length > 0;
  const blocks: KnownBlock[] = [
    section(
      isOpen
        ? say`What the configuration file leaves open is chosen here. Changes hold for new requests and are kept in the audit log.`
        : say`The configuration file says everything, and it always wins. There is nothing to choose here.`,
    ),
    ...channelBlocks(desk),
    ...approverBlocks(desk, groups),
  ];
  return {
    type: 'modal',
    callback_id: VIEW.settings,
    title: plain('Settings', 24),
    ...(isOpen ? { submit: plain('Save', 24) } : {}),
    close: plain('Close', 24),
    blocks,
  };
}

function channelBlocks({ file, chosen }: SettingsDesk): KnownBlock[] {
  if (file.channel !== null) {
    return [context(say`Channel for requests: <#${file.channel}>, from the configuration file.`)];
  }
  const initial = chosen.channel === null ? {} : { initial_conversation: chosen.channel };
  const element: InputBlockElement = {
    type: 'conversations_select',
    action_id: SETTING.channel,
    placeholder: plain('Choose a channel', 150),
    filter: {
      include: ['public', 'private'],
      exclude_bot_users: true,
      exclude_external_shared_channels: true,
    },
    ...initial,
  };
  const hint = 'Cards and their threads go there. Invite the app to it with /invite.';
  return [input({ field: SETTING.channel, label: 'Channel for requests', hint }, element)];
}

function approverBlocks({ file, chosen }: SettingsDesk, groups: readonly Choice[]): KnownBlock[] {
  if (file.openRules.length === 0) {
    return [context(say`Approvers: every rule of the configuration file names its own.`)];
  }
  const { users, groups: held } = chosen.approvers;
  const people: InputBlockElement = {
    type: 'multi_users_select',
    action_id: SETTING.users,
    placeholder: plain('Choose people', 150),
    ...(users.length === 0 ? {} : { initial_users: [...users] }),
  };
  return [
    context(
      say`Approvers of these rules, which name none themselves: ${words(file.openRules.join(', '), 1000)}`,
    ),
    input({ field: SETTING.users, label: 'People who approve', optional: true }, people),
    ...groupBlocks(groups, held),
  ];
}

function groupBlocks(groups: readonly Choice[], held: readonly string[]): KnownBlock[] {
  const all = options(groups);
  if (all.length === 0) return [];
  const initial = all.filter(({ value }) => value !== undefined && held.includes(value));
  const element: InputBlockElement = {
    type: 'multi_static_select',
    action_id: SETTING.groups,
    placeholder: plain('Choose user groups', 150),
    options: all,
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  };
  return [
    input({ field: SETTING.groups, label: 'User groups that approve', optional: true }, element),
  ];
}
