import { afterEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { fillOrder, GITLAB_ORDER } from '../../src/sandbox/fill-form.ts';
import { CHANNEL, GROUPS, PEOPLE } from '../../src/sandbox/people.ts';
import type { SlackWorkspace } from '../../src/sandbox/slack/workspace.ts';
import { SETTING } from '../../src/slack/ids.ts';
import { eventually, startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';

let journey: Journey;
afterEach(() => journey.close());

/** A configuration that leaves channel and approvers to the admin. */
async function leftOpen(change: Record<string, unknown> = {}): Promise<void> {
  journey = await startJourney({
    change: (_, slack) => ({
      slack: slackWithout(slack),
      admins: { users: [PEOPLE.admin.id] },
      policy: { rules: [{ name: 'whatever it is' }] },
      ...change,
    }),
  });
}

function slackWithout(slack: SlackWorkspace) {
  return {
    bot_token: new Secret(slack.botToken),
    signing_secret: new Secret(slack.signingSecret),
    api_url: slack.slackApiUrl,
  };
}

const person = (who: keyof typeof PEOPLE) => journey.sandbox.slack.as(PEOPLE[who].id);

const shows = (who: keyof typeof PEOPLE, words: string) =>
  journey.sandbox.slack.waitFor(
    () => (JSON.stringify(person(who).view()?.blocks) ?? '').includes(words),
    { what: `a modal saying “${words}”` },
  );

async function openSettings(who: keyof typeof PEOPLE = 'admin') {
  if (person(who).view() !== undefined) await person(who).closeView({ all: true });
  await person(who).slashCommand('/flow-service-account settings');
  await person(who).openView();
  return person(who);
}

async function choose(values: Record<string, string | string[]>) {
  const admin = await openSettings();
  await shows('admin', SETTING.users);
  await admin.fillIn(values);
  return admin.submit();
}

describe('What the configuration file leaves open', () => {
  it('is chosen by an admin in Slack, holds at once, and is in the audit log', async () => {
    await leftOpen();
    await person('requester').slashCommand('/flow-service-account');
    await shows('requester', 'Nobody has chosen yet');
    await person('requester').closeView({ all: true });

    const saved = await choose({
      [SETTING.channel]: CHANNEL.id,
      [SETTING.users]: [PEOPLE.second.id],
      [SETTING.groups]: [GROUPS.leads.id],
    });
    await shows('admin', 'Saved');
    const request = await journey.ask(GITLAB_ORDER);
    await journey.approve(request, 'lead');
    const done = await journey.finish(request);

    expect(saved).toEqual({ outcome: 'updated' });
    expect(done.state).toBe('done');
    expect(done.policy.approvers).toEqual({ users: [PEOPLE.second.id], groups: [GROUPS.leads.id] });
    const [entry] = await journey.product.records.audit.list({ actions: ['config-changed'] });
    expect(entry).toMatchObject({
      actor: PEOPLE.admin.id,
      subject: 'settings',
      details: { before: null, after: { channel: CHANNEL.id } },
    });
    journey.expectCleanWorld();
  });

  it('is a problem for doctor until it is chosen, and then doctor tells where it comes from', async () => {
    await leftOpen();
    const before = await journey.product.doctor();

    await choose({ [SETTING.channel]: CHANNEL.id, [SETTING.users]: [PEOPLE.second.id] });
    const after = await journey.product.doctor();

    const about = (findings: typeof before) =>
      findings.filter(({ subject }) => /channel|approvers/.test(subject));
    expect(about(before).map(({ level }) => level)).toEqual(['problem', 'problem']);
    expect(about(after).map(({ level }) => level)).toEqual(['ok', 'ok']);
    expect(JSON.stringify(about(after))).toMatch(/chosen in Slack.*chosen in Slack/);
  });

  it('stops a request when approvers are missing, and says who can mend that', async () => {
    journey = await startJourney({
      change: { admins: { users: [PEOPLE.admin.id] }, policy: { rules: [{ name: 'whatever' }] } },
    });

    await fillOrder(person('requester'), GITLAB_ORDER);
    const result = await person('requester').submit();

    expect(JSON.stringify(result)).toContain('Nobody is named yet who approves this');
  });

  it('is followed by the other processes, and survives a restart', async () => {
    await leftOpen();
    const other = await journey.sandbox.startProduct({ slack: false, worker: false });
    try {
      await choose({ [SETTING.channel]: CHANNEL.id, [SETTING.users]: [PEOPLE.second.id] });
      const findings = await other.doctor();

      expect(JSON.stringify(findings)).toContain('chosen in Slack');
    } finally {
      await other.close();
    }
  });
});

describe('The settings', () => {
  it('are refused to whom the configuration does not name, and that is audited', async () => {
    await leftOpen();

    await openSettings('approver');

    expect(await shows('approver', 'Only the admins')).toBe(true);
    const [refused] = await journey.product.records.audit.list({ actions: ['refused'] });
    expect(refused).toMatchObject({ actor: PEOPLE.approver.id, subject: 'settings' });
  });

  it('are not saved by somebody who is no admin any more when they send them', async () => {
    await leftOpen({ admins: { groups: [GROUPS.leads.id] } });
    const lead = await openSettings('lead');
    await shows('lead', SETTING.users);
    await lead.fillIn({ [SETTING.channel]: CHANNEL.id, [SETTING.users]: [PEOPLE.second.id] });

    journey.sandbox.slack.setGroup({ ...GROUPS.leads, users: [PEOPLE.admin.id] });
    await lead.submit();

    expect(await shows('lead', 'Only the admins')).toBe(true);
    expect(await journey.product.records.settings.get('chosen-in-slack')).toBeUndefined();
    const refused = await journey.product.records.audit.list({ actions: ['refused'] });
    expect(refused.at(-1)).toMatchObject({ actor: PEOPLE.lead.id, subject: 'settings' });
  });

  it('take no guests as approvers, and not nobody', async () => {
    await leftOpen();

    const guest = await choose({
      [SETTING.channel]: CHANNEL.id,
      [SETTING.users]: [PEOPLE.guest.id],
    });
    const nobody = await choose({ [SETTING.channel]: CHANNEL.id, [SETTING.users]: [] });

    expect(JSON.stringify(guest)).toContain('full, active members');
    expect(JSON.stringify(nobody)).toContain('at least one');
  });

  it('show what the file says, and the file wins over what was chosen before', async () => {
    await leftOpen();
    await choose({ [SETTING.channel]: CHANNEL.id, [SETTING.users]: [PEOPLE.second.id] });
    const kept = await journey.product.records.settings.get('chosen-in-slack');
    await journey.close();
    journey = await startJourney({ change: { admins: { users: [PEOPLE.admin.id] } } });
    await journey.product.records.settings.set('chosen-in-slack', {
      ...(kept as object),
      channel: 'C0ELSEWHERE',
    });

    await openSettings();
    await shows('admin', 'from the configuration file');
    const request = await journey.ask(GITLAB_ORDER);

    expect(request.policy.approvers.groups).toEqual([GROUPS.approvers.id]);
    await eventually('the card in the channel of the file', () => journey.card(request));
    expect(person('admin').view()?.view['submit']).toBeUndefined();
  });
});
