import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { CHANNEL } from '../../src/sandbox/people.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { ownRedis } from './own-redis.ts';
import {
  expectConfirmation,
  expectOneCard,
  expectWholeStory,
  pageInConfluence,
  playToTheEnd,
  secretsInVault,
} from './verified-end.ts';

const redis = await ownRedis();

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({
    blocks: 'plain',
    ...(redis === undefined ? {} : { redisUrl: redis.url }),
    change: ({ mailByHand }, slack) => ({
      public_url: undefined,
      mailboxes: { type: 'human', ...mailByHand.config },
      slack: {
        bot_token: new Secret(slack.botToken),
        app_token: new Secret(slack.appToken),
        api_url: slack.slackApiUrl,
        approvals_channel: CHANNEL.id,
        blocks: 'plain',
      },
    }),
  });
});
afterAll(async () => {
  await journey.close();
  await redis?.close();
});

describe('With Socket Mode, plain blocks, addresses made by hand and no public address', () => {
  it('a GitHub integration ends verified, its token put into Vault by the person', async () => {
    const { mailByHand, vault } = journey.sandbox.outside;

    const end = await playToTheEnd(journey, {
      kind: 'integration',
      connection: 'GitHub acme',
      access: 'contributor',
      scope: ['acme/api'],
      services: ['repositories', 'pull-requests'],
      localPart: 'flow-github',
    });

    expectConfirmation(journey, end);
    expect(end.account.address).toBe('flow-github@acme.example');
    expect([...mailByHand.addresses]).toEqual(['flow-github@acme.example']);
    expect(mailByHand.messages()).toHaveLength(1);
    expect(secretsInVault(journey, end).toSorted()).toEqual(['password', 'token']);
    expect(pageInConfluence(journey, end)).toContain('flow-github@acme.example');
    const tasks = end.story.flatMap(({ action, details }) =>
      action === 'task-opened' ? [details['task']] : [],
    );
    expect(tasks).toEqual([
      'make-address',
      'mail-code',
      'register-account',
      'accept-invitation',
      'make-token',
      'flow-create-integration',
    ]);
    expect(end.story.map(({ action }) => action)).not.toContain('deposit-opened');
    expect(vault.secretsMeta()).toHaveLength(2);
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('everything came over the socket, and no message has a block for new clients only', () => {
    const { slack } = journey.sandbox;

    const ways = new Set(slack.deliveries.map(({ via }) => via));
    const kinds = new Set(
      slack.world.messages.flatMap(({ blocks }) => blocks.map(({ type }) => type)),
    );

    expect([...ways]).toEqual(['socket']);
    expect(kinds).not.toContain('plan');
    expect(kinds).toContain('section');
  });

  it('no page for depositing a credential is served', async () => {
    const answer = await fetch(`${journey.product.url}/deposit/anything`);

    expect(answer.status).toBe(404);
  });
});
