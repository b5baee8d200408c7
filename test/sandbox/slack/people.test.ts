import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startServer } from '../../../src/sandbox/kit/server.ts';
import type { SandboxAnswer, SandboxServer } from '../../../src/sandbox/kit/server.ts';
import { isJson } from '../../../src/sandbox/slack/json.ts';
import type { Json } from '../../../src/sandbox/slack/json.ts';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.ts';
import { ADA, aWorkspace, BEN, OPS } from './ordinary-app.ts';

const GONE = 'U000GONE';
let now: Date;
let workspace: SlackWorkspace;
let app: SandboxServer;
/** What the scripted app answers next; 200 and nothing unless set. */
let answer: (payload: Json) => unknown;
let status: number;

beforeEach(async () => {
  now = new Date('2026-11-23T09:00:00Z');
  answer = () => undefined;
  status = 200;
  workspace = await aWorkspace({ clock: { now: () => now }, ackTimeoutMs: 100 });
  workspace.addPerson({ id: GONE, name: 'gone', deleted: true });
  app = await startServer({
    name: 'app',
    routes: {
      'POST /slack/events': ({ body }): SandboxAnswer => {
        const said = answer(readPayload(body));
        return { status, ...(said === undefined ? {} : { body: said }) };
      },
    },
  });
  workspace.connect(`${app.url}/slack/events`);
});
afterEach(() => Promise.all([workspace.close(), app.close()]));

function readPayload(body: unknown): Json {
  if (!isJson(body)) return {};
  return typeof body['payload'] === 'string' ? (JSON.parse(body['payload']) as Json) : body;
}

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (text: string) => ({ text: plain(text), value: text.toLowerCase() });
const input = (id: string, element: object, fields: object = {}) => ({
  type: 'input',
  block_id: id,
  label: plain(`The ${id}`),
  element: { action_id: id, ...element },
  ...fields,
});

async function call(method: string, args: object): Promise<Json> {
  const response = await fetch(`${workspace.slackApiUrl}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${workspace.botToken}`,
    },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Json;
}

async function openModal(blocks: object[], fields: object = {}): Promise<void> {
  const view = { type: 'modal', title: plain('Form'), submit: plain('Send'), blocks, ...fields };
  const trigger = workspace.world.triggers.issue(ADA);
  const opened = await call('views.open', { trigger_id: trigger, view });
  expect(opened).toMatchObject({ ok: true });
}

async function post(blocks: object[], fields: object = {}): Promise<void> {
  const posted = await call('chat.postMessage', { channel: OPS, text: 'Hi', blocks, ...fields });
  expect(posted).toMatchObject({ ok: true });
}

function lastPayload(): Json {
  return workspace.deliveries.at(-1)?.payload ?? {};
}

describe('a person in a modal', () => {
  it('fills every kind of field, and the app gets it as Slack sends it', async () => {
    await openModal([
      input('text', { type: 'plain_text_input' }),
      input('mail', { type: 'email_text_input' }),
      input('days', { type: 'number_input', is_decimal_allowed: false }),
      input('kind', { type: 'static_select', options: [option('Git'), option('Ticket')] }),
      input('mode', { type: 'radio_buttons', options: [option('Fast'), option('Slow')] }),
      input('rights', { type: 'checkboxes', options: [option('Read'), option('Write')] }),
      input('owner', { type: 'users_select' }),
      input('others', { type: 'multi_users_select', max_selected_items: 2 }),
      input('place', { type: 'channels_select' }),
      input('until', { type: 'datepicker' }),
    ]);
    const ada = workspace.as(ADA);

    await ada.fillIn({
      'The text': 'For the pipeline',
      mail: 'flow@example.com',
      days: '90',
      kind: 'Ticket',
      mode: 'slow',
      rights: ['read', 'Write'],
      owner: 'ben',
      others: [ADA, 'ben'],
      place: '#ops',
      until: '2027-01-31',
    });
    const submitted = await ada.submit();

    expect(submitted).toEqual({ outcome: 'closed' });
    expect(lastPayload()).toMatchObject({
      type: 'view_submission',
      user: { id: ADA, team_id: 'T00000001' },
      view: {
        state: {
          values: {
            text: { text: { type: 'plain_text_input', value: 'For the pipeline' } },
            mail: { mail: { value: 'flow@example.com' } },
            days: { days: { value: '90' } },
            kind: { kind: { selected_option: option('Ticket') } },
            mode: { mode: { selected_option: option('Slow') } },
            rights: { rights: { selected_options: [option('Read'), option('Write')] } },
            owner: { owner: { selected_user: BEN } },
            others: { others: { selected_users: [ADA, BEN] } },
            place: { place: { selected_channel: OPS } },
            until: { until: { selected_date: '2027-01-31' } },
          },
        },
      },
    });
  });

  it("is stopped by Slack's own checks before the app hears anything", async () => {
    await openModal([
      input('text', { type: 'plain_text_input', min_length: 3 }),
      input('mail', { type: 'email_text_input' }),
      input('days', { type: 'number_input', is_decimal_allowed: false, max_value: '365' }),
      input('link', { type: 'url_text_input' }, { optional: true }),
      input('owner', { type: 'users_select' }),
    ]);
    const ada = workspace.as(ADA);
    await ada.fillIn({ text: 'ab', mail: 'nonsense', days: '366' });

    const submitted = await ada.submit();

    expect(submitted).toMatchObject({ outcome: 'errors', by: 'slack' });
    expect(Object.keys(ada.view()?.errors ?? {})).toEqual(['text', 'mail', 'days', 'owner']);
    expect(workspace.deliveries).toEqual([]);
  });

  it('cannot choose what is not offered', async () => {
    await openModal([
      input('kind', { type: 'static_select', options: [option('Git')] }),
      input('owner', { type: 'users_select' }),
      input('others', { type: 'multi_users_select', max_selected_items: 1 }),
    ]);
    const ada = workspace.as(ADA);

    await expect(ada.fillIn({ kind: 'Mail' })).rejects.toThrow('it offers: git (Git)');
    await expect(ada.fillIn({ owner: 'gone' })).rejects.toThrow('Nobody called gone');
    await expect(ada.fillIn({ others: [ADA, BEN] })).rejects.toThrow('at most 1');
    await expect(ada.fillIn({ colour: 'red' })).rejects.toThrow('Nothing here is called colour');
  });

  it('sends block_actions when a dispatching field changes, and not otherwise', async () => {
    await openModal([
      input('kind', { type: 'static_select', options: [option('Git')] }, { dispatch_action: true }),
      input('owner', { type: 'users_select' }),
    ]);

    await workspace.as(ADA).fillIn({ kind: 'Git', owner: 'ben' });

    expect(workspace.deliveries).toHaveLength(1);
    expect(lastPayload()).toMatchObject({
      type: 'block_actions',
      container: { type: 'view' },
      actions: [{ action_id: 'kind', block_id: 'kind', selected_option: option('Git') }],
      view: { state: { values: { kind: { kind: { selected_option: option('Git') } } } } },
    });
  });

  it('reads options from the app, in groups too, and records options Slack would refuse', async () => {
    await openModal([input('vendor', { type: 'external_select', min_query_length: 2 })]);
    const ada = workspace.as(ADA);
    answer = () => ({ option_groups: [{ label: plain('Git'), options: [option('GitLab')] }] });

    const tooShort = await ada.typeahead('vendor', 'G');
    const grouped = await ada.typeahead('vendor', 'Gi');
    answer = () => ({ options: Array.from({ length: 101 }, (_, index) => option(`V${index}`)) });
    const tooMany = await ada.typeahead('vendor', 'Git');

    expect([tooShort, grouped, tooMany]).toEqual([[], [option('GitLab')], []]);
    expect(workspace.unexpected[0]).toContain('options for vendor');
  });

  it.each([
    ['update', 'updated', 1],
    ['push', 'pushed', 2],
    ['clear', 'closed', 0],
  ])('follows the answer "%s"', async (action, outcome, depth) => {
    await openModal([input('text', { type: 'plain_text_input' })]);
    const ada = workspace.as(ADA);
    await ada.fillIn({ text: 'x' });
    const view = { type: 'modal', title: plain('Next'), blocks: [{ type: 'divider' }] };
    answer = () => ({ response_action: action, ...(action === 'clear' ? {} : { view }) });

    const submitted = await ada.submit();

    expect(submitted).toEqual({ outcome });
    expect(workspace.world.modals.get(ADA)).toHaveLength(depth);
    expect(workspace.unexpected).toEqual([]);
  });

  it('keeps the form open when the app answers late, badly or about unknown blocks', async () => {
    await openModal([input('text', { type: 'plain_text_input' })]);
    const ada = workspace.as(ADA);
    await ada.fillIn({ text: 'x' });

    answer = () => ({ response_action: 'errors', errors: { unknown: 'No.' } });
    const unknown = await ada.submit();
    answer = () => ({ response_action: 'update', view: { type: 'modal' } });
    const bad = await ada.submit();
    app.faults.inject({ fault: { kind: 'hang', afterEffect: false } });
    const late = await ada.submit();

    expect([unknown, bad, late].map((one) => one.outcome)).toEqual(['failed', 'failed', 'failed']);
    expect(ada.view()).toBeDefined();
    expect(workspace.unexpected).toHaveLength(2);
    expect(workspace.deliveries.at(-1)?.error).toBe('operation_timeout');
  });

  it('closes quietly unless the view asked to be told', async () => {
    await openModal([{ type: 'divider' }]);
    await workspace.as(ADA).closeView();
    const quiet = workspace.deliveries.length;
    await openModal([{ type: 'divider' }], { notify_on_close: true });

    await workspace.as(ADA).closeView({ all: true });

    expect(quiet).toBe(0);
    expect(lastPayload()).toMatchObject({ type: 'view_closed', is_cleared: true });
  });
});

describe('a person with a message', () => {
  const approve = {
    type: 'button',
    action_id: 'approve',
    value: 'r1',
    text: plain('Approve'),
    confirm: { title: plain('Sure?'), text: plain('It will be made.') },
  };

  it('reads the confirmation, and refusing it sends nothing', async () => {
    await post([{ type: 'actions', block_id: 'decide', elements: [approve] }]);

    const click = await workspace.as(BEN).click('Approve', { confirm: 'refuse' });

    expect(click).toEqual({
      confirm: { title: 'Sure?', text: 'It will be made.' },
      url: null,
      delivery: null,
    });
    expect(workspace.deliveries).toEqual([]);
  });

  it('sends the click with the message, the person and a way to answer', async () => {
    const metadata = { event_type: 'request', event_payload: { id: 'r1' } };
    await post([{ type: 'actions', block_id: 'decide', elements: [approve] }], { metadata });

    await workspace.as(BEN).click('approve');

    expect(lastPayload()).toMatchObject({
      type: 'block_actions',
      user: { id: BEN, username: 'ben' },
      channel: { id: OPS, name: 'ops' },
      container: { type: 'message', channel_id: OPS, is_ephemeral: false },
      message: { text: 'Hi', metadata },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decide', value: 'r1' }],
      response_url: expect.stringContaining('/response/'),
      trigger_id: expect.any(String),
    });
  });

  it('can click a button that somebody else has already made vanish', async () => {
    await post([{ type: 'actions', elements: [approve] }]);
    const [message] = workspace.messages('ops');
    await call('chat.update', { channel: OPS, ts: message?.ts, text: 'Approved' });

    const late = await workspace.as(ADA).click('approve', { message: message! });

    expect(late.delivery).toMatchObject({ error: null });
    await expect(workspace.as(ADA).click('approve')).rejects.toThrow('sees no button');
  });

  it('does not see what is in channels they are not in', async () => {
    workspace.addChannel({ id: 'C00PRIV', name: 'priv', members: [ADA, 'U0000000B'] });
    await post([{ type: 'actions', elements: [approve] }], { channel: 'C00PRIV' });

    await expect(workspace.as(BEN).click('Approve')).rejects.toThrow('sees no button');
    await expect(
      workspace.as(BEN).slashCommand('/account', { channel: 'C00PRIV' }),
    ).rejects.toThrow('not in priv');
  });

  it('chooses from a menu in it', async () => {
    const menu = { type: 'static_select', action_id: 'pick', options: [option('Git')] };
    await post([{ type: 'actions', elements: [menu] }]);

    await workspace.as(BEN).choose('pick', 'Git', { message: workspace.messages('ops')[0]! });

    expect(lastPayload()).toMatchObject({ actions: [{ selected_option: option('Git') }] });
  });

  it('sees an ephemeral answer change and go through its response_url', async () => {
    await call('chat.postEphemeral', {
      channel: OPS,
      user: BEN,
      text: 'Choose',
      blocks: [{ type: 'actions', elements: [approve] }],
    });
    const respond = async (body: object) => {
      await workspace.as(BEN).click('approve');
      const url = String(lastPayload()['response_url']);
      await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    };

    await respond({
      replace_original: true,
      text: 'Sure?',
      blocks: [{ type: 'actions', elements: [approve] }],
    });
    const replaced = workspace
      .as(BEN)
      .ephemerals()
      .map((one) => one.text);
    const payload = lastPayload();
    await respond({ delete_original: true });

    expect(replaced).toEqual(['Sure?']);
    expect(payload['message']).toBeUndefined();
    expect(workspace.as(BEN).ephemerals()).toEqual([]);
  });

  it('is answered five times, within half an hour', async () => {
    const delivery = await workspace.as(ADA).slashCommand('/account');
    const url = String(delivery.payload['response_url']);
    const respond = async () => {
      const body = JSON.stringify({ text: 'Hello', response_type: 'in_channel' });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(url, { method: 'POST', headers, body })).json();
    };

    for (let index = 0; index < 5; index += 1) await respond();
    const sixth = await respond();
    now = new Date(now.getTime() + 30 * 60_000 + 1);
    const late = await respond();

    expect(workspace.messages('ops')).toHaveLength(5);
    expect([sixth, late]).toMatchObject([{ error: 'used_url' }, { error: 'expired_url' }]);
  });
});

describe('what Slack sends', () => {
  it('tells the person when a command fails', async () => {
    status = 500;
    await workspace.as(ADA).slashCommand('/account list');
    app.faults.inject({ fault: { kind: 'hang', afterEffect: false } });
    await workspace.as(ADA).slashCommand('/account list');

    const texts = workspace
      .as(ADA)
      .ephemerals()
      .map((one) => one.text);

    expect(texts).toEqual([
      '/account failed with the error "dispatch_failed"',
      '/account failed with the error "operation_timeout"',
    ]);
  });

  it('splits the command from its text, and writes down who, where and how it went', async () => {
    await workspace.as(ADA).slashCommand('/account status r1', { channel: OPS });

    expect(workspace.deliveries[0]).toMatchObject({
      kind: 'command',
      via: 'http',
      status: 200,
      error: null,
      ms: expect.any(Number),
      payload: { command: '/account', text: 'status r1', user_id: ADA, channel_name: 'ops' },
    });
  });

  it('tries an event again when it was not answered, and marks the retry', async () => {
    app.faults.inject({ fault: { kind: 'drop', afterEffect: false } });

    const answered = await workspace.changePerson(BEN, { deleted: true });
    const duplicate = await workspace.redeliver(answered);

    expect(workspace.deliveries.map((one) => [one.error, one.retry])).toEqual([
      ['dispatch_failed', 0],
      [null, 1],
      [null, 2],
    ]);
    expect(duplicate.post?.headers).toMatchObject({ 'x-slack-retry-num': '2' });
    expect(new Set(workspace.deliveries.map((one) => one.payload['event_id'])).size).toBe(1);
    expect(answered.payload).toMatchObject({
      event: { type: 'user_change', user: { id: BEN, deleted: true } },
    });
  });

  it('fails at once when no app is connected', async () => {
    workspace.connect(null);

    const delivery = await workspace.as(ADA).slashCommand('/account');

    expect(delivery).toMatchObject({ via: 'nowhere', error: 'dispatch_failed' });
  });

  it('gives up waiting with a word about what for', async () => {
    const waiting = workspace.waitFor(() => undefined, { timeoutMs: 10, what: 'the card' });

    await expect(waiting).rejects.toThrow('Waited in vain for the card.');
  });
});
