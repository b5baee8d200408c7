/* oxlint-disable unicorn/require-post-message-target-origin -- Slack's postMessage, not a window's */
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { AddressInfo, Server } from 'node:net';

import { startSlackWorkspace } from '../../../src/sandbox/slack/workspace.ts';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.ts';
import type { WorkspaceOptions } from '../../../src/sandbox/slack/workspace-options.ts';

export const ADA = 'U0000ADA';
export const BEN = 'U0000BEN';
export const OPS = 'C0000OPS';

/** A workspace with two people in one channel that the app is in. */
export function aWorkspace(options: WorkspaceOptions = {}): Promise<SlackWorkspace> {
  return startSlackWorkspace({
    people: [
      { id: ADA, name: 'ada' },
      { id: BEN, name: 'ben' },
    ],
    channels: [{ id: OPS, name: 'ops' }],
    groups: [{ id: 'S0000APP', handle: 'approvers', users: [BEN] }],
    ...options,
  });
}

export interface RunningApp {
  readonly app: App;
  /** Action ids that reached the app. */
  readonly clicks: string[];
  stop(): Promise<void>;
}

/** An unmodified Bolt app with one command, one modal and one button. */
export async function startOrdinaryApp(
  workspace: SlackWorkspace,
  mode: 'http' | 'socket',
): Promise<RunningApp> {
  const clientOptions = { slackApiUrl: workspace.slackApiUrl };
  const receiver =
    mode === 'http'
      ? new HTTPReceiver({ signingSecret: workspace.signingSecret, logLevel: LogLevel.ERROR })
      : new SocketModeReceiver({
          appToken: workspace.appToken,
          logLevel: LogLevel.ERROR,
          clientPingTimeout: 200,
          installerOptions: { clientOptions },
        });
  const app = new App({
    token: workspace.botToken,
    receiver,
    clientOptions,
    logLevel: LogLevel.ERROR,
  });
  const clicks: string[] = [];
  listen(app, clicks);
  if (receiver instanceof HTTPReceiver) {
    const server = (await receiver.start({ port: 0, host: '127.0.0.1' } as never)) as Server;
    workspace.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  } else {
    await app.start();
  }
  return { app, clicks, stop: async () => void (await app.stop()) };
}

export function form(vendors: string) {
  return {
    type: 'modal' as const,
    callback_id: 'order',
    title: { type: 'plain_text' as const, text: 'Order an account' },
    submit: { type: 'plain_text' as const, text: 'Send' },
    notify_on_close: true,
    blocks: [
      {
        type: 'input' as const,
        block_id: 'vendor',
        label: { type: 'plain_text' as const, text: 'Vendor' },
        element: { type: 'external_select' as const, action_id: vendors, min_query_length: 0 },
      },
      {
        type: 'input' as const,
        block_id: 'address',
        label: { type: 'plain_text' as const, text: 'Address' },
        element: { type: 'email_text_input' as const, action_id: 'address' },
      },
    ],
  };
}

function listen(app: App, clicks: string[]): void {
  app.command('/account', async ({ ack, body, client, command }) => {
    if (command.text === 'help') {
      await ack('Type /account to order one.');
      return;
    }
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form('vendor_choice') });
  });
  app.options('vendor_choice', async ({ ack, payload }) => {
    const all = ['GitLab acme', 'GitHub acme'].map((text) => ({
      text: { type: 'plain_text' as const, text },
      value: text.toLowerCase().replace(' ', '-'),
    }));
    await ack({ options: all.filter(({ text }) => text.text.includes(payload.value)) });
  });
  app.view('order', async ({ ack, view, body, client }) => {
    const address = view.state.values['address']?.['address']?.value ?? '';
    if (!address.endsWith('@example.com')) {
      await ack({ response_action: 'errors', errors: { address: 'Use our own domain.' } });
      return;
    }
    await ack();
    const vendor = view.state.values['vendor']?.['vendor_choice']?.selected_option?.value;
    await client.chat.postMessage({
      channel: OPS,
      text: `${body.user.id} wants ${vendor} for ${address}`,
      blocks: [
        {
          type: 'actions',
          block_id: 'decide',
          elements: [
            {
              type: 'button',
              action_id: 'approve',
              style: 'primary',
              text: { type: 'plain_text', text: 'Approve' },
              confirm: {
                title: { type: 'plain_text', text: 'Sure?' },
                text: { type: 'plain_text', text: 'An account will be made.' },
              },
            },
          ],
        },
      ],
    });
  });
  app.view({ callback_id: 'order', type: 'view_closed' }, async ({ ack }) => ack());
  app.action('approve', async ({ ack, action, body, client, respond }) => {
    await ack();
    if ('action_id' in action) clicks.push(action.action_id);
    const [channel, ts] = [body.channel?.id ?? '', 'message' in body ? body.message?.ts : ''];
    await client.chat.update({ channel, ts: ts ?? '', text: `Approved by ${body.user.id}` });
    await respond({ text: 'Thank you.', response_type: 'ephemeral' });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Accounts' } }],
      },
    });
  });
  app.shortcut('order_account', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: form('vendor_choice') });
  });
}
