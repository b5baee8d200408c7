import type { RequestListener } from 'node:http';

import { HTTPReceiver } from '@slack/bolt';
import type { Logger } from '@slack/bolt';

import type { Secret } from '../domain/secret.ts';
import { systemClock } from '../lib/clock.ts';

const SLACK_PATH = '/slack/events';

const WINDOW_SECONDS = 300;

export interface SignedRequests {
  readonly receiver: HTTPReceiver;
  readonly listener: RequestListener;
}

/** Slack's signed HTTP requests. Bolt itself refuses old ones; this refuses those from the future too. */
export function createSignedRequests(signingSecret: Secret, logger: Logger): SignedRequests {
  const receiver = new HTTPReceiver({
    signingSecret: signingSecret.reveal(),
    endpoints: SLACK_PATH,
    logger,
    bodyLimit: '1mb',
  });
  return {
    receiver,
    listener(request, response) {
      const header = request.headers['x-slack-request-timestamp'];
      // Against the same clock as Bolt's own check, which cannot be given another.
      const distance = Math.abs(systemClock.now().getTime() / 1000 - Number(header ?? Number.NaN));
      if (distance <= WINDOW_SECONDS) {
        receiver.requestListener(request, response);
        return;
      }
      request.resume();
      response.writeHead(401).end();
    },
  };
}
