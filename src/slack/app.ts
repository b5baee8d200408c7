import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { App, SocketModeReceiver } from '@slack/bolt';
import type { AppOptions } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import type { Account } from '../domain/account.ts';
import type { Finding } from '../domain/finding.ts';
import type { Policy } from '../domain/policy.ts';
import type { Secret } from '../domain/secret.ts';
import type { Closeable } from '../lib/adapter.ts';
import type { Log } from '../lib/log.ts';
import { boltLog } from './bolt-log.ts';
import { createCard } from './card.ts';
import { checkSlack } from './check.ts';
import type { RoomDeps, SlackDeps } from './deps.ts';
import { createDirectory } from './directory.ts';
import type { SlackDirectory } from './directory.ts';
import { createGiveWay } from './give-way.ts';
import { createSignedRequests } from './http-requests.ts';
import type { SignedRequests } from './http-requests.ts';
import { createInFlight } from './in-flight.ts';
import { registerListeners } from './listeners/index.ts';
import { createMessenger } from './messenger.ts';
import { createModals } from './modals.ts';
import { onlyTheFile } from './only-the-file.ts';
import { createPace } from './pace.ts';
import { createPersonNames } from './person-names.ts';
import { createReach } from './reach.ts';
import { renderAccount } from './render-account.ts';
import { createRenderer } from './render.ts';
import type { Renderer } from './render.ts';
import { explainSlack } from './slack-errors.ts';
import { listUserGroups } from './user-groups.ts';
import type { BlockStyle } from './views/plan-blocks.ts';
import { tendSteps } from './workflow-step.ts';
import { createWorkflows } from './workflows.ts';

export interface SlackConfig {
  readonly botToken: Secret;
  /** Socket Mode, when given. */
  readonly appToken?: Secret | undefined;
  /** Signed HTTP, when there is no app token. */
  readonly signingSecret?: Secret | undefined;
  /** Another Slack than slack.com: the sandbox. */
  readonly apiUrl?: string | undefined;
  /** Null: the file leaves it open, and an admin chooses it in Slack. */
  readonly approvalsChannel: string | null;
  readonly blocks: BlockStyle;
  /** How many times faster than the wall clock that Slack counts its limits; 1 unless told otherwise. */
  readonly paceScale?: number | undefined;
}

export interface SlackApp extends Renderer, Closeable {
  readonly app: App;
  readonly directory: SlackDirectory;
  /** Takes Slack's requests at `/slack/events`; undefined in Socket Mode. */
  readonly requestListener: RequestListener | undefined;
  /** A person's display name; the id when Slack does not tell. */
  personName(id: string): Promise<string>;
  check(policy: Policy): Promise<Finding[]>;
  /** Can Slack be reached now, both ways? @throws ProductError when not */
  ping(): Promise<void>;
  /** Shows people what they have to know or answer about an account. */
  showAccount(account: Account): Promise<void>;
  /** Does for workflows what has become due; part of the sweep. */
  sweep(): Promise<void>;
  /** Begins to receive. By HTTP there is nothing to begin: the server with the listener does. */
  start(): Promise<void>;
  /** Receives nothing new and waits for what is under way. */
  stop(): Promise<void>;
}

const CALL_TIMEOUT_MS = 10_000;
const DRAIN_MS = 10_000;

const identitySchema = z.object({
  url: z.string(),
  team_id: z.string(),
  user_id: z.string(),
  bot_id: z.string().optional(),
});

/** @throws ProductError when Slack refuses the token or cannot be reached */
export async function createSlackApp(config: SlackConfig, deps: SlackDeps): Promise<SlackApp> {
  const client = createClient(config, deps.log);
  const identity = await whoAreWe(client);
  const signed =
    config.appToken === undefined && config.signingSecret !== undefined
      ? createSignedRequests(config.signingSecret, boltLog(deps.log))
      : undefined;
  const socket = signed === undefined ? createSocket(config, deps.log) : undefined;
  const app = createBoltApp(config, signed ?? socket, identity, deps.log);
  const ping = createReach(client, socket?.receiver.client, deps.clock);
  const room = furnish(client, identity, config, deps);
  const inFlight = trackListeners(app, room, deps.log);
  registerListeners(app, room);
  const renderer = createRenderer(room);
  const names = createPersonNames(client, deps.clock);
  let started = false;

  async function stop(): Promise<void> {
    if (started && signed === undefined) await app.stop();
    started = false;
    if (!(await inFlight.drain(DRAIN_MS))) {
      deps.log.warn({}, 'Some Slack interactions were still under way at the end');
    }
  }

  return {
    app,
    directory: room.directory,
    requestListener: signed?.listener,
    personName: names,
    check: (policy) =>
      checkSlack(policy, {
        client,
        directory: room.directory,
        botUserId: identity.user_id,
        settings: room.settings,
      }),
    ping,
    showAccount: (account) => renderAccount(account, room),
    sweep: () => tendSteps(room),
    render: (requestId) => renderer.render(requestId),
    async start() {
      if (signed === undefined) await connectSocket(app);
      started = true;
    },
    stop,
    close: stop,
  };
}

async function connectSocket(app: App): Promise<void> {
  try {
    await app.start();
  } catch (error) {
    throw explainSlack(error, 'apps.connections.open');
  }
}

/** Nothing is ever sent twice by the client: posting again is for those who know what was posted. */
function createClient(config: SlackConfig, log: Log): WebClient {
  return new WebClient(config.botToken.reveal(), {
    ...(config.apiUrl === undefined ? {} : { slackApiUrl: config.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
    allowAbsoluteUrls: false,
    logger: boltLog(log),
  });
}

type Identity = z.infer<typeof identitySchema>;

async function whoAreWe(client: WebClient): Promise<Identity> {
  try {
    return identitySchema.parse(await client.auth.test());
  } catch (error) {
    throw explainSlack(error, 'auth.test');
  }
}

function createBoltApp(
  config: SlackConfig,
  way: Pick<SignedRequests, 'receiver'> | Socket | undefined,
  identity: Identity,
  log: Log,
): App {
  const botToken = config.botToken.reveal();
  const options: AppOptions = {
    // Known from the start, so that the first click does not wait for another look-up.
    authorize: () =>
      Promise.resolve({
        botToken,
        botUserId: identity.user_id,
        teamId: identity.team_id,
        ...(identity.bot_id === undefined ? {} : { botId: identity.bot_id }),
      }),
    logger: boltLog(log),
    ...(config.apiUrl === undefined ? {} : { clientOptions: { slackApiUrl: config.apiUrl } }),
  };
  if (way === undefined) {
    throw new ProductError('invalid-config', {
      subject: 'Slack',
      message: 'Slack needs an app token for Socket Mode, or a signing secret for HTTP.',
    });
  }
  return new App({ ...options, receiver: way.receiver });
}

interface Socket {
  readonly receiver: SocketModeReceiver;
}

function createSocket({ appToken, apiUrl }: SlackConfig, log: Log): Socket | undefined {
  if (appToken === undefined) return undefined;
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
    logger: boltLog(log),
    installerOptions: apiUrl === undefined ? {} : { clientOptions: { slackApiUrl: apiUrl } },
  });
  return { receiver };
}

function furnish(
  client: WebClient,
  identity: Identity,
  config: SlackConfig,
  deps: SlackDeps,
): RoomDeps {
  const pace = createPace(
    (...slot) => deps.records.reserveSlot(...slot),
    deps.clock,
    pause,
    config.paceScale,
    deps.waited,
  );
  const messenger = createMessenger(client, pace, identity.url);
  const { clock, log } = deps;
  const style = config.blocks;
  return {
    ...deps,
    style,
    settings: deps.settings ?? onlyTheFile(config.approvalsChannel),
    userGroups: () => listUserGroups(client, pace),
    directory: createDirectory({ client, pace, teamId: identity.team_id, clock, log }),
    messenger,
    modals: createModals(client, pace),
    card: createCard({ ...deps, style, messenger }),
    giveWay: createGiveWay(),
    workflows: createWorkflows(client, pace),
  };
}

function trackListeners(app: App, { giveWay }: RoomDeps, log: Log) {
  const inFlight = createInFlight();
  app.use(({ next }) => {
    giveWay.arrived();
    return inFlight.track(next());
  });
  app.error(async (error) => {
    log.error({ err: error }, 'A Slack listener failed');
  });
  return inFlight;
}
