import { afterEach, describe, expect, it } from 'vitest';

import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.ts';
import { ADA, aWorkspace, BEN, OPS, startOrdinaryApp } from './ordinary-app.ts';
import type { RunningApp } from './ordinary-app.ts';

let workspace: SlackWorkspace;
let running: RunningApp;

afterEach(async () => {
  await running.stop();
  await workspace.close();
});

async function start(mode: 'http' | 'socket'): Promise<void> {
  workspace = await aWorkspace();
  running = await startOrdinaryApp(workspace, mode);
}

describe.each(['http', 'socket'] as const)('an ordinary Bolt app over %s', (mode) => {
  it('goes from the command through the modal to the clicked button', async () => {
    await start(mode);
    const ada = workspace.as(ADA);
    const ben = workspace.as(BEN);

    await ada.slashCommand('/account', { channel: OPS });
    await ada.openView((view) => view.view['callback_id'] === 'order');
    const offered = await ada.typeahead('vendor_choice', 'GitLab');
    await ada.fillIn({ Vendor: 'GitLab acme', address: 'flow@example.com' });
    const submitted = await ada.submit();
    const [message] = await workspace.waitFor(() => {
      const messages = workspace.messages('ops');
      return messages.length === 1 && messages;
    });
    const click = await ben.click('Approve');
    const ephemeral = await workspace.waitFor(() => ben.ephemerals().at(-1));

    expect(offered).toHaveLength(1);
    expect(submitted).toEqual({ outcome: 'closed' });
    expect(ada.view()).toBeUndefined();
    expect(message?.text).toBe(`${ADA} wants gitlab-acme for flow@example.com`);
    expect(click.confirm).toEqual({ title: 'Sure?', text: 'An account will be made.' });
    expect(workspace.messages('ops')[0]).toMatchObject({ text: `Approved by ${BEN}`, blocks: [] });
    expect(ephemeral.text).toBe('Thank you.');
    expect(ada.ephemerals()).toEqual([]);
    expect(workspace.deliveries.every((one) => one.error === null && one.status === 200)).toBe(
      true,
    );
    expect(workspace.unexpected).toEqual([]);
    expect(workspace.advice).toEqual([]);
  });

  it("shows the app's field errors and keeps what was typed", async () => {
    await start(mode);
    const ada = workspace.as(ADA);
    await ada.slashCommand('/account');
    await ada.openView();
    await ada.fillIn({ vendor: 'github-acme', address: 'flow@elsewhere.org' });

    const submitted = await ada.submit();

    expect(submitted).toEqual({
      outcome: 'errors',
      by: 'app',
      errors: { address: 'Use our own domain.' },
    });
    expect(ada.view()?.errors).toEqual({ address: 'Use our own domain.' });
    expect(ada.view()?.values['address']?.['address']).toMatchObject({
      value: 'flow@elsewhere.org',
    });
    expect(workspace.unexpected).toEqual([]);
  });

  it('shows the words of the acknowledgement only to the person who typed', async () => {
    await start(mode);

    await workspace.as(ADA).slashCommand('/account help', { channel: OPS });

    expect(
      workspace
        .as(ADA)
        .ephemerals()
        .map((one) => one.text),
    ).toEqual(['Type /account to order one.']);
    expect(workspace.as(BEN).ephemerals()).toEqual([]);
    expect(workspace.messages('ops')).toEqual([]);
  });

  it('opens the Home tab and takes global shortcuts', async () => {
    await start(mode);
    const ada = workspace.as(ADA);

    await ada.openHome();
    const home = await workspace.waitFor(() => ada.home());
    await ada.shortcut('order_account');
    const view = await ada.openView();
    await ada.closeView();

    expect(home.blocks).toHaveLength(1);
    expect(view.view['callback_id']).toBe('order');
    expect(workspace.deliveries.at(-1)).toMatchObject({ kind: 'view_closed' });
    expect(workspace.unexpected).toEqual([]);
  });
});

describe('an app over HTTP', () => {
  it('answers the challenge of a new request URL', async () => {
    await start('http');

    const verified = await workspace.verifyUrl();

    expect(verified).toBe(true);
  });

  it('refuses a forged signature, an old timestamp and an altered body', async () => {
    await start('http');
    await workspace.as(ADA).slashCommand('/account help');
    const [delivery] = workspace.deliveries;
    const payload = delivery?.payload ?? {};

    const genuine = await workspace.rawPost('command', payload);
    const forged = await workspace.rawPost('command', payload, { secret: 'another' });
    const old = await workspace.rawPost('command', payload, { shiftSeconds: -301 });
    const altered = await workspace.rawPost('command', payload, {
      alter: (body) => body.replace('help', 'evil'),
    });

    expect([genuine, forged, old, altered].map((one) => one.status)).toEqual([200, 401, 401, 401]);
  });

  it('lets the same signed bytes be replayed, as Bolt keeps no memory of them', async () => {
    await start('http');
    const delivery = await workspace.as(ADA).slashCommand('/account help');

    const replayed = await workspace.replay(delivery);

    expect(replayed).toEqual({ status: 200, body: 'Type /account to order one.' });
  });
});

describe('an app over Socket Mode', () => {
  it('comes back after Slack recycles its connection', async () => {
    await start('socket');

    workspace.disconnectSockets();
    await workspace.waitFor(() => workspace.callsTo('apps.connections.open').length === 2);
    await workspace.waitFor(() => workspace.socketConnections() === 1);
    await workspace.as(ADA).slashCommand('/account help');

    expect(workspace.as(ADA).ephemerals()).toHaveLength(1);
  });

  it('sends each payload to one of two replicas', async () => {
    await start('socket');
    const second = await startOrdinaryApp(workspace, 'socket');
    await workspace.as(ADA).slashCommand('/account');
    await workspace.as(ADA).openView();
    await workspace.as(ADA).fillIn({ vendor: 'github-acme', address: 'flow@example.com' });
    await workspace.as(ADA).submit();
    const message = await workspace.waitFor(() => workspace.messages('ops')[0]);

    await workspace.as(ADA).click('Approve', { message });
    await workspace.as(BEN).click('Approve', { message });
    await workspace.waitFor(() => workspace.as(ADA).ephemerals().length === 1);
    await workspace.waitFor(() => workspace.as(BEN).ephemerals().length === 1);
    await second.stop();

    expect([running.clicks, second.clicks]).toEqual([['approve'], ['approve']]);
  });
});
