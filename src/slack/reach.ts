import type { SocketModeReceiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';

import { ProductError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { explainSlack } from './slack-errors.ts';

type SocketClient = SocketModeReceiver['client'];

// Load balancers ask every few seconds; Slack need not be asked as often.
const FRESH_MS = 30_000;

/**
 * Tells whether Slack answers us and, in Socket Mode, whether it can reach us.
 * The returned function throws a ProductError when it is not so.
 */
export function createReach(
  client: WebClient,
  socket: SocketClient | undefined,
  clock: Clock,
): () => Promise<void> {
  let connected = socket === undefined;
  socket?.on('connected', () => (connected = true));
  for (const lost of ['disconnected', 'reconnecting', 'disconnecting']) {
    socket?.on(lost, () => (connected = false));
  }
  let answeredAt = Number.NEGATIVE_INFINITY;

  return async () => {
    if (!connected) {
      const message = 'Slack has no connection to this process.';
      throw new ProductError('unreachable', { subject: 'Slack', message });
    }
    const now = clock.now().getTime();
    if (now - answeredAt < FRESH_MS) return;
    try {
      await client.auth.test();
    } catch (error) {
      throw explainSlack(error, 'auth.test');
    }
    answeredAt = now;
  };
}
