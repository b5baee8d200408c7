import { ErrorCode, WebClient } from '@slack/web-api';
import type { ChatPostMessageResponse, WebClientOptions } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { fault } from '../../../src/sandbox/kit/faults.ts';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.ts';
import { ADA, aWorkspace, BEN, form, OPS } from './ordinary-app.ts';

const STRANGER = 'U0000STR';
const GONE = 'U000GONE';
const SECRET = 'C000SECR';
const ELSEWHERE = 'C000ELSE';

let now = new Date('2026-11-23T09:00:00Z');
let workspace: SlackWorkspace;

beforeEach(async () => {
  now = new Date('2026-11-23T09:00:00Z');
  workspace = await open();
});
afterEach(() => workspace.close());

function open(options: Parameters<typeof aWorkspace>[0] = {}): Promise<SlackWorkspace> {
  return aWorkspace({
    clock: { now: () => now },
    people: [
      { id: ADA, name: 'ada' },
      { id: BEN, name: 'ben', isRestricted: true },
      { id: STRANGER, name: 'stranger', teamId: 'T0000OTH' },
      { id: GONE, name: 'gone', deleted: true },
    ],
    channels: [
      { id: OPS, name: 'ops', members: [ADA, BEN, 'U0000000B'] },
      { id: SECRET, name: 'secret', kind: 'private', members: [ADA] },
      { id: ELSEWHERE, name: 'elsewhere', members: [ADA] },
    ],
    ...options,
  });
}

async function reopen(options: Parameters<typeof aWorkspace>[0]): Promise<void> {
  await workspace.close();
  workspace = await open(options);
}

function client(token = workspace.botToken, options: WebClientOptions = {}): WebClient {
  return new WebClient(token, {
    slackApiUrl: workspace.slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel() {},
      setName() {},
    } as never,
    ...options,
  });
}

/** Posts to Slack; the linter takes `postMessage` for a browser's. */
async function say(fields: object, by = client()): Promise<ChatPostMessageResponse> {
  return by.apiCall('chat.postMessage', { channel: OPS, text: 'Hello', ...fields });
}

/** The answer of a refused call. */
async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await call.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  const data = (error as { data?: Record<string, unknown> }).data;
  if (data === undefined) throw error;
  return data;
}

const modal = { ...form('vendor_choice'), notify_on_close: false };
const trigger = () => workspace.world.triggers.issue(ADA);

describe('tokens and scopes', () => {
  it('answers who the app is, with the granted scopes in a header', async () => {
    const answer = await client().auth.test();

    expect(answer).toMatchObject({ ok: true, team_id: 'T00000001', user_id: 'U0000000B' });
    expect(answer.response_metadata?.scopes).toContain('chat:write');
  });

  it.each([
    ['no token', '', 'not_authed'],
    ['a wrong token', 'xoxb-wrong', 'invalid_auth'],
    ['the app token', 'xapp-sandbox-app-token', 'not_allowed_token_type'],
  ])('refuses %s', async (_what, token, error) => {
    const answer = await refusal(client(token).auth.test());

    expect(answer['error']).toBe(error);
  });

  it('names the scope that is missing and those that were given', async () => {
    await reopen({ botScopes: ['commands', 'chat:write'] });

    const answer = await refusal(client().users.info({ user: ADA }));

    expect(answer).toMatchObject({
      error: 'missing_scope',
      needed: 'users:read',
      provided: 'commands,chat:write',
    });
  });

  it('leaves e-mail addresses out without their scope', async () => {
    await reopen({ botScopes: ['users:read'] });

    const answer = await client().users.info({ user: ADA });

    expect(answer.user?.profile?.email).toBeUndefined();
  });

  it('records methods it does not know', async () => {
    const answer = await refusal(client().apiCall('chat.teleport'));

    expect(answer['error']).toBe('unknown_method');
    expect(workspace.unexpected).toEqual(['Web API method chat.teleport']);
  });

  it('takes JSON bodies as well as forms', async () => {
    const response = await fetch(`${workspace.slackApiUrl}chat.postMessage`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${workspace.botToken}`,
      },
      body: JSON.stringify({ channel: OPS, text: 'Hello', blocks: [{ type: 'divider' }] }),
    });

    expect(await response.json()).toMatchObject({ ok: true, channel: OPS });
    expect(workspace.messages('ops')[0]?.blocks).toMatchObject([{ type: 'divider' }]);
  });
});

describe('posting', () => {
  it('keeps metadata and gives increasing timestamps', async () => {
    const metadata = { event_type: 'request', event_payload: { id: 'r1' } };

    const first = await say({ metadata });
    const second = await say({});

    expect(workspace.messages('ops')[0]?.metadata).toEqual(metadata);
    expect(String(second.ts) > String(first.ts)).toBe(true);
  });

  it.each([
    ['a public channel it is not in', { channel: ELSEWHERE }, 'not_in_channel'],
    ['a private channel it is not in', { channel: SECRET }, 'channel_not_found'],
    ['a channel that does not exist', { channel: 'C000NONE' }, 'channel_not_found'],
    ['nothing to say', { text: '' }, 'no_text'],
    ['a thread that does not exist', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['half metadata', { metadata: { event_type: 'x' } }, 'invalid_metadata_format'],
    ['blocks that are no list', { blocks: '{' }, 'invalid_blocks_format'],
  ])('refuses %s', async (_what, fields, error) => {
    const answer = await refusal(say(fields));

    expect(answer['error']).toBe(error);
  });

  it('refuses broken blocks with a pointer to the spot', async () => {
    const text = { type: 'mrkdwn', text: 'x'.repeat(3001) };

    const answer = await refusal(say({ blocks: [{ type: 'section', text }] }));

    expect(answer).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: {
        messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
  });

  it('refuses replies to replies, because threads hang on their first message', async () => {
    const parent = await say({});
    const reply = await say({ thread_ts: parent.ts });

    const answer = await refusal(say({ thread_ts: reply.ts }));

    expect(answer['error']).toBe('cannot_reply_to_message');
    expect(workspace.thread('ops', String(parent.ts))).toHaveLength(1);
  });

  it("opens the direct conversation when it posts to a person's id", async () => {
    const answer = await say({ channel: ADA });

    expect(answer.channel).toBe('D0000ADA');
    expect(workspace.as(ADA).dms()).toHaveLength(1);
  });

  it('collects advice about messages that people cannot read aloud', async () => {
    await say({ text: undefined, blocks: [{ type: 'divider' }] });

    expect(workspace.advice).toEqual(['a message needs a top-level `text` [json-pointer:]']);
  });

  it('shows ephemeral messages to members only', async () => {
    const shown = await client().chat.postEphemeral({ channel: OPS, user: ADA, text: 'Psst' });
    const refused = await refusal(
      client().chat.postEphemeral({ channel: OPS, user: STRANGER, text: 'Psst' }),
    );

    expect(shown.ok).toBe(true);
    expect(workspace.as(ADA).ephemerals()).toHaveLength(1);
    expect(workspace.as(BEN).ephemerals()).toHaveLength(0);
    expect(refused['error']).toBe('user_not_in_channel');
  });

  it('hides ephemeral messages in threads that nobody has answered', async () => {
    const parent = await say({});
    const fields = { channel: OPS, user: ADA, text: 'Psst', thread_ts: String(parent.ts) };

    await client().chat.postEphemeral(fields);
    const before = workspace.as(ADA).ephemerals().length;
    await say({ thread_ts: parent.ts });
    const after = workspace.as(ADA).ephemerals().length;

    expect([before, after]).toEqual([0, 1]);
  });
});

describe('editing', () => {
  it('takes the blocks away when only text is given, and keeps metadata', async () => {
    const metadata = { event_type: 'request', event_payload: { id: 'r1' } };
    const { ts } = await say({ blocks: [{ type: 'divider' }], metadata });

    await client().chat.update({ channel: OPS, ts: String(ts), text: 'Done' });

    expect(workspace.messages('ops')[0]).toMatchObject({ text: 'Done', blocks: [], metadata });
  });

  it.each([
    ['a message that is not there', { ts: '1.000001' }, 'message_not_found'],
    ['another channel', { channel: 'C000NONE' }, 'channel_not_found'],
    ["a person's id instead of the direct conversation", { channel: ADA }, 'channel_not_found'],
    ['more than 4000 characters', { text: 'x'.repeat(4001) }, 'msg_too_long'],
  ])('refuses %s', async (_what, fields, error) => {
    const { ts } = await say({});

    const answer = await refusal(
      client().chat.update({ channel: OPS, ts: String(ts), text: 'New', ...fields }),
    );

    expect(answer['error']).toBe(error);
  });

  it('refuses messages of others, ephemeral ones and those past the edit window', async () => {
    const { ts: locked } = await say({});
    workspace.lockMessage(String(locked));
    const own = workspace.messages('ops')[0];
    if (own !== undefined) workspace.world.messages.push({ ...own, ts: '5.000001', botId: null });
    const whisper = await client().chat.postEphemeral({ channel: OPS, user: ADA, text: 'Psst' });
    const update = (ts: string) => refusal(client().chat.update({ channel: OPS, ts, text: 'New' }));

    const errors = [
      await update(String(locked)),
      await update('5.000001'),
      await update(String(whisper.message_ts)),
    ].map((answer) => answer['error']);

    expect(errors).toEqual(['edit_window_closed', 'cant_update_message', 'message_not_found']);
  });

  it('deletes its own messages and links to those that are there', async () => {
    const { ts } = await say({});
    const message = { channel: OPS, message_ts: String(ts) };

    const link = await client().chat.getPermalink(message);
    await client().chat.delete({ channel: OPS, ts: String(ts) });
    const gone = await refusal(client().chat.getPermalink(message));

    expect(link.permalink).toContain(`/archives/${OPS}/p`);
    expect(gone['error']).toBe('message_not_found');
  });
});

describe('views', () => {
  it('opens with a trigger that works once and for three seconds', async () => {
    const used = trigger();
    await client().views.open({ trigger_id: used, view: modal });
    const late = trigger();
    now = new Date(now.getTime() + 3001);

    const errors = [
      await refusal(client().views.open({ trigger_id: used, view: modal })),
      await refusal(client().views.open({ trigger_id: late, view: modal })),
      await refusal(client().views.open({ trigger_id: 'nonsense', view: modal })),
    ].map((answer) => answer['error']);

    expect(errors).toEqual(['exchanged_trigger_id', 'expired_trigger_id', 'invalid_trigger_id']);
  });

  it('refuses a broken view with a pointer into it', async () => {
    const title = { type: 'plain_text' as const, text: 'x'.repeat(25) };

    const answer = await refusal(
      client().views.open({ trigger_id: trigger(), view: { ...modal, title } }),
    );

    expect(answer).toMatchObject({
      error: 'invalid_arguments',
      errors: ['must be less than 25 characters [json-pointer:/view/title/text]'],
    });
  });

  it('updates with the current hash only, and never a view that is gone', async () => {
    const opened = await client().views.open({ trigger_id: trigger(), view: modal });
    const id = opened.view?.id ?? '';
    const hash = opened.view?.hash ?? '';
    await client().views.update({ view_id: id, hash, view: modal });

    const stale = await refusal(client().views.update({ view_id: id, hash, view: modal }));
    await workspace.as(ADA).closeView();
    const gone = await refusal(client().views.update({ view_id: id, view: modal }));

    expect([stale['error'], gone['error']]).toEqual(['hash_conflict', 'not_found']);
  });

  it('keeps typed values where the ids stay, and drops them where a block id changes', async () => {
    const opened = await client().views.open({ trigger_id: trigger(), view: modal });
    await workspace.as(ADA).fillIn({ address: 'flow@example.com' });
    const renamed = { ...modal, blocks: modal.blocks.map((one) => ({ ...one, block_id: 'new' })) };
    const typed = () => workspace.as(ADA).view()?.values;

    await client().views.update({ view_id: opened.view?.id ?? '', view: modal });
    const kept = typed()?.['address']?.['address'];
    await client().views.update({
      view_id: opened.view?.id ?? '',
      view: { ...renamed, blocks: renamed.blocks.slice(1) },
    });
    const dropped = typed()?.['new']?.['address'];

    expect(kept).toMatchObject({ value: 'flow@example.com' });
    expect(dropped).toMatchObject({ value: null });
  });

  it('pushes three deep and no deeper, and not without a modal', async () => {
    const early = await refusal(client().views.push({ trigger_id: trigger(), view: modal }));
    await client().views.open({ trigger_id: trigger(), view: modal });
    await client().views.push({ trigger_id: trigger(), view: modal });
    await client().views.push({ trigger_id: trigger(), view: modal });

    const late = await refusal(client().views.push({ trigger_id: trigger(), view: modal }));

    expect([early['error'], late['error']]).toEqual(['not_found', 'push_limit_reached']);
  });

  it('refuses an external id that another view has', async () => {
    const view = { ...modal, external_id: 'draft-1' };
    await client().views.open({ trigger_id: trigger(), view });

    const answer = await refusal(client().views.push({ trigger_id: trigger(), view }));

    expect(answer['error']).toBe('duplicate_external_id');
  });

  it('publishes the Home tab unless it is off, the hash is old or the person is gone', async () => {
    const view = { type: 'home' as const, blocks: [{ type: 'divider' as const }] };
    const first = await client().views.publish({ user_id: ADA, view });
    const hash = first.view?.hash ?? '';
    await client().views.publish({ user_id: ADA, view, hash });

    const stale = await refusal(client().views.publish({ user_id: ADA, view, hash }));
    const gone = await refusal(client().views.publish({ user_id: GONE, view }));
    await reopen({ homeTab: false });
    const off = await refusal(client().views.publish({ user_id: ADA, view }));

    expect([stale, gone, off].map((answer) => answer['error'])).toEqual([
      'hash_conflict',
      'invalid_arguments',
      'not_enabled',
    ]);
  });
});

describe('people and places', () => {
  it('tells guests, strangers and the deactivated apart', async () => {
    workspace.addChannel({ id: 'C000SHAR', name: 'shared', extShared: true });

    const [guest, stranger, gone] = await Promise.all(
      [BEN, STRANGER, GONE].map((user) => client().users.info({ user })),
    );

    expect(guest?.user).toMatchObject({ is_restricted: true, deleted: false, tz: 'Europe/Berlin' });
    expect(stranger?.user).toMatchObject({ team_id: 'T0000OTH', is_stranger: true });
    expect(gone?.user).toMatchObject({ deleted: true });
    expect(gone?.user?.is_restricted).toBeUndefined();
  });

  it('does not show people of other workspaces without a shared channel', async () => {
    const hidden = await refusal(client().users.info({ user: STRANGER }));
    const unknown = await refusal(client().users.info({ user: 'U000NONE' }));

    expect([hidden['error'], unknown['error']]).toEqual(['user_not_visible', 'user_not_found']);
  });

  it('lists people page by page', async () => {
    const first = await client().users.list({ limit: 2 });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client().users.list({ limit: 2, cursor });

    expect(first.members).toHaveLength(2);
    expect(second.members).toHaveLength(2);
    expect(second.response_metadata?.next_cursor).toBe('');
  });

  it('lists user groups and their members', async () => {
    workspace.setGroup({ id: 'S0000OFF', handle: 'old', disabled: true });

    const groups = await client().usergroups.list({ include_users: true });
    const users = await client().usergroups.users.list({ usergroup: 'S0000APP' });
    const unknown = await refusal(client().usergroups.users.list({ usergroup: 'S0000OFF' }));
    await reopen({ paidPlan: false });
    const unpaid = await refusal(client().usergroups.users.list({ usergroup: 'S0000APP' }));

    expect(groups.usergroups).toMatchObject([{ handle: 'approvers', users: [BEN] }]);
    expect(users.users).toEqual([BEN]);
    expect([unknown['error'], unpaid['error']]).toEqual([
      'no_such_subteam',
      'plan_upgrade_required',
    ]);
  });

  it('opens direct conversations only with people who can read them', async () => {
    const first = await client().conversations.open({ users: ADA });
    const again = await client().conversations.open({ users: ADA });
    const errors = await Promise.all(
      [GONE, 'U000NONE', STRANGER, 'U0000000B'].map((users) =>
        refusal(client().conversations.open({ users })),
      ),
    );

    expect(first.channel?.id).toBe('D0000ADA');
    expect(again).toMatchObject({ already_open: true });
    expect(errors.map((answer) => answer['error'])).toEqual([
      'user_disabled',
      'user_not_found',
      'user_not_visible',
      'cannot_dm_bot',
    ]);
  });

  it('reads channels with the scope for their kind, one hundred entries a page', async () => {
    const refused = await refusal(client().conversations.info({ channel: OPS }));
    await reopen({ botScopes: ['chat:write', 'channels:read', 'channels:history'] });
    for (let index = 0; index < 101; index += 1) {
      await say({ text: `Message ${index}` });
    }

    const info = await client().conversations.info({ channel: OPS });
    const members = await client().conversations.members({ channel: OPS });
    const history = await client().conversations.history({ channel: OPS });
    const ts = history.messages?.[0]?.ts ?? '';
    const replies = await client().conversations.replies({ channel: OPS, ts });
    const outside = await refusal(client().conversations.history({ channel: ELSEWHERE }));

    expect(refused).toMatchObject({ error: 'missing_scope', needed: 'channels:read' });
    expect(info.channel).toMatchObject({ name: 'ops', is_member: true, is_ext_shared: false });
    expect(members.members).toContain(ADA);
    expect(history.messages).toHaveLength(100);
    expect(history).toMatchObject({ has_more: true });
    expect(history.messages?.[0]?.text).toBe('Message 100');
    expect(replies.messages).toHaveLength(1);
    expect(outside['error']).toBe('not_in_channel');
  });

  it('ends a workflow step once', async () => {
    const id = await workspace.runFunction('order_account', { vendor: 'gitlab' });

    await client().functions.completeSuccess({ function_execution_id: id, outputs: { done: 'y' } });
    const late = await refusal(
      client().functions.completeError({ function_execution_id: id, error: 'too late' }),
    );

    expect(workspace.world.executions.get(id)).toMatchObject({
      outcome: 'success',
      result: { outputs: { done: 'y' } },
    });
    expect(late['error']).toBe('execution_not_in_running_state');
  });
});

describe('limits and faults', () => {
  it('slows down posting to one channel and counts the violation', async () => {
    await reopen({ rateLimits: 'published' });
    for (let index = 0; index < 3; index += 1) await say({});

    const limited: unknown = await say({}).catch((reason: unknown) => reason);
    const inAnotherChannel = await say({ channel: ADA });
    now = new Date(now.getTime() + 1000);
    const later = await say({});

    expect(limited).toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 1 });
    expect([inAnotherChannel.ok, later.ok]).toEqual([true, true]);
    expect(workspace.rateLimitViolations).toMatchObject([{ method: 'chat.postMessage' }]);
  });

  it('allows twenty calls a minute in tier 2, or more with a scale', async () => {
    await reopen({ rateLimits: 'published' });
    for (let index = 0; index < 20; index += 1) await client().users.list({});
    const limited: unknown = await client()
      .users.list({})
      .catch((reason: unknown) => reason);
    await reopen({ rateLimits: 'published', rateScale: 2 });

    for (let index = 0; index < 21; index += 1) await client().users.list({});

    expect(limited).toMatchObject({ retryAfter: 60 });
    expect(workspace.rateLimitViolations).toEqual([]);
  });

  it('breaks calls on demand, before and after their effect', async () => {
    workspace.injectFault('chat.postMessage', fault.rateLimited(7));
    const limited: unknown = await say({}).catch((reason: unknown) => reason);
    workspace.injectFault('chat.postMessage', fault.status(503));
    const down: unknown = await say({}).catch((reason: unknown) => reason);
    workspace.injectFault('chat.postMessage', fault.hang());
    const slow: unknown = await say({}, client(workspace.botToken, { timeout: 50 })).catch(
      (reason: unknown) => reason,
    );
    workspace.injectFault('chat.postMessage', fault.half());
    await say({}).catch((reason: unknown) => reason);
    const before = workspace.messages('ops').length;
    workspace.injectFault('chat.postMessage', fault.dropAfterEffect());
    const dropped: unknown = await say({}).catch((reason: unknown) => reason);

    expect(limited).toMatchObject({ retryAfter: 7 });
    expect(down).toMatchObject({ code: ErrorCode.HTTPError });
    expect(slow).toMatchObject({ code: ErrorCode.RequestError });
    expect(dropped).toMatchObject({ code: ErrorCode.RequestError });
    expect([before, workspace.messages('ops').length]).toEqual([1, 2]);
    expect(workspace.callsTo('chat.postMessage')).toHaveLength(5);
  });

  it("fails with Slack's own errors on demand", async () => {
    const { ts } = await say({});
    workspace.refuseNext('chat.update', 'edit_window_closed');
    const update = () => client().chat.update({ channel: OPS, ts: String(ts), text: 'New' });

    const refused = await refusal(update());
    const then = await update();

    expect(refused['error']).toBe('edit_window_closed');
    expect(then.ok).toBe(true);
  });

  it('takes its time when told to, and writes down how long calls took', async () => {
    workspace.setDelay(30);

    await say({});

    expect(workspace.apiCalls[0]).toMatchObject({
      method: 'chat.postMessage',
      answer: { ok: true },
    });
    expect(workspace.apiCalls[0]?.ms).toBeGreaterThanOrEqual(29);
  });

  it('forgets messages and journals on reset, and keeps people and channels', async () => {
    await say({});

    workspace.reset();
    const answer = await say({});

    expect(answer.ok).toBe(true);
    expect(workspace.messages('ops')).toHaveLength(1);
    expect(workspace.apiCalls).toHaveLength(1);
  });
});
