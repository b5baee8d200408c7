import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import type { Logger } from '@slack/bolt';

import type { Closeable } from '../src/lib/adapter.ts';
import type { SlackPlace } from './app.ts';

export interface BareBolt extends Closeable {
  readonly app: App;
  readonly eventsUrl: string;
}

const QUIET: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** The floor: Bolt on the same receiver, which acknowledges everything and does nothing else. */
export async function startBareBolt(
  { signingSecret, botToken }: SlackPlace,
  beforeSubmission: () => Promise<void> = async () => undefined,
): Promise<BareBolt> {
  const endpoints = '/slack/events';
  const receiver = new HTTPReceiver({ signingSecret, endpoints, logger: QUIET, bodyLimit: '1mb' });
  const app = new App({
    receiver,
    logger: QUIET,
    authorize: async () => ({ botToken, botId: 'B00000001', botUserId: 'U0000000B' }),
  });
  app.command(/.*/u, ({ ack }) => ack());
  app.action(/.*/u, ({ ack }) => ack());
  app.view(/.*/u, async ({ ack }) => {
    await beforeSubmission();
    await ack({
      response_action: 'update',
      view: { type: 'modal', title: { type: 'plain_text', text: 'Sent' }, blocks: [] },
    });
  });
  const server = createServer((request, response) => receiver.requestListener(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    app,
    eventsUrl: `http://127.0.0.1:${port}${endpoints}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
