import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

import type { SandboxAnswer, SandboxRequest } from '../kit/server.ts';
import { isJson, stringOf } from './json.ts';
import type { Json } from './json.ts';
import { APP_METHODS } from './methods/app.ts';
import { CHAT_METHODS } from './methods/chat.ts';
import { CONVERSATION_METHODS } from './methods/conversations.ts';
import type { Method, Methods } from './methods/method.ts';
import { PEOPLE_METHODS } from './methods/people.ts';
import { VIEW_METHODS } from './methods/views.ts';
import type { RateLimits } from './rate-limits.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { World } from './world.ts';

export interface ApiCall {
  readonly method: string;
  /** Structured arguments are parsed; the token is left out. */
  readonly args: Json;
  readonly at: Date;
  /** How long the workspace took, or null while it has not answered (or never did). */
  ms: number | null;
  /** What Slack answered; null when a fault swallowed the call before it took effect. */
  answer: Json | null;
}

export interface WebApi {
  /** Every call that reached the workspace, in order, also those that a fault broke. */
  readonly calls: ApiCall[];
  /** Notes a request as soon as it comes, before faults. */
  note(request: SandboxRequest): void;
  answer(request: SandboxRequest): Promise<SandboxAnswer>;
}

const METHODS: Methods = {
  ...APP_METHODS,
  ...CHAT_METHODS,
  ...CONVERSATION_METHODS,
  ...PEOPLE_METHODS,
  ...VIEW_METHODS,
};

export function createWebApi(
  world: World,
  limits: RateLimits,
  options: { readonly delayMs: () => number },
): WebApi {
  const calls: ApiCall[] = [];
  // The server hands out copies of a request, which share their headers.
  const noted = new WeakMap<object, { call: ApiCall; start: number }>();

  return {
    calls,
    note(request) {
      const call: ApiCall = {
        method: methodName(request),
        args: argsOf(request),
        at: world.clock.now(),
        ms: null,
        answer: null,
      };
      calls.push(call);
      noted.set(request.headers, { call, start: performance.now() });
      world.changed();
    },
    async answer(request) {
      const delay = options.delayMs();
      if (delay > 0) await wait(delay);
      const answer = answerCall(world, limits, request);
      const entry = noted.get(request.headers);
      if (entry !== undefined) {
        entry.call.answer = isJson(answer.body) ? answer.body : {};
        entry.call.ms = performance.now() - entry.start;
      }
      world.changed();
      return answer;
    },
  };
}

function answerCall(world: World, limits: RateLimits, request: SandboxRequest): SandboxAnswer {
  const name = methodName(request);
  const method = METHODS[name];
  if (method === undefined) {
    world.unexpected.push(`Web API method ${name}`);
    return refuse('unknown_method', { req_method: name }, {});
  }
  const provided = method.token === 'app' ? world.appScopes : world.botScopes;
  const headers = {
    'x-oauth-scopes': provided.join(','),
    'x-accepted-oauth-scopes': method.scope ?? '',
  };
  const args = argsOf(request);
  try {
    checkToken(world, method, request);
    if (method.scope !== null && !provided.includes(method.scope)) {
      const scopes = { needed: method.scope, provided: provided.join(',') };
      throw new SlackRefusal('missing_scope', scopes);
    }
    const seconds = limits.check(name, method.tier, stringOf(args['channel']));
    if (seconds !== undefined) {
      const body = { ok: false, error: 'ratelimited' };
      return { status: 429, body, headers: { ...headers, 'retry-after': String(seconds) } };
    }
    return { status: 200, body: { ok: true, ...method.run(args, world) }, headers };
  } catch (error) {
    if (error instanceof SlackRefusal) return refuse(error.message, error.details, headers);
    throw error;
  }
}

function refuse(error: string, details: Json, headers: Record<string, string>): SandboxAnswer {
  return { status: 200, body: { ok: false, error, ...details }, headers };
}

function checkToken(world: World, method: Method, request: SandboxRequest): void {
  const inBody = isJson(request.body) ? stringOf(request.body['token']) : '';
  const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? inBody;
  if (token === '') throw new SlackRefusal('not_authed');
  const wanted = method.token === 'app' ? world.appToken : world.botToken;
  if (token === wanted) return;
  const isOther = token === world.appToken || token === world.botToken;
  throw new SlackRefusal(isOther ? 'not_allowed_token_type' : 'invalid_auth');
}

function methodName(request: SandboxRequest): string {
  return request.path.slice('/api/'.length);
}

const STRUCTURED = new Set(['blocks', 'view', 'metadata', 'attachments', 'outputs']);

function argsOf(request: SandboxRequest): Json {
  if (!isJson(request.body)) return {};
  return Object.fromEntries(
    Object.entries(request.body)
      .filter(([key]) => key !== 'token')
      .map(([key, value]) => [key, STRUCTURED.has(key) ? tryJson(value) : value]),
  );
}

/** Malformed text stays text, and the method refuses it. */
function tryJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
