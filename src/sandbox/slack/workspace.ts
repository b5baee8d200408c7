import { systemClock } from '../../lib/clock.ts';
import type { Fault, Faults } from '../kit/faults.ts';
import { startServer } from '../kit/server.ts';
import type { SandboxServer } from '../kit/server.ts';
import { createCourier } from './courier.ts';
import { createRateLimits } from './rate-limits.ts';
import type { RateLimits } from './rate-limits.ts';
import { answerResponseUrl } from './response-urls.ts';
import { startSocketMode } from './socket-mode.ts';
import { createWebApi } from './web-api.ts';
import type { ApiCall, WebApi } from './web-api.ts';
import { deliveryControls, peopleAndPlaces } from './workspace-controls.ts';
import type { Deliveries, Places } from './workspace-controls.ts';
import { seed, worldOptions } from './workspace-options.ts';
import type { WorkspaceOptions } from './workspace-options.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** A Slack workspace on loopback: an unmodified Bolt app runs against it, and people act in it. */
export interface SlackWorkspace extends Places, Deliveries {
  /** For `clientOptions.slackApiUrl`. */
  readonly slackApiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** All state, for pages and for tests that look closer. */
  readonly world: World;
  readonly apiCalls: readonly ApiCall[];
  readonly rateLimitViolations: RateLimits['violations'];
  /** Calls and answers Slack would not understand; demand that it is empty. */
  readonly unexpected: readonly string[];
  /** Messages and views that Slack takes but people are worse off with; demand that it is empty. */
  readonly advice: readonly string[];
  callsTo(method: string): readonly ApiCall[];
  socketConnections(): number;
  disconnectSockets(reason?: 'warning' | 'refresh_requested'): void;
  injectFault(method: string, fault: Fault, times?: number): void;
  /** Forgets faults that were injected and have not hit yet. */
  mend(): void;
  /** Called before each call reaches Slack; see the kit's server. */
  onRequest: SandboxServer['onRequest'];
  /** The next calls of a method fail with one of Slack's own errors. */
  refuseNext(method: string, error: string, times?: number): void;
  setDelay(delayMs: number): void;
  /** Forgets messages, modals, journals and faults; people, groups and channels stay. */
  reset(): void;
  close(): Promise<void>;
}

export async function startSlackWorkspace(options: WorkspaceOptions = {}): Promise<SlackWorkspace> {
  const clock = options.clock ?? systemClock;
  const world = createWorld(worldOptions(options, clock));
  seed(world, options);
  const limits = createRateLimits({
    clock,
    strictness: options.rateLimits ?? 'off',
    scale: options.rateScale ?? 1,
  });
  let delayMs = options.delayMs ?? 0;
  const api = createWebApi(world, limits, { delayMs: () => delayMs });
  const server = await startWebServer(world, api, options.port);
  world.url = server.url;
  const sockets = await startSocketMode(world);
  const signingSecret = options.signingSecret ?? 'sandbox-signing-secret';
  const ackTimeoutMs = options.ackTimeoutMs ?? 3000;
  const courier = createCourier(world, sockets, { signingSecret, ackTimeoutMs });

  return {
    slackApiUrl: `${server.url}/api/`,
    botToken: world.botToken,
    appToken: world.appToken,
    signingSecret,
    world,
    apiCalls: api.calls,
    rateLimitViolations: limits.violations,
    get unexpected() {
      return [...server.unexpected, ...world.unexpected];
    },
    advice: world.advice,
    ...peopleAndPlaces(world, courier),
    ...deliveryControls(world, courier),
    callsTo: (method) => api.calls.filter((call) => call.method === method),
    socketConnections: sockets.connections,
    disconnectSockets: (reason = 'refresh_requested') => sockets.disconnect(reason),
    ...faultControls(server.faults),
    onRequest: server.onRequest,
    setDelay(next) {
      delayMs = next;
    },
    reset() {
      forget(world);
      for (const journal of [api.calls, courier.deliveries, limits.violations, server.unexpected]) {
        journal.splice(0);
      }
      server.faults.clear();
      server.exchanges.splice(0);
    },
    async close() {
      await Promise.all([server.close(), sockets.close()]);
    },
  };
}

async function startWebServer(
  world: World,
  api: WebApi,
  port: number | undefined,
): Promise<SandboxServer> {
  const server = await startServer({
    name: 'Slack',
    ...(port === undefined ? {} : { port }),
    routes: {
      'POST /api/:method': (request) => api.answer(request),
      'POST /response/:id': (request) => answerResponseUrl(world, request),
    },
  });
  server.onRequest((request) => {
    if (request.path.startsWith('/api/')) api.note(request);
  });
  return server;
}

function faultControls(
  faults: Faults,
): Pick<SlackWorkspace, 'injectFault' | 'refuseNext' | 'mend'> {
  function injectFault(method: string, injected: Fault, times = 1): void {
    faults.inject({ path: `/api/${method}`, fault: injected, times });
  }
  return {
    injectFault,
    mend: () => faults.clear(),
    refuseNext(method, error, times = 1) {
      const answer = { status: 200, body: { ok: false, error } };
      injectFault(method, { kind: 'status', answer, afterEffect: false }, times);
    },
  };
}

function forget(world: World): void {
  for (const list of [world.messages, world.advice, world.unexpected]) list.splice(0);
  for (const map of [world.modals, world.homes, world.responseUrls, world.executions]) map.clear();
  world.lockedMessages.clear();
  world.changed();
}
