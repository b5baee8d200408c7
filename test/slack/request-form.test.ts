import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ProductError } from '../../src/domain/errors.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import { COMMAND } from '../../src/slack/ids.ts';
import { aRequest } from './builders.ts';
import { asText, openRoom, SEEN } from './room.ts';
import type { Room } from './room.ts';

let room: Room;

beforeEach(async () => {
  room = await openRoom();
});

afterEach(() => room.close());

describe('the request form', () => {
  async function openFilled(): Promise<ReturnType<Room['slack']['as']>> {
    const asker = room.slack.as('U0ASKER');
    await asker.slashCommand(`${COMMAND} new integration`);
    await room.viewSays('U0ASKER', 'Connection');
    await asker.choose('connection', 'gitlab-acme');
    await room.viewSays('U0ASKER', 'Access level');
    await asker.typeahead('scope', 'acme');
    await asker.fillIn({ access: 'contributor', scope: ['acme/platform'], purpose: 'Platform' });
    return asker;
  }

  test('sends what was filled in and says what comes next', async () => {
    const asker = await openFilled();

    const submission = await asker.submit();

    expect(submission).toEqual({ outcome: 'updated' });
    expect(asText(asker.view()?.blocks)).toContain('Your request SA-7K3F9Q is sent.');
    expect(room.submissions[0]?.by.id).toBe('U0ASKER');
    expect(room.submissions[0]?.order).toEqual({
      kind: 'integration',
      localPart: 'flow-integrations',
      purpose: 'Platform',
      owner: 'U0ASKER',
      rotationDays: '90',
      connection: 'gitlab-acme',
      access: 'contributor',
      scope: ['group|42|acme/platform'],
      services: ['repositories', 'pull-requests'],
    });
  });

  test('shows what is wrong at each field', async () => {
    room.faults.submit = {
      purpose: 'Say more.',
      scope: 'Choose one.',
      process: 'Not on this form.',
    };
    const asker = await openFilled();

    const submission = await asker.submit();

    expect(submission).toEqual({
      outcome: 'errors',
      by: 'app',
      errors: {
        purpose: 'Say more.',
        'scope:gitlab-acme': 'Choose one.',
        kind: 'Not on this form.',
      },
    });
  });

  test('keeps the form when something breaks, so that it can be sent again', async () => {
    room.faults.submit = new ProductError('unavailable', {
      subject: 'Database',
      message: 'The database does not answer.',
    });
    const asker = await openFilled();

    const first = await asker.submit();
    delete room.faults.submit;
    const second = await asker.submit();

    expect(asText(first)).toContain('The database does not answer.');
    expect(second).toEqual({ outcome: 'updated' });
    expect(new Set(room.submissions.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
  });

  test('keeps the form when Slack is too slow to say who is asking', async () => {
    const asker = await openFilled();
    room.slack.setDelay(2600);

    const submission = await asker.submit();

    room.slack.setDelay(0);
    expect(asText(submission)).toContain('This takes longer than usual');
  });

  test('says why when the person may not ask any more', async () => {
    room.faults.submit = 'not-a-requester';
    const asker = await openFilled();

    await asker.submit();

    expect(asText(asker.view()?.blocks)).toContain('do not let you ask');
  });

  test('shows the rest of the form when only the kind was sent', async () => {
    const asker = room.slack.as('U0ASKER');
    await asker.slashCommand(COMMAND);
    await asker.openView();
    room.slack.injectFault('views.update', fault.drop());

    await asker.choose('kind', 'flow-user');
    const submission = await asker.submit();

    expect(submission).toEqual({ outcome: 'updated' });
    expect(asText(asker.view()?.blocks)).toContain('Role in Flow');
    expect(room.submissions).toEqual([]);
  });

  test('previews the address while it is typed, and warns of one that is taken', async () => {
    room.memory.put(
      aRequest({ id: 'SA-TAKEN1', order: { ...aRequest().order, localPart: 'taken' } }),
    );
    const asker = await openFilled();

    await asker.choose('localPart', 'taken');

    await room.viewSays('U0ASKER', 'taken@acme.example');
    expect(await room.viewSays('U0ASKER', 'SA-TAKEN1')).toBe(SEEN);
  });

  test('keeps shared inputs when the kind changes and drops the others', async () => {
    const asker = await openFilled();

    await asker.choose('kind', 'flow-user');
    await room.viewSays('U0ASKER', 'Role in Flow');
    await asker.choose('role', 'admin');
    await room.viewSays('U0ASKER', 'sees and can change everything');
    await asker.submit();

    expect(room.submissions[0]?.order).toMatchObject({
      kind: 'flow-user',
      purpose: 'Platform',
      localPart: 'flow-api',
      role: 'admin',
    });
    expect(room.submissions[0]?.order.scope).toBeUndefined();
  });

  test('draws nothing over a form that changed meanwhile', async () => {
    const asker = await openFilled();
    room.slack.refuseNext('views.update', 'hash_conflict');

    await asker.choose('localPart', 'other-name');
    await asker.choose('localPart', 'other-name-2');

    expect(await room.viewSays('U0ASKER', 'other-name-2@acme.example')).toBe(SEEN);
  });

  test('an automation is asked for with its place in the pipeline', async () => {
    const asker = room.slack.as('U0ASKER');
    await asker.slashCommand(`${COMMAND} new automation`);
    await room.viewSays('U0ASKER', 'Automated process');
    await asker.choose('connection:automation', 'gitlab-acme');
    await asker.typeahead('scope', 'acme');
    await asker.fillIn({
      process: 'Nightly release',
      target: 'acme/web',
      access: 'owner',
      scope: ['acme/platform'],
      purpose: 'Releases',
      secondOwner: 'U0SECOND',
    });

    await asker.submit();

    expect(room.submissions[0]?.order).toMatchObject({
      kind: 'automation',
      connection: 'gitlab-acme',
      automation: 'gitlab-ci',
      target: 'project 42',
      secretName: 'FLOW_SERVICE_TOKEN',
      hideFromReports: true,
      secondOwner: 'U0SECOND',
    });
  });

  test('a search that fails finds nothing and is logged', async () => {
    await room.close();
    room = await openRoom({
      catalogue: { searchScopes: () => Promise.reject(new Error('GitLab is down')) },
    });
    const asker = room.slack.as('U0ASKER');
    await asker.slashCommand(`${COMMAND} new integration`);
    await room.viewSays('U0ASKER', 'Connection');
    await asker.choose('connection', 'gitlab-acme');
    await room.viewSays('U0ASKER', 'Access level');

    const found = await asker.typeahead('scope', 'acme');

    expect(found).toEqual([]);
    expect(room.log.join('\n')).toContain('A search in the request form failed');
  });

  test('a place whose id is too long for Slack is found again when the form is sent', async () => {
    const id = `acme/${'long-name-'.repeat(12)}`;
    await room.close();
    room = await openRoom({
      catalogue: { searchScopes: async () => [{ id, name: id, kind: 'repository' }] },
    });
    const asker = room.slack.as('U0ASKER');
    await asker.slashCommand(`${COMMAND} new integration`);
    await room.viewSays('U0ASKER', 'Connection');
    await asker.choose('connection', 'gitlab-acme');
    await room.viewSays('U0ASKER', 'Access level');
    const [option] = await asker.typeahead('scope', 'acme');
    const value = String(option?.['value']);
    await asker.fillIn({ access: 'owner', scope: [value], purpose: 'Platform' });

    await asker.submit();

    expect(value.length).toBeLessThanOrEqual(75);
    expect(room.submissions[0]?.order.scope).toEqual([`repository|${id}|${id}`]);
  });
});
